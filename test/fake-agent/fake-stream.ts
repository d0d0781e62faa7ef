/**
 * The fake agent's dialect of JSON lines in the shape of Claude Code: one process for many prompts,
 * each a line on standard input, everything it does a line on standard output.
 *
 *   node fake-stream.ts --like claude|amp SCRIPT [any other argument, as the real agent takes it]
 *
 * `claude` also answers control requests and asks for permissions; `amp` speaks what Amp documents.
 */

import { createInterface } from "node:readline";
import { systemClock } from "../../src/lib/clock.ts";
import { readScript } from "./script.ts";
import { ScriptError } from "./step.ts";
import { StreamConversation } from "./stream/conversation.ts";
import { streamSteps } from "./stream/stream-steps.ts";
import { appendRecord } from "./tui/record.ts";

const { FAKE_AGENT_RECORD: record } = process.env;

async function main(): Promise<void> {
  const [flag, like, path, ...others] = process.argv.slice(2);
  if (flag !== "--like" || (like !== "claude" && like !== "amp")) {
    throw new ScriptError("say first which agent it is like: --like claude|amp");
  }
  const script = await readScript(path, { steps: streamSteps, manners: {} });
  const args = process.argv.slice(2);
  appendRecord(record, { at: systemClock.now(), type: "started", pid: process.pid, args });
  const onSigterm = () => process.exit(143);
  process.on("SIGTERM", onSigterm);
  const conversation = new StreamConversation({
    like,
    script,
    record,
    isUnguarded: others.some((one) => one.startsWith("--dangerously")),
    clock: systemClock,
    write(value) {
      process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    drained: () => new Promise((resolve) => process.stdout.write("", () => resolve())),
    ignoreSigterm() {
      process.off("SIGTERM", onSigterm);
      process.on("SIGTERM", () => undefined);
    },
  });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== "") conversation.take(JSON.parse(line));
  }
  await conversation.settled();
  process.exit(0);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  console.error(`fake-agent: ${error.message}.`);
  process.exit(2);
}
