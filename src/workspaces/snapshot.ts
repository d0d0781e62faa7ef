/**
 * A snapshot of a working tree as a git tree: tracked, staged and untracked files as they are now,
 * ignored ones not. It is made in an index of its own, so that files, index and HEAD stay as they
 * are; the state of the real index (an unfinished merge, a damaged file) does not matter.
 *
 * A repository that an agent has made or cloned inside the working tree is taken as its files: git
 * by itself would record only a commit number that nobody else has. Real submodules stay pointers.
 */

import { constants, copyFile, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { allEnded } from "../lib/all-ended.ts";
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
  /** By what it can be told that nothing differs since; `null`: it must be taken anew. */
  readonly seen: Seen | null;
}

export interface Seen {
  readonly tree: string;
  readonly indexFile: string;
  /** The index that it was made in, and the place's own, as files. */
  readonly stamps: readonly [own: string, real: string];
}

/**
 * `parentOf` is asked when the index is not there or cannot be read: what it tells stands in for it.
 * The caller removes `indexFile`. One at a time for each place.
 */
export async function takeSnapshot(
  place: Place,
  parentOf: () => Promise<CommitSha | null>,
): Promise<Snapshot> {
  const indexFile = indexFileOf(place);
  const realFile = path.join(place.gitDir, "index");
  try {
    await removeIndex(indexFile);
    const real = await stampOf(realFile);
    await copyIndex(realFile, indexFile);
    const taken = await snapshotInto(place, indexFile);
    if (!taken.isPlain) return { ...taken, seen: null };
    const { tree } = taken;
    return { ...taken, seen: { tree, indexFile, stamps: [await stampOf(indexFile), real] } };
  } catch (error) {
    if (!(error instanceof GitError) && !isNotFound(error)) throw error;
    // No index, or one that git cannot read: the same from a fresh one, slower.
    return takeFreshSnapshot(place, await parentOf());
  }
}

/**
 * The snapshot that was seen before, where adding all once more changes nothing of it and the place's
 * own index is as it was; `null`: something differs. The index has not been removed or used since.
 */
export async function sameSnapshot(place: Place, seen: Seen): Promise<Snapshot | null> {
  const { tree, indexFile, stamps } = seen;
  const realFile = path.join(place.gitDir, "index");
  try {
    if ((await stampOf(realFile)) !== stamps[1]) return null;
    const { isWhole } = await addAll(place, indexFile);
    if (!isWhole || (await stampOf(realFile)) !== stamps[1]) return null;
    const same = { tree, indexFile, missing: [], seen };
    // git writes an index only where an entry of it has changed, and then as a new file. What was
    // written in the same second as the index it adds anew, whether it differs or not.
    if ((await stampOf(indexFile)) === stamps[0]) return same;
    return (await writeTree(place, indexFile)) === tree ? same : null;
  } catch (error) {
    // Taken anew, and then told.
    if (error instanceof GitError || isNotFound(error)) return null;
    throw error;
  }
}

/**
 * With its time: what has changed in the second of an index git finds by its content only, and knows
 * by that time which files these are. In the copy of a later second it would miss them.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  // Not through a link that an agent at work may have put there meanwhile.
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const second = Math.floor(mtimeMs / 1_000);
  await utimes(to, second, second);
}

async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(" ");
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
  return { ...(await snapshotInto(place, indexFile)), seen: null };
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

interface Taken extends Omit<Snapshot, "seen"> {
  /** All was added as it is: no repository within, nothing hidden from git, nothing missing. */
  readonly isPlain: boolean;
}

async function snapshotInto(place: Place, indexFile: string): Promise<Taken> {
  const { missing, isWhole } = await addAll(place, indexFile);
  const [tree, { folders, unwatched }] = await allEnded([
    writeTree(place, indexFile),
    findOddities(place, indexFile, isWhole),
  ]);
  if (unwatched.length > 0) await addUnwatched(place, { indexFile, paths: unwatched });
  let hasEmbedded = false;
  for (const folder of folders) {
    if (!(await isEmbedded(place, folder))) continue;
    hasEmbedded = true;
    missing.push(...(await takeEmbedded(place, { indexFile, folder })));
  }
  const isSame = unwatched.length === 0 && !hasEmbedded;
  const isPlain = isWhole && isSame && folders.length === 0;
  return { tree: isSame ? tree : await writeTree(place, indexFile), indexFile, missing, isPlain };
}

async function writeTree(place: Place, indexFile: string): Promise<string> {
  return (await gitAt(place, ["write-tree"], { env: { GIT_INDEX_FILE: indexFile } })).text;
}

interface Added {
  /** What git says of files that it could not add. */
  readonly missing: string[];
  /** It has added everything, and so nothing is left that is untracked. */
  readonly isWhole: boolean;
}

async function addAll(place: Place, indexFile: string): Promise<Added> {
  const env = { GIT_INDEX_FILE: indexFile };
  const args = ["add", "--all", "--ignore-errors", "--", "."];
  const added = await gitAt(place, args, { env, answers: [1] });
  if (added.exitCode === 0) return { missing: [], isWhole: true };
  const missing = added.stderr
    .split("\n")
    .filter((line) => line.startsWith("error: "))
    .filter((line) => !line.endsWith("does not have a commit checked out"))
    .map((line) => line.slice("error: ".length));
  return { missing, isWhole: false };
}

interface Oddities {
  /** They may hold a repository of their own. */
  readonly folders: readonly string[];
  /** Files that git was told to take for unchanged. */
  readonly unwatched: readonly string[];
}

/** Of thousands of entries mostly none. */
const oddEntry = /(?:^|\0)((?:[a-z] |. 160000)[^\0]*)/g;

/** Where all was added there is nothing untracked to look for, which takes a walk over all files. */
async function findOddities(place: Place, indexFile: string, isWhole: boolean): Promise<Oddities> {
  const env = { GIT_INDEX_FILE: indexFile };
  const [listed, others] = await allEnded([
    gitAt(place, ["ls-files", "--stage", "-v", "-z"], { env }),
    isWhole ? null : gitAt(place, ["ls-files", "--others", "--exclude-standard", "-z"], { env }),
  ]);
  const folders: string[] = [];
  const unwatched: string[] = [];
  // Its form: `H 160000 <object> <stage>\t<path>`; a small letter: "assume unchanged".
  for (const [, entry = ""] of listed.bytes.toString("latin1").matchAll(oddEntry)) {
    if (/^. 160000/.test(entry)) folders.push(pathOf(entry));
    if (/^[a-z] /.test(entry)) unwatched.push(pathOf(entry));
  }
  for (const entry of others?.bytes.toString("latin1").split("\0") ?? []) {
    // Without a commit it could not be added at all, and is listed as a folder.
    if (entry.endsWith("/")) folders.push(entry.slice(0, -1));
  }
  return { folders, unwatched };
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
