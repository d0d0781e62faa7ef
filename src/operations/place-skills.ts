/** Where the skills of tasks lie in this repository: by the name that their author has given. */

import { stat } from "node:fs/promises";
import path from "node:path";
import { findSkill, type SkillPlace } from "../plans/skills.ts";
import type { Context } from "./context.ts";
import { askGit } from "./git.ts";

export interface PlacedSkills {
  /** The path in the repository, or the name as it was given where there is none. */
  pathOf(skill: string): string;
  /** One sentence about each that is no file here. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Looks the repository's files up once, tracked ones and new ones; not at all without a skill. */
export async function placeSkills(
  context: Context,
  skills: Iterable<string>,
): Promise<PlacedSkills> {
  const wanted = new Set(skills);
  const files = wanted.size === 0 ? [] : await repositoryFiles(context);
  const places = new Map<string, SkillPlace>();
  for (const skill of wanted) places.set(skill, await placeOf(context, skill, files));
  const missing = new Map<string, string>();
  for (const [skill, place] of places) {
    const says = missingSkill(skill, place);
    if (says !== null) missing.set(skill, says);
  }
  return {
    pathOf(skill) {
      const place = places.get(skill);
      return place?.found ? place.path : skill;
    },
    missing,
  };
}

/** A file that git does not know, or that lies elsewhere on this machine, can be loaded too. */
async function placeOf(
  context: Context,
  skill: string,
  files: readonly string[],
): Promise<SkillPlace> {
  const place = findSkill(skill, files);
  if (place.found) return place;
  const { root } = await context.place();
  const isFile = await stat(path.resolve(root, skill)).then(
    (seen) => seen.isFile(),
    // Not there or out of reach: an agent could not load it either.
    () => false,
  );
  return isFile ? { found: true, path: skill } : place;
}

function missingSkill(skill: string, place: SkillPlace): string | null {
  if (place.found) return null;
  const [first, ...others] = place.candidates;
  if (first === undefined) return `its skill \`${skill}\` is no file of this repository`;
  const names = [first, ...others].slice(0, 3).join(", ");
  return `its skill \`${skill}\` could be any of ${names}: name its path`;
}

async function repositoryFiles(context: Context): Promise<readonly string[]> {
  const { root } = await context.place();
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  return ((await askGit(root, args)) ?? "").split("\0").filter((file) => file !== "");
}
