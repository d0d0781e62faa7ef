/** A commit with some files as another commit has them, in the object store only. */

import { rm } from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../domain/id.ts";
import { commitTree } from "./commit-tree.ts";
import { gitIn, type Repository } from "./repository.ts";
import type { OverlayRequest } from "./workspace.ts";

const nobody = "0".repeat(40);

/** `null`: none of the files differs. A file that `from` does not have is left out. */
export async function overlay(
  repository: Repository,
  { head, from, paths }: OverlayRequest,
): Promise<CommitSha | null> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", head, from];
  const { text } = await gitIn(repository, args);
  const lines = readRaw(text)
    .filter(({ file }) => paths.includes(file))
    .map(({ mode, object, file }) => `${mode} ${object}\t${file}\0`);
  if (lines.length === 0) return null;
  const index = path.join(repository.commonDir, `temoin-overlay-${head}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await gitIn(repository, ["read-tree", head], { env });
    const update = ["update-index", "-z", "--index-info"];
    await gitIn(repository, update, { env, input: lines.join("") });
    const { text: tree } = await gitIn(repository, ["write-tree"], { env });
    const message = `Look at ${head} with protected files of ${from}\n`;
    return await commitTree(repository, { tree, parents: [head], message });
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

interface RawChange {
  /** Of the second side; zeros: it is not there. */
  readonly mode: string;
  readonly object: string;
  readonly file: string;
}

/** `:<mode> <mode> <object> <object> <letter>\0<path>\0`, again and again. */
function readRaw(text: string): readonly RawChange[] {
  const parts = text.split("\0");
  const changes: RawChange[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = "", , object = nobody] = (parts[at] ?? "").split(" ");
    const file = parts[at + 1] ?? "";
    const isGone = /^0+$/.test(mode);
    changes.push({ mode: isGone ? "0" : mode, object: isGone ? nobody : object, file });
  }
  return changes;
}
