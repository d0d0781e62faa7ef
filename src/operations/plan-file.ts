/** Where the draft for a goal is kept: the same file for the same goal, by which its tasks are known. */

import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import path from "node:path";
import type { Context } from "./context.ts";

export interface PlanFile {
  readonly path: string;
  /** As tasks name it: relative to the repository where it lies within. */
  readonly name: string;
}

/** So much of the goal's words is in the name (chosen). */
const longestWords = 40;

export async function planFile(context: Context, goal: string): Promise<PlanFile> {
  const { root, stateDir } = await context.place();
  const words = goal
    .slice(0, 200)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longestWords)
    .replace(/^-+|-+$/g, "");
  const mark = createHash("sha256").update(goal).digest("hex").slice(0, 8);
  const at = path.join(
    // It may not be there yet.
    await realpath(stateDir).catch(() => stateDir),
    "plans",
    `${words === "" ? "goal" : words}-${mark}.md`,
  );
  const relative = path.relative(await realpath(root), at);
  const isWithin = !relative.startsWith("..") && !path.isAbsolute(relative);
  return { path: at, name: isWithin ? relative.split(path.sep).join("/") : at };
}
