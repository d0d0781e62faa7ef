/**
 * A run on another branch than the last one. Without `target:` it is the branch that is checked
 * out, so that a `git switch` between two runs is enough; what has landed is then not there.
 */

import { AppError } from "../lib/app-error.ts";
import type { Git } from "../workspaces/git.ts";

export interface TargetChange {
  readonly git: Git;
  readonly root: string;
  /** The branch of the last run; `null`: there was none. */
  readonly before: string | null;
  readonly branch: string;
  /** `target:` names the branch. */
  readonly isNamed: boolean;
}

/**
 * `null`: nothing was left behind; else one sentence about it. Rejects with an AppError `refused`
 * when landed work is in no branch of the person's and nobody has said that the branch is meant.
 */
export async function findLeftTarget(change: TargetChange): Promise<string | null> {
  const { before, branch, isNamed } = change;
  if (before === null || before === branch) return null;
  const ref = `refs/temoin/target/${before}`;
  if ((await countCommits(change, ref, `refs/heads/${branch}`)) === 0) return null;
  const takeIn = `\`git merge ${ref}\` on \`${branch}\` takes it in`;
  const isKept = (await countCommits(change, ref, `refs/heads/${before}`)) === 0;
  if (isKept || isNamed) {
    return `This run lands on \`${branch}\`, which lacks what has landed on \`${before}\`; ${takeIn}.`;
  }
  const says = `Cannot land on \`${branch}\`: it lacks what the last run has landed on \`${before}\`, and \`${before}\` has not followed.`;
  throw new AppError("refused", says, {
    hint: `${takeIn}; or set \`target:\` in temoin.yaml to the branch that is meant.`,
  });
}

/** How many commits of `ref` are not on `branch`; 0 without such a ref, all without the branch. */
async function countCommits(
  { git, root }: TargetChange,
  ref: string,
  branch: string,
): Promise<number> {
  const args = ["rev-list", "--count", "--ignore-missing", ref, `^${branch}`, "--"];
  const { text, exitCode } = await git(root, args, { answers: [128] });
  if (exitCode === 0) return Number(text);
  const known = ["rev-parse", "--verify", "--quiet", ref];
  return (await git(root, known, { answers: [1] })).exitCode === 0 ? 1 : 0;
}
