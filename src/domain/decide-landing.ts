/** What a runner says of a landing: recorded before the target moves, settled after. */

import type { Draft } from "./draft.ts";
import type { TaskId } from "./id.ts";
import type { RunnerInput } from "./input.ts";
import { goOn, keepLanding, landAgain, moveDependants, open } from "./progress.ts";
import { judgeTarget, turnGreen } from "./red-target.ts";
import { isRunning, taskOf } from "./state.ts";
import type { Reverting } from "./task.ts";
import { clearTaskInbox } from "./task-inbox.ts";

export function decideLanding(draft: Draft, of: Landing, input: RunnerInput): void {
  const { task, attempt } = of;
  const at = { task, attempt };
  const now = taskOf(draft.state, task);
  const reverting = now.state === "landing" ? now.reverting : undefined;
  switch (input.type) {
    case "gates_ran":
    case "landing_prepared":
      draft.emit({ ...input, ...at });
      return;
    case "target_checked":
      judgeTarget(draft, input);
      return;
    case "landed":
      draft.settle();
      if (reverting === undefined) settleLanding(draft, at, input);
      else settleRevert(draft, task, { input, reverting });
      moveDependants(draft, task);
      noteFollow(draft, input.followBlocked);
      return;
    case "landing_refused": {
      draft.settle();
      if (reverting !== undefined) {
        keepLanding(draft, task, input.why);
        return;
      }
      draft.emit({ ...input, ...at });
      goOn(draft, task, false);
      return;
    }
    case "landing_lost":
      draft.settle();
      draft.emit({ ...input, ...at, byRestart: false });
      landAgain(draft, task, input.why);
      return;
    default:
      throw new Error(`a landing does not say ${input.type}`);
  }
}

interface Landing {
  readonly task: TaskId;
  readonly attempt: number;
}

type Landed = Extract<RunnerInput, { readonly type: "landed" }>;

function settleLanding(draft: Draft, at: Landing, { sha, proven }: Landed): void {
  draft.emit({ type: "landed", ...at, sha, proven });
  if (proven) turnGreen(draft, sha);
  clearTaskInbox(draft, at.task);
}

/** An earlier landing is taken back: the task is opened again, with the reason. */
function settleRevert(
  draft: Draft,
  task: TaskId,
  { input, reverting }: { readonly input: Landed; readonly reverting: Reverting },
): void {
  const { sha, proven } = input;
  const { sha: of, reason } = reverting;
  draft.emit({ type: "reverted", task, of, sha, proven });
  if (proven) turnGreen(draft, sha);
  clearTaskInbox(draft, task);
  const why = reason === "" ? "" : ` Why: ${reason.replace(/[.\s]+$/, "")}.`;
  const text = `Your earlier change (${of.slice(0, 12)}) had landed and was taken back by ${sha.slice(0, 12)}.${why} It is not in your branch; \`git revert --no-commit ${sha}\` brings it back where you want to build on it.`;
  draft.emit({ type: "told", task, id: `${task}/revert/${reverting.n}`, text }, "temoin");
  draft.emit({ type: "task_reopened", task, keepWork: false }, "temoin");
  open(draft, task, "its landing was taken back");
}

/** One line in the inbox while the person's branch is behind what has landed. */
export function noteFollow(draft: Draft, blocked: string | null): void {
  if (blocked === null) {
    draft.clearInbox("follow");
    return;
  }
  const branch = isRunning(draft.state) ? draft.state.run.target : "the branch";
  draft.inbox({
    key: "follow",
    kind: "follow",
    task: null,
    says: `${branch} could not follow what has landed: ${blocked}`,
    next: "do what it says; it is tried again after each landing and at the end of each run",
  });
}
