/**
 * A scratch project whose agent takes no time worth the name: what is left is temoin's own share.
 * The agent is a shell script, since a program that starts in 50 ms would be most of the figure.
 */

import { chmod } from "node:fs/promises";
import path from "node:path";
import type { Event } from "../src/domain/event.ts";
import { openSqliteStoreReadOnly } from "../src/store/sqlite.ts";
import { openScratch, type Scratch } from "../test/e2e/scratch-project.ts";

export interface QuickOptions {
  readonly tasks: number;
  readonly slots: number;
  /** How long the agent sleeps, as `sleep` takes it: `0.3`. */
  readonly works: string;
  /** What else the repository holds, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What the agent does; also the `command` of a loop that does without temoin. */
export function agentScript(works: string): string {
  const write = 'mkdir -p work && echo "$TEMOIN_TASK" > "work/$TEMOIN_TASK.txt"';
  return `#!/bin/sh\ncat > /dev/null\nsleep ${works}\n${write}\n`;
}

/** One gate that costs nothing, and independent tasks, imported already. */
export async function openQuickProject(options: QuickOptions): Promise<Scratch> {
  const command = ["./agent.sh"];
  const scratch = await openScratch({
    agents: { quick: { command, slots: options.slots } },
    config: { gates: [{ name: "nothing", run: "true" }] },
    files: { ...options.files, "agent.sh": agentScript(options.works) },
  });
  await chmod(path.join(scratch.dir, "agent.sh"), 0o755);
  await scratch.git("commit", "--quiet", "--all", "--message", "let the agent be executed");
  const lines = Array.from({ length: options.tasks }, (_, n) => `- [ ] W-${n + 1}: Work ${n + 1}`);
  await scratch.write("plan.md", `${lines.join("\n")}\n`);
  await mustEnd(scratch, "import", "plan.md");
  return scratch;
}

/** Runs temoin to its end, which must be a good one. */
export async function mustEnd(scratch: Scratch, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await scratch.temoin(...args);
  if (code !== 0)
    throw new Error(`temoin ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
}

export async function eventsOf(scratch: Scratch): Promise<readonly Event[]> {
  const file = path.join(scratch.dir, ".temoin", "store.db");
  const store = await openSqliteStoreReadOnly({ path: file });
  if (store === null) throw new Error(`nothing was stored in ${file}`);
  await using open = store;
  return await open.load("project");
}
