/**
 * A target that is red: what mends it goes first, and nothing else lands until it is green again.
 *
 * What waits to land keeps its state; its offer is taken back, and made anew when the target is
 * green. What is prepared already may have landed, and is left alone.
 */

import { type GateResult, isRed } from "./attempt.ts";
import type { Draft } from "./draft.ts";
import { fingerprint } from "./fingerprint.ts";
import { closeFixTasks, openFixTask } from "./fix-task.ts";
import type { CommitSha, TaskId } from "./id.ts";
import { landingOfferId, offerLanding } from "./offers.ts";
import { isHeldBack, taskOf } from "./state.ts";
import { hasTurned, mendable } from "./target-check.ts";

/** The gates have run on the target. */
export function judgeTarget(
  draft: Draft,
  check: {
    readonly sha: CommitSha;
    readonly results: readonly GateResult[];
    readonly commits: readonly string[];
  },
): void {
  const { sha, results, commits } = check;
  const wanted = mendable(draft.state, check);
  const isTurned = hasTurned(draft.state, check);
  draft.emit({ type: "target_checked", sha, results }, "temoin");
  const what = fingerprint(wanted);
  if (what === null || draft.state.run?.policy.fixTasks === 0) {
    if (!results.some(isRed) || draft.state.redTarget !== null) turnGreen(draft, sha);
    return;
  }
  const wasHeld = draft.state.redTarget !== null;
  const why = wasHeld ? "it was red before" : "its gates were run";
  // What begins in this very moment may have been decided before.
  const since = isTurned ? draft.now + 1 : (draft.state.run?.startedAt ?? draft.now);
  // What was red from the start is mended when something waits for it: see `mendWhatHolds`.
  const fix =
    isTurned || wasHeld ? openFixTask(draft, { sha, results: wanted, commits, why }) : null;
  draft.emit({ type: "target_red", sha, fingerprint: what, fix, since }, "temoin");
  for (const id of [...draft.state.landing.keys()]) holdBack(draft, id);
}

/** The target was red from the start, and now something waits for it to be green. */
export function mendWhatHolds(draft: Draft): void {
  const { redTarget, checks, landing } = draft.state;
  if (redTarget === null || redTarget.fix !== null) return;
  const isHeld = [...landing.keys()].some((id) => isHeldBack(draft.state, taskOf(draft.state, id)));
  const check = checks.find(({ sha }) => sha === redTarget.sha);
  if (!isHeld || check === undefined) return;
  const results = mendable(draft.state, check);
  const why = "it was red from the start";
  const fix = openFixTask(draft, { sha: check.sha, results, commits: [], why });
  if (fix !== null) draft.emit({ type: "target_red", ...redTarget, fix }, "temoin");
}

/** What has landed has passed all gates on the merged result. */
export function turnGreen(draft: Draft, sha: CommitSha): void {
  const { redTarget } = draft.state;
  if (redTarget === null) return;
  const landings = [...draft.state.landing.keys()];
  const wasHeld = new Set(
    landings.filter((id) => isHeldBack(draft.state, taskOf(draft.state, id))),
  );
  draft.emit({ type: "target_green", sha }, "temoin");
  closeFixTasks(draft, redTarget.fingerprint);
  for (const id of [...draft.state.landing.keys()]) {
    const task = taskOf(draft.state, id);
    if (wasHeld.has(id) && task.state === "landing") {
      offerLanding(draft, id);
    }
  }
}

function holdBack(draft: Draft, id: TaskId): void {
  const task = taskOf(draft.state, id);
  if (task.state !== "landing" || !isHeldBack(draft.state, task)) return;
  draft.retract({ queue: "$landing", id: landingOfferId(task) });
  const why = "the target is red: it lands when that is mended";
  // As after a restart: nobody's fault, and no trouble of its own.
  const lost = { type: "landing_lost", task: id, attempt: task.attempt, byRestart: true } as const;
  draft.emit({ ...lost, why }, "temoin");
}
