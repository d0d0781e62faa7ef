/**
 * The fake agent's full-screen dialect: a program for a terminal that looks and behaves like one of
 * the agents that people know, and takes the steps of a script for each prompt. README.md tells
 * the script's form, the manners and the record.
 *
 *   node fake-tui.ts --like claude SCRIPT [any other argument, as the real agent takes it]
 */

import { readScript } from "./script.ts";
import { ScriptError } from "./step.ts";
import { ClaudeHooks } from "./tui/claude-hooks.ts";
import { Conversation } from "./tui/conversation.ts";
import { type Hooks, noHooks } from "./tui/hooks.ts";
import { KeyReader } from "./tui/keys.ts";
import { isLookName, type LookName, lookOf } from "./tui/looks/look.ts";
import { mannerFields, mannersOf } from "./tui/manners.ts";
import { appendRecord } from "./tui/record.ts";
import { screenSteps } from "./tui/screen-steps.ts";
import { Stage } from "./tui/stage.ts";
import { beginInput, terminal } from "./tui/terminal.ts";
import { leaveList, listedFileOf } from "./tui/tool-list.ts";

const { FAKE_AGENT_SCRIPT, FAKE_AGENT_RECORD: record } = process.env;

/** After an ESC that nothing follows (chosen: a terminal writes a sequence in one piece). */
const escapeMs = 30;

async function main(): Promise<void> {
  const { like, path, others } = readArguments(process.argv.slice(2));
  const script = await readScript(path, { steps: screenSteps, manners: mannerFields });
  const manners = mannersOf(like, script.manners);
  const look = lookOf(like);
  const ending = new AbortController();
  const stage = new Stage({
    look,
    terminal,
    cwd: process.cwd(),
    isUnguarded: others.some((flag) => /^--(dangerously|yolo)|^-y$/.test(flag)),
    ended: ending.signal,
  });
  const now = () => stage.now;
  appendRecord(record, {
    at: now(),
    type: "started",
    pid: process.pid,
    args: process.argv.slice(2),
  });

  const hooks = manners.hooks ? hooksOf(like, others) : noHooks;
  const exit = (exitCode: number): void => {
    if (ending.signal.aborted) return;
    ending.abort();
    stage.leave();
    const farewell = look.farewell().map((line) => `${line}\r\n`);
    terminal.write(`\u001b[?2004l${look.ends}${farewell.join("")}`);
    appendRecord(record, { at: now(), type: "exited", exitCode });
    void Promise.all([terminal.drained(), hooks.end()]).then(() => process.exit(exitCode));
  };
  const onSigterm = () => exit(143);
  process.on("SIGTERM", onSigterm);

  const conversation = new Conversation({
    stage,
    manners,
    hooks,
    script,
    record,
    drained: () => terminal.drained(),
    exit,
    ignoreSigterm() {
      process.off("SIGTERM", onSigterm);
      process.on("SIGTERM", () => stage.add({ kind: "says", text: "Ignored SIGTERM" }));
    },
  });
  const keys = new KeyReader();
  let reads = 0;
  const read = (bytes: Buffer): void => {
    reads += 1;
    const thisRead = reads;
    for (const input of keys.read(bytes)) conversation.take(input);
    if (!keys.isUndecided) return;
    void stage.clock.until(now() + escapeMs).then(() => {
      if (reads !== thisRead) return;
      for (const input of keys.decide()) conversation.take(input);
    });
  };

  await stage.clock.until(now() + manners.start_ms);
  const paste = manners.takes_paste ? "\u001b[?2004h" : "";
  terminal.write(`${look.isAlternate ? "\u001b[?1049h\u001b[H" : ""}${paste}${look.begins}`);
  process.stdout.on("resize", () => stage.resize());
  beginInput(read);
  const listed = listedFileOf(others);
  if (listed !== null) {
    void stage.clock.until(now() + manners.tools_ms).then(() => {
      appendRecord(record, { at: now(), type: "equipped" });
      leaveList(listed);
    });
  }
  await conversation.begin();
}

function hooksOf(like: LookName, args: readonly string[]): Hooks {
  return (like === "claude" ? ClaudeHooks.of(args, process.cwd()) : null) ?? noHooks;
}

interface Arguments {
  readonly like: LookName;
  readonly path: string | undefined;
  /** Those that the real agent would take. */
  readonly others: readonly string[];
}

function readArguments([flag, like = "", ...rest]: readonly string[]): Arguments {
  if (flag !== "--like" || !isLookName(like)) {
    throw new ScriptError(
      "say first which agent it is like: --like claude|codex|gemini|opencode|generic",
    );
  }
  const [first] = rest;
  const isNamed = first !== undefined && !first.startsWith("-");
  return isNamed
    ? { like, path: first, others: rest.slice(1) }
    : { like, path: FAKE_AGENT_SCRIPT, others: rest };
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  console.error(`fake-agent: ${error.message}.`);
  process.exit(2);
}
