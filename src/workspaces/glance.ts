/** Has anything changed in a place since the last time? Told by one `git status`, and by no content. */

import { createHash } from "node:crypto";
import { lstat } from "node:fs/promises";
import path from "node:path";
import { gitAt, type Place } from "./place.ts";
import { fromLatin1, pathsIn } from "./status.ts";

/** Of so many changed files the times are read; of more the list alone counts (chosen). */
const mostFiles = 500;

/** Takes no lock that an agent's own git could meet. Rejects as `gitAt` does. */
export async function glanceAt(place: Place): Promise<string> {
  const args = ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z"];
  const all = ["--untracked-files=all", "--no-renames", "--ignore-submodules=none"];
  const { bytes } = await gitAt(place, [...args, ...all]);
  const hash = createHash("sha256").update(bytes);
  for (const file of pathsIn(bytes).slice(0, mostFiles)) {
    const full = path.join(place.path, fromLatin1(file));
    // Deleted files are in the list as such.
    const found = await lstat(full).catch(() => null);
    if (found !== null) hash.update(`\0${found.mtimeMs} ${found.size}`);
  }
  return hash.digest("hex");
}
