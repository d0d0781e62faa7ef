/** Merges in the object store: no working tree, no index, nothing that anybody could see half done. */

import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { CommitSha } from "../domain/id.ts";
import { gitIn, type Repository } from "./repository.ts";

export interface TreeMerge {
  readonly ours: CommitSha;
  readonly theirs: CommitSha;
  /** Files, from the repository's root, in which both sides' lines are kept. */
  readonly unionFiles: readonly string[];
}

export type MergedTree =
  | { readonly kind: "clean"; readonly tree: string }
  /** `tree`: with git's markers in the files that are at odds. */
  | { readonly kind: "conflict"; readonly files: readonly string[]; readonly tree: string };

/**
 * The merge drivers that `.gitattributes` at the root of `ours` names count too; those of deeper
 * folders do not. Histories with nothing in common are merged as if from an empty tree.
 */
export async function mergeTrees(
  repository: Repository,
  { ours, theirs, unionFiles }: TreeMerge,
): Promise<MergedTree> {
  const attributes = await writeAttributes(repository, ours, unionFiles);
  const settings = ["-c", `core.attributesFile=${attributes}`];
  const options = ["--write-tree", "--name-only", "--no-messages", "-z"];
  const args = [...settings, "merge-tree", ...options, "--allow-unrelated-histories"];
  const answer = await gitIn(repository, [...args, ours, theirs], { answers: [1] });
  const [tree = "", ...files] = answer.text.split("\0").filter((part) => part !== "");
  return answer.exitCode === 0
    ? { kind: "clean", tree }
    : { kind: "conflict", files: [...new Set(files)], tree };
}

/**
 * git 2.39 reads attributes from files only, and `core.attributesFile` is the one that can be
 * given for a single call. It counts least, so that a rule of `info/attributes` wins over ours. The
 * file is named by what it holds: a merge that is killed leaves nothing that the next one does not use.
 */
async function writeAttributes(
  repository: Repository,
  ours: CommitSha,
  unionFiles: readonly string[],
): Promise<string> {
  const spec = `${ours}:.gitattributes`;
  const own = await gitIn(repository, ["cat-file", "blob", spec], { answers: [128] });
  const lines = unionFiles.map((name) => `${attributePattern(name)} merge=union\n`);
  const text = Buffer.concat([own.bytes, Buffer.from(`\n${lines.join("")}`)]);
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const folder = path.join(repository.commonDir, "temoin");
  const file = path.join(folder, `attributes-${name}`);
  await mkdir(folder, { recursive: true });
  // Another merge may read it: it comes whole.
  await writeFileAtomic(file, text, { fsync: false });
  return file;
}

/** Just this file: anchored at the root, wildcards taken literally, quoted as gitattributes(5) has it. */
export function attributePattern(file: string): string {
  const literal = `/${file.replace(/[\\*?[\]]/g, "\\$&")}`;
  return `"${literal.replace(/[\\"]/g, "\\$&")}"`;
}
