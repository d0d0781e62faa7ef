/**
 * How long a task stands still when its agent's context is full: from the moment at which the agent
 * says so until the next session has its prompt and begins. The same of the role of the conductor is
 * in a file of its own. In it are the interrupt, the saving of the
 * workspace, the decision, another workspace, the document and the emptying of the conversation.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { openScratch } from "../test/e2e/scratch-project.ts";
import { readRecord } from "../test/fake-agent/tui/record.ts";
import { measureRole } from "./handoff-of-role.ts";
import { type Measurement, spread } from "./measurement.ts";
import { mustEnd } from "./quick-project.ts";

const fakeStream = fileURLToPath(new URL("../test/fake-agent/fake-stream.ts", import.meta.url));
const tasks = 20;

export const handoff: Measurement = {
  name: "handoff",
  about: "an agent tells a full context → its successor acts on the task, or in the role",
  async run(say, asked) {
    const count = asked.rounds ?? tasks;
    say(`${count} tasks, each handed on once`);
    const samples = await measure(count);
    const named = { what: "98 % told → the successor's first action", unit: "ms" };
    const ofTasks = spread(named, samples, { p95: 5_000 });
    say(`the role of the conductor, handed on ${count} times`);
    return [...ofTasks, ...(await measureRole(count))];
  },
};

async function measure(count: number): Promise<readonly number[]> {
  await using scratch = await openScratch();
  const script = path.join(scratch.folder, "full.json");
  const record = path.join(scratch.folder, "record.jsonl");
  const write = (file: string) => ({
    write: { path: `work/{task}-${file}.txt`, text: `${file}\n` },
  });
  const steps = {
    "*/1": [write("half"), { use: { input: 197_000 } }, { fill: { most: 1 } }],
    "*/2": [write("whole")],
  };
  await scratch.run("sh", [
    "-c",
    'printf "%s" "$1" > "$2"',
    "sh",
    JSON.stringify(keyed(steps, count)),
    script,
  ]);
  const command = [process.execPath, fakeStream, "--like", "claude", script];
  const env = { FAKE_AGENT_RECORD: record };
  const agents = { full: { driver: "claude", transport: "headless", command, env } };
  await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents }));
  await scratch.git("commit", "--quiet", "--all", "--message", "an agent that fills up");
  const lines = Array.from({ length: count }, (_, n) => `- [ ] W-${n + 1}: Work ${n + 1}`);
  await scratch.write("plan.md", `${lines.join("\n")}\n`);
  await mustEnd(scratch, "import", "plan.md");
  await mustEnd(scratch, "run");
  return gapsIn(record);
}

/** The same steps for each task: a script names no attempt without its task. */
function keyed(steps: Readonly<Record<string, unknown>>, count: number) {
  const names = Array.from({ length: count }, (_, n) => `W-${n + 1}`);
  return Object.fromEntries(
    names.flatMap((name) =>
      Object.entries(steps).map(([key, value]) => [key.replace("*", name), value]),
    ),
  );
}

/** One slot works: what follows a full context is its successor's turn. */
function gapsIn(record: string): readonly number[] {
  const gaps: number[] = [];
  let fullAt: number | null = null;
  for (const line of readRecord(record)) {
    if (line.type === "full") fullAt = line.at;
    if (line.type !== "turn" || fullAt === null) continue;
    if (line.place.attempt !== "2") throw new Error(`${line.place.task} was not gone on with`);
    gaps.push(line.at - fullAt);
    fullAt = null;
  }
  return gaps;
}
