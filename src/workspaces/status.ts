/** Reading `git status --porcelain=v2 --branch -z`. Paths are kept byte for byte, as latin1. */

import { type CommitSha, parseSha } from "../domain/id.ts";

export interface Status {
  /** `null`: no commit is checked out. */
  readonly head: CommitSha | null;
  /** The short name of the branch; `null`: detached. */
  readonly branch: string | null;
  readonly isClean: boolean;
  readonly unmerged: readonly string[];
  /** Submodules whose own files are changed or untracked. */
  readonly dirtySubmodules: readonly string[];
}

export const statusArguments = [
  "status",
  "--porcelain=v2",
  "--branch",
  "-z",
  "--untracked-files=normal",
  "--no-renames",
  "--ignore-submodules=none",
] as const;

/** The same without a look for untracked files or into submodules; nothing is written. */
export const checkedOutArguments = [
  ...["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z"],
  ...["--untracked-files=no", "--no-renames", "--ignore-submodules=all"],
] as const;

/** The output of a git that was given `statusArguments`, or `checkedOutArguments`. */
export function readStatus(bytes: Buffer): Status {
  let head: CommitSha | null = null;
  let branch: string | null = null;
  let isClean = true;
  const unmerged: string[] = [];
  const dirtySubmodules: string[] = [];
  for (const line of bytes.toString("latin1").split("\0")) {
    if (line.startsWith("# branch.oid ")) head = parseSha(line.slice(13));
    else if (line.startsWith("# branch.head ")) branch = branchOf(line.slice(14));
    else if (line !== "" && !line.startsWith("#")) {
      isClean = false;
      const fields = line.split(" ");
      const submodule = fields[2] ?? "";
      // 1 XY sub mH mI mW hH hI path: eight fields stand before the path, ten in an unmerged one.
      if (line.startsWith("u ")) unmerged.push(fields.slice(10).join(" "));
      else if (line.startsWith("1 ") && /^S.(?:M.|.U)$/.test(submodule)) {
        dirtySubmodules.push(fields.slice(8).join(" "));
      }
    }
  }
  return { head, branch, isClean, unmerged, dirtySubmodules };
}

/** Every path that the output names, as latin1. It was made with `--no-renames`. */
export function pathsIn(bytes: Buffer): readonly string[] {
  const lines = bytes.toString("latin1").split("\0");
  return lines.flatMap((line) => {
    if (line === "" || line.startsWith("#")) return [];
    const fields = line.split(" ");
    // Before the path stand eight fields, ten in an unmerged one, and one of what git does not know.
    const before = line.startsWith("1 ") ? 8 : line.startsWith("u ") ? 10 : 1;
    return [fields.slice(before).join(" ")];
  });
}

function branchOf(name: string): string | null {
  return name === "(detached)" ? null : fromLatin1(name);
}

/** Bytes that were read as latin1, as the text that they are. */
export function fromLatin1(text: string): string {
  return Buffer.from(text, "latin1").toString();
}
