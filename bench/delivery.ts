/**
 * Does every prompt reach its agent, and none twice? Prompts of all kinds, to agents of each manner,
 * at many panes at once, while the machine is busy. The agents' own record is the judge.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Prompt, Session } from "../src/agents/driver.ts";
import { cleanPrompt } from "../src/agents/terminal/clean-prompt.ts";
import { createTerminalDriver } from "../src/agents/terminal/terminal-driver.ts";
import { ProjectServer } from "../src/agents/tmux/project-server.ts";
import type { AgentSpec } from "../src/domain/agent.ts";
import type { AgentName, SlotId } from "../src/domain/id.ts";
import { systemClock } from "../src/lib/clock.ts";
import type { RecordLine } from "../test/fake-agent/tui/record.ts";
import { type Figure, type Measurement, spread } from "./measurement.ts";

/** Of the issue: 500 prompts at 10 panes. */
const panes = [
  "claude",
  "codex",
  "gemini",
  "opencode",
  "claude",
  "codex",
  "gemini",
  "opencode",
  "claude",
  "codex",
];
const promptsEach = 50;
const fakeTui = fileURLToPath(new URL("../test/fake-agent/fake-tui.ts", import.meta.url));

const kinds = {
  "1 line": () => "Write the parser, test it, and say what you have left out.",
  "60 lines": () =>
    Array.from({ length: 60 }, (_, n) => `${n + 1}. Line number ${n + 1}, with\ta tab.`).join("\n"),
  // As long as is still pasted: a longer one is given by its file.
  "8 KiB": () => "0123456789 abcdefghij ".repeat(400).slice(0, 8_100).trim(),
  Unicode: () => "Écris « ça » en 日本語, עברית, ไทย, 👩‍👩‍👧‍👦 e\u0301, 𝒳 — fin 完",
  "text like keys": () =>
    "Enter C-c Escape C-u ; \\; -l -X \u001b[201~\u001b[A\u0003\r\n/clear `rm -rf .` $(id) #{pane_id} %0 ~. 1",
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as readonly Kind[];

export const delivery: Measurement = {
  name: "delivery",
  about: "prompts to agents in tmux, ten at a time on a busy machine: is each taken, and once?",
  async run(say) {
    const root = await mkdtemp(path.join(os.tmpdir(), "temoin-bench-"));
    // One program for each core that wants all of it.
    const load = os.cpus().map(() => spawn(process.execPath, ["-e", "for (;;);"]));
    try {
      say(`${panes.length * promptsEach} prompts to ${panes.length} agents`);
      return figuresOf(await sendAll(root));
    } finally {
      await Promise.all(load.map(end));
      await rm(root, { recursive: true, force: true });
    }
  },
};

interface Sent {
  readonly kind: Kind;
  readonly isAccepted: boolean;
  /** How often the agent has had it. */
  readonly taken: number;
  readonly ms: number;
}

async function sendAll(root: string): Promise<readonly Sent[]> {
  await mkdir(path.join(root, "bin"));
  const clock = systemClock;
  await using tmux = new ProjectServer({ clock, socket: { path: path.join(root, "tmux") } });
  const binDir = path.join(root, "bin");
  const driver = createTerminalDriver({ clock, root, binDir, project: "bench", tmux });
  const sent = await Promise.all(
    panes.map(async (like, n) => {
      const place = path.join(root, `${n}`);
      await mkdir(place);
      const agent = await agentOf(place, like);
      const slot = `${like}-${n}` as SlotId;
      const files = { logFile: path.join(place, "log"), privateDir: path.join(place, "private") };
      const request = { slot, agent, cwd: place, env: {}, ...files };
      await using session = await driver.start(request, new AbortController().signal);
      return await sendEach(place, session);
    }),
  );
  return sent.flat();
}

async function sendEach(place: string, session: Session): Promise<readonly Sent[]> {
  const events = session.events[Symbol.asyncIterator]();
  const given: { kind: Kind; text: string; isAccepted: boolean; ms: number }[] = [];
  for (let n = 0; n < promptsEach; n += 1) {
    const kind = kindNames[n % kindNames.length] ?? "1 line";
    // Its number makes each text another one.
    const text = `${n}: ${kinds[kind]()} (${n})`;
    const file = path.join(place, "prompt.md");
    await writeFile(file, text);
    const prompt: Prompt = { id: `p-${n}`, kind: "feedback", text, file, env: {} };
    const startedAt = performance.now();
    const receipt = await session.send(prompt);
    given.push({ kind, text, isAccepted: receipt.accepted, ms: performance.now() - startedAt });
    if (receipt.accepted) await untilTurnEnds(events, prompt.id);
  }
  const taken = await takenBy(place);
  return given.map(({ text, ...rest }) => ({
    ...rest,
    taken: taken.filter((one) => one === cleanPrompt(text)).length,
  }));
}

async function untilTurnEnds(
  events: AsyncIterator<{ readonly type: string }>,
  promptId: string,
): Promise<void> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the session ended in the turn of ${promptId}`);
    if (value.type === "turn_ended" && "promptId" in value && value.promptId === promptId) return;
  }
}

async function takenBy(place: string): Promise<readonly string[]> {
  const lines = (await readFile(path.join(place, "record.jsonl"), "utf8")).trim().split("\n");
  // Written by the fake agent.
  const records = lines.map((line) => JSON.parse(line) as RecordLine);
  return records.flatMap((line) => (line.type === "prompt" ? line.text : []));
}

async function agentOf(place: string, like: string): Promise<AgentSpec> {
  const script = path.join(place, "script.json");
  await writeFile(script, JSON.stringify({ "*": [{ say: "Done" }] }));
  return {
    // A name of a measurement: nothing checks it.
    name: like as AgentName,
    driver: "terminal",
    transport: "tmux",
    command: [process.execPath, fakeTui, "--like", like, script],
    env: { FAKE_AGENT_RECORD: path.join(place, "record.jsonl") },
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: like,
  };
}

function figuresOf(sent: readonly Sent[]): readonly Figure[] {
  const share = (some: readonly Sent[], isSo: (one: Sent) => boolean): number =>
    (some.filter(isSo).length / some.length) * 100;
  const kinds = kindNames.map((kind): Figure => {
    const some = sent.filter((one) => one.kind === kind);
    const value = share(some, (one) => one.isAccepted && one.taken === 1);
    return { what: `${kind}, taken once`, unit: "%", value, atMost: null, count: some.length };
  });
  const count = sent.length;
  const lost = sent.filter((one) => one.taken === 0).length;
  const doubled = sent.filter((one) => one.taken > 1).length;
  const untrue = sent.filter((one) => one.isAccepted !== one.taken > 0).length;
  return [
    ...kinds,
    {
      what: "all, taken once",
      unit: "%",
      value: share(sent, (one) => one.taken === 1),
      atMost: null,
      count,
    },
    { what: "not taken", unit: "", value: lost, atMost: 0, count },
    { what: "taken twice or more", unit: "", value: doubled, atMost: 0, count },
    { what: "receipts that were not true", unit: "", value: untrue, atMost: 0, count },
    ...spread(
      { what: "from the prompt to its receipt", unit: "ms" },
      sent.map((one) => one.ms),
    ),
  ];
}

async function end(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}
