/**
 * The fake agent's dialect of opencode's server: one for many sessions and many clients, over HTTP.
 *
 *   node fake-opencode.ts SCRIPT [options] serve [--hostname HOST] [--port PORT]
 *   node fake-opencode.ts SCRIPT [options] attach URL --session SESSION   a screen, of few words
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../src/lib/clock.ts";
import { FakeServer } from "./opencode-server/fake-server.ts";
import { serverSteps } from "./opencode-server/server-steps.ts";
import { readScript } from "./script.ts";
import { ScriptError } from "./step.ts";

async function main(): Promise<void> {
  const [path, ...args] = process.argv.slice(2);
  if (args.includes("attach")) return await showSession(optionIn("--session", args));
  if (!args.includes("serve")) throw new ScriptError("say serve or attach");
  const script = await readScript(path, { steps: serverSteps, manners: {} });
  const onSigterm = () => process.exit(143);
  process.on("SIGTERM", onSigterm);
  const server = new FakeServer({
    script,
    record: process.env["FAKE_AGENT_RECORD"],
    password: process.env["OPENCODE_SERVER_PASSWORD"] ?? "",
    clock: systemClock,
    ignoreSigterm() {
      process.off("SIGTERM", onSigterm);
      process.on("SIGTERM", () => undefined);
    },
  });
  const http = createServer((request, response) => void server.handle(request, response));
  http.listen(Number(optionIn("--port", args) || 0), "127.0.0.1", () => {
    // It listens on a port.
    const { port } = http.address() as AddressInfo;
    console.log(`opencode server listening on http://127.0.0.1:${port}`);
  });
}

/** As long as it is looked at. */
async function showSession(session: string): Promise<void> {
  console.log(`The screen of ${session}`);
  await systemClock.until(Number.MAX_SAFE_INTEGER);
}

function optionIn(option: string, args: readonly string[]): string {
  const at = args.indexOf(option);
  return at === -1 ? "" : (args[at + 1] ?? "");
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  console.error(`Error: ${error.message}.`);
  process.exit(2);
}
