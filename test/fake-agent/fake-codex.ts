/**
 * The fake agent's dialect of codex's app-server: one server for many threads and many clients.
 *
 *   node fake-codex.ts SCRIPT [options] app-server                       on its standard streams
 *   node fake-codex.ts SCRIPT [options] app-server --listen unix://PATH  WebSocket on a unix socket
 *   node fake-codex.ts SCRIPT [options] resume THREAD --remote unix://PATH   a screen, of few words
 */

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { WebSocketServer } from "ws";
import { systemClock } from "../../src/lib/clock.ts";
import { AppServer } from "./app-server/app-server.ts";
import { readScript } from "./script.ts";
import { ScriptError } from "./step.ts";
import { streamSteps } from "./stream/stream-steps.ts";

async function main(): Promise<void> {
  const [path, ...args] = process.argv.slice(2);
  const [thread] = args.slice(args.indexOf("resume") + 1);
  if (args.includes("resume")) return await showThread(thread ?? "");
  if (!args.includes("app-server")) throw new ScriptError("say app-server or resume");
  const script = await readScript(path, { steps: streamSteps, manners: {} });
  const onSigterm = () => process.exit(143);
  process.on("SIGTERM", onSigterm);
  const server = new AppServer({
    script,
    record: process.env["FAKE_AGENT_RECORD"],
    clock: systemClock,
    ignoreSigterm() {
      process.off("SIGTERM", onSigterm);
      process.on("SIGTERM", () => undefined);
    },
  });
  const socket = args[args.indexOf("--listen") + 1]?.replace(/^unix:\/\//, "");
  if (args.includes("--listen") && socket !== undefined) listen(server, socket);
  else await speak(server);
}

async function speak(server: AppServer): Promise<void> {
  const client = server.join({
    write: (value) =>
      new Promise((resolve) => process.stdout.write(`${JSON.stringify(value)}\n`, () => resolve())),
  });
  for await (const line of createInterface({ input: process.stdin })) client.take(JSON.parse(line));
  process.exit(0);
}

function listen(server: AppServer, socket: string): void {
  const http = createServer();
  const channels = new WebSocketServer({ server: http });
  channels.on("connection", (channel) => {
    const client = server.join({
      write: (value) =>
        new Promise((resolve) => channel.send(JSON.stringify(value), () => resolve())),
    });
    channel.on("message", (data) => client.take(JSON.parse(String(data))));
    channel.on("close", () => client.leave());
  });
  http.listen(socket);
}

/** As long as it is looked at. */
async function showThread(thread: string): Promise<void> {
  console.log(`The screen of ${thread}`);
  await systemClock.until(Number.MAX_SAFE_INTEGER);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  console.error(`Error: ${error.message}.`);
  process.exit(2);
}
