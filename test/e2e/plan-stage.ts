/** A scratch project in which an agent is asked for a plan. */

import { access, readdir } from "node:fs/promises";
import path from "node:path";
import { openScratch, type Scratch, type ScratchOptions } from "./scratch-project.ts";
import { sh } from "./stage.ts";

export const temoin = path.join(import.meta.dirname, "..", "..", "bin", "temoin");
const fakeTui = path.join(import.meta.dirname, "..", "fake-agent", "fake-tui.ts");

/** In the shell of an agent. */
export function handIn(text: string): unknown {
  return sh(`temoin draft - <<'PLAN'\n${text}\nPLAN`);
}

/** A task with as many lines as it needs, and no file that it promises. */
export function item(head: string): string {
  const context = Array.from({ length: 14 }, (_, n) => `  - fact ${n + 1}`);
  return [
    `- [ ] ${head} (role: feature) (touches: work/**)`,
    "",
    "  **Context**:",
    ...context,
    "",
    "  **Acceptance**:",
    "  - its file is there",
    "",
  ].join("\n");
}

const gates = [{ name: "lines", run: "true" }];

/** A planner who has `npm`, as the example names it. */
export function openPlanner(
  script: ScratchOptions["script"],
  more: ScratchOptions = {},
): Promise<Scratch> {
  const config = { gates, ...more.config };
  return openScratch({ agents: { ada: {} }, ...more, ...(script ? { script } : {}), config });
}

export async function ids(scratch: Scratch): Promise<readonly string[]> {
  const { tasks } = await scratch.json("ls");
  return tasks.map(({ id }: { id: string }) => id);
}

export async function keptFiles(scratch: Scratch): Promise<readonly string[]> {
  const folder = path.join(scratch.dir, ".temoin", "plans");
  // Where nothing was handed in there is none.
  return (await readdir(folder).catch(() => [])).toSorted();
}

/** An agent in a terminal. */
export async function openInTerminal(script: ScratchOptions["script"]): Promise<Scratch> {
  const scratch = await openScratch({ agents: {}, ...(script ? { script } : {}) });
  const scriptFile = path.join(scratch.folder, "script.json");
  const command = [process.execPath, fakeTui, "--like", "claude", scriptFile];
  const ada = { driver: "terminal", profile: "claude", command };
  await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents: { ada }, gates }));
  await scratch.git("commit", "--quiet", "--all", "--message", "an agent and a gate");
  return scratch;
}

/** Resolves when the file is there, in the folder of the scratch. */
export async function untilThere(scratch: Scratch, file: string): Promise<void> {
  const full = path.join(scratch.folder, file);
  const isThere = () =>
    access(full).then(
      () => true,
      () => false,
    );
  while (!(await isThere())) await scratch.run("sleep", ["0.05"]);
}
