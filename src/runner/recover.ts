/**
 * What a runner of this host that died has left of an attempt: everything in its workspace is saved
 * before anybody decides how to go on. Its processes have been ended before.
 */

import { noWork, type Work } from "../domain/attempt.ts";
import type { SlotId, TaskId } from "../domain/id.ts";
import type { Target, Workspaces } from "../workspaces/workspace.ts";
import { sentence } from "./trouble.ts";

export interface LeftAttempt {
  readonly task: TaskId;
  readonly attempt: number;
  readonly slot: SlotId;
  readonly branch: string;
}

export interface RecoverParts {
  readonly workspaces: Workspaces;
  readonly target: Target;
  readonly onProblem: (says: string) => void;
}

/** Where the attempt's work is now. An attempt that never got its workspace has left none. */
export async function recover(parts: RecoverParts, left: LeftAttempt): Promise<Work> {
  try {
    const workspace = await parts.workspaces.open(left.slot);
    // Still another attempt's: this one never got as far as its workspace.
    if (workspace === null || workspace.branch !== left.branch) return noWork;
    const saved = await workspace.save({ task: left.task, attempt: left.attempt }, "temoin ended");
    const { sha } = await parts.target.read();
    const { head } = await workspace.inspect(sha, []);
    const { ownCommits } = await workspace.inspect(await parts.target.mergeBase(head), []);
    return { head: ownCommits > 0 ? head : null, saved, commits: ownCommits };
  } catch (error) {
    // Nothing is reset: the files stay in the workspace, which is saved again before its next use.
    parts.onProblem(`The work of ${left.task} could not be saved: ${sentence(error)}`);
    return noWork;
  }
}
