/**
 * Where the next attempt starts from. Work that was interrupted is gone on with, from everything
 * that was saved of it; work that was judged red is mended on its branch; work that was refused or
 * changed nothing is left, and the next attempt starts from the target.
 */

import type { BaseChoice, EndedAttempt, Outcome } from "./attempt.ts";
import type { CommitSha } from "./id.ts";
import type { Task } from "./task.ts";

type From = "saved" | "branch" | "target";

const from: Readonly<Record<Outcome, From>> = {
  limited: "saved",
  handed_off: "saved",
  crashed: "saved",
  lost: "saved",
  stalled: "saved",
  timed_out: "saved",
  blocked: "saved",
  cancelled: "saved",
  gate_failed: "branch",
  conflict: "branch",
  verified: "branch",
  refused: "target",
  no_change: "target",
};

export function base(task: Task): BaseChoice {
  const attempts = task.attempts.slice(task.workStart).toReversed();
  for (const attempt of attempts) {
    if (attempt.phase !== "ended") continue;
    const commit = workOf(attempt);
    if (commit === "target") return { from: "target" };
    // An attempt that left nothing behind, as one that never began, hides no earlier work.
    if (commit === null) continue;
    return { from: "attempt", attempt: attempt.n, commit, because: attempt.outcome };
  }
  return { from: "target" };
}

function workOf(attempt: EndedAttempt): CommitSha | "target" | null {
  // A person who goes on with what was green and not believed goes on from it.
  switch (attempt.doubt === undefined ? from[attempt.outcome] : "branch") {
    case "target":
      return "target";
    case "branch":
      return attempt.work.head ?? attempt.work.saved;
    case "saved":
      return attempt.work.saved ?? attempt.work.head;
  }
}
