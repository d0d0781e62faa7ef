/**
 * A snapshot of a working tree as a git tree: tracked, staged and untracked files as they are now,
 * ignored ones not. It is made in an index of its own, so that files, index and HEAD stay as they
 * are; the state of the real index (an unfinished merge, a damaged file) does not matter.
 *
 * A repository that an agent has made or cloned inside the working tree is taken as its files: git
 * by itself would record only a commit number that nobody else has. Real submodules stay pointers.
 */

import { copyFile, rm } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { readRegularFile } from "../lib/text-file.ts";
import { GitError } from "./git.ts";
import { gitAt, type Place } from "./place.ts";
import { fromLatin1 } from "./status.ts";

export interface Snapshot {
  readonly tree: string;
  /** The index that it was made in, with the state of the files; in the git directory. */
  readonly indexFile: string;
  /** Files that could not be read, as git names them; empty when all is in the tree. */
  readonly missing: readonly string[];
}

/**
 * `parent` stands in for an index that is not there or cannot be read. The caller removes
 * `indexFile`. One at a time for each place.
 */
export async function takeSnapshot(place: Place, parent: CommitSha | null): Promise<Snapshot> {
  const indexFile = indexFileOf(place);
  try {
    await removeIndex(indexFile);
    await copyFile(path.join(place.gitDir, "index"), indexFile);
    return await snapshotInto(place, indexFile);
  } catch (error) {
    if (!(error instanceof GitError) && !isNotFound(error)) throw error;
    // No index, or one that git cannot read: the same from a fresh one, slower.
    return takeFreshSnapshot(place, parent);
  }
}

/** The same without a look at the place's own index: only of what is there, over `parent`. */
export async function takeFreshSnapshot(
  place: Place,
  parent: CommitSha | null = null,
): Promise<Snapshot> {
  const indexFile = indexFileOf(place);
  await removeIndex(indexFile);
  const env = { GIT_INDEX_FILE: indexFile };
  if (parent !== null) await gitAt(place, ["read-tree", parent], { env });
  return snapshotInto(place, indexFile);
}

/** One for each working tree, also where several have to do with one git directory. */
function indexFileOf({ gitDir, path: at }: Place): string {
  return path.join(gitDir, `temoin-index-${path.basename(at)}`);
}

/** Also what a git that was killed has left of it. */
export async function removeIndex(indexFile: string): Promise<void> {
  await rm(indexFile, { force: true });
  await rm(`${indexFile}.lock`, { force: true });
}

async function snapshotInto(place: Place, indexFile: string): Promise<Snapshot> {
  const env = { GIT_INDEX_FILE: indexFile };
  const missing = await addAll(place, indexFile);
  for (const folder of await findEmbedded(place, indexFile)) {
    missing.push(...(await takeEmbedded(place, { indexFile, folder })));
  }
  const { text: tree } = await gitAt(place, ["write-tree"], { env });
  return { tree, indexFile, missing };
}

/** What git says of files that it could not add. */
async function addAll(place: Place, indexFile: string): Promise<string[]> {
  const env = { GIT_INDEX_FILE: indexFile };
  const args = ["add", "--all", "--ignore-errors", "--", "."];
  const added = await gitAt(place, args, { env, answers: [1] });
  if (added.exitCode === 0) return [];
  return added.stderr
    .split("\n")
    .filter((line) => line.startsWith("error: "))
    .filter((line) => !line.endsWith("does not have a commit checked out"))
    .map((line) => line.slice("error: ".length));
}

/** Folders that hold a repository of their own and are no submodule of this one. */
async function findEmbedded(place: Place, indexFile: string): Promise<string[]> {
  const env = { GIT_INDEX_FILE: indexFile };
  const listed = await gitAt(place, ["ls-files", "--stage", "-v", "-z"], { env });
  const folders: string[] = [];
  const unwatched: string[] = [];
  const entries = listed.bytes.toString("latin1").split("\0");
  for (const entry of entries) {
    // Its form: `H 160000 <object> <stage>\t<path>`; a small letter: "assume unchanged".
    if (/^. 160000/.test(entry)) folders.push(pathOf(entry));
    if (/^[a-z] /.test(entry)) unwatched.push(pathOf(entry));
  }
  if (unwatched.length > 0) await addUnwatched(place, { indexFile, paths: unwatched });
  const found = await gitAt(place, ["ls-files", "--others", "--exclude-standard", "-z"], { env });
  for (const entry of found.bytes.toString("latin1").split("\0")) {
    // Without a commit it could not be added at all, and is listed as a folder.
    if (entry.endsWith("/")) folders.push(entry.slice(0, -1));
  }
  const embedded: string[] = [];
  for (const folder of folders) if (await isEmbedded(place, folder)) embedded.push(folder);
  return embedded;
}

/** Files that an agent told git to take for unchanged. */
async function addUnwatched(
  place: Place,
  { indexFile, paths }: { readonly indexFile: string; readonly paths: readonly string[] },
): Promise<void> {
  const env = { GIT_INDEX_FILE: indexFile };
  const input = Buffer.from(`${paths.join("\0")}\0`, "latin1");
  const args = ["update-index", "--no-assume-unchanged", "-z", "--stdin"];
  await gitAt(place, args, { env, input });
  await gitAt(place, ["add", "--all", "--ignore-errors", "--", "."], { env, answers: [1] });
}

function pathOf(entry: string): string {
  return entry.slice(entry.indexOf("\t") + 1);
}

/** A submodule has a file `.git` that names its repository under `modules/`. */
async function isEmbedded(place: Place, folder: string): Promise<boolean> {
  try {
    return !/\/modules\//.test(
      await readRegularFile(path.join(place.path, fromLatin1(folder), ".git")),
    );
  } catch (error) {
    // A clone's `.git` is a folder; where there is none at all, there is nothing to take.
    return error instanceof Error && "code" in error && error.code === "EISDIR";
  }
}

/** Puts the files of an embedded repository in the place of its pointer. */
async function takeEmbedded(
  place: Place,
  { indexFile, folder }: { readonly indexFile: string; readonly folder: string },
): Promise<readonly string[]> {
  const name = fromLatin1(folder);
  const inner = { ...place, path: path.join(place.path, name) };
  const innerIndex = `${indexFile}-inner`;
  await removeIndex(innerIndex);
  const { tree, missing } = await snapshotInto(inner, innerIndex);
  await removeIndex(innerIndex);
  const env = { GIT_INDEX_FILE: indexFile };
  await gitAt(place, ["update-index", "--force-remove", "--", name], { env });
  await gitAt(place, ["read-tree", `--prefix=${name}/`, tree], { env });
  return missing.map((line) => `${name}: ${line}`);
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
