/** The few things that verbs ask git by themselves. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";

/** What it prints, without its last line end; `null`: it says no, or is not there. */
export async function askGit(dir: string, args: readonly string[]): Promise<string | null> {
  const { exitCode, stdout } = await execa("git", ["-C", dir, ...args], {
    reject: false,
    stdin: "ignore",
  });
  return exitCode === 0 ? stdout : null;
}

/** The branch that is checked out; `null`: none. */
export async function currentBranch(root: string): Promise<string | null> {
  return askGit(root, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
}

const entry = "/.temoin/";

/** Does git look away from `.temoin/`? */
export async function isStateExcluded(root: string): Promise<boolean> {
  return (await askGit(root, ["check-ignore", "--quiet", "--no-index", ".temoin/x"])) !== null;
}

/** Adds `.temoin/` to `.git/info/exclude`, which no commit can change. Safe to repeat. */
export async function excludeState(root: string): Promise<void> {
  if (await isStateExcluded(root)) return;
  const found = await askGit(root, ["rev-parse", "--git-path", "info/exclude"]);
  if (found === null) return;
  const file = path.resolve(root, found);
  await mkdir(path.dirname(file), { recursive: true });
  const before = await readFile(file, "utf8").catch(() => ""); // Not every repository has one.
  const text = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  await writeFile(file, `${text}${entry}\n`);
}
