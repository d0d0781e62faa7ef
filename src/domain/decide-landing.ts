/** What a runner says of a landing: recorded before the target moves, settled after. */

import type { Draft } from "./draft.ts";
import type { TaskId } from "./id.ts";
import type { RunnerInput } from "./input.ts";
import { clearTaskInbox, goOn, landAgain, moveDependants } from "./progress.ts";
import { isRunning } from "./state.ts";

export function decideLanding(
  draft: Draft,
  at: { readonly task: TaskId; readonly attempt: number },
  input: RunnerInput,
): void {
  const { task, attempt } = at;
  switch (input.type) {
    case "gates_ran":
      draft.emit({ type: "gates_ran", task, attempt, results: input.results });
      return;
    case "landing_prepared":
      draft.emit({ type: "landing_prepared", task, attempt, prepared: input.prepared });
      return;
    case "landed": {
      const { sha, proven } = input;
      draft.settle();
      draft.emit({ type: "landed", task, attempt, sha, proven });
      clearTaskInbox(draft, task);
      moveDependants(draft, task);
      noteFollow(draft, input.followBlocked);
      return;
    }
    case "landing_refused": {
      const { outcome, why } = input;
      draft.settle();
      draft.emit({ type: "landing_refused", task, attempt, outcome, why });
      goOn(draft, task, false);
      return;
    }
    case "landing_lost":
      draft.settle();
      draft.emit({ type: "landing_lost", task, attempt, byRestart: false, why: input.why });
      landAgain(draft, task, input.why);
      return;
    default:
      throw new Error(`a landing does not say ${input.type}`);
  }
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
    next: `git merge --ff-only refs/temoin/target/${branch}, when your files are out of the way`,
  });
}
