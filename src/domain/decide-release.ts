/** A person's word on what lands: a held change is let go or sent back, a landing is taken back. */

import type { Draft } from "./draft.ts";
import { landingOfferId, offerLanding } from "./offers.ts";
import { moveDependants, open } from "./progress.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { Task } from "./task.ts";
import { clearTaskInbox } from "./task-inbox.ts";

export function landHeld(draft: Draft, task: Task): Refusal | null {
  const { id } = task.spec;
  if (task.state !== "needs_human" || task.review === undefined) return notHeld(task);
  clearTaskInbox(draft, id);
  offerLanding(draft, id);
  return null;
}

/** It goes back to its own agent, on its own branch, with the person's words. */
export function rejectHeld(
  draft: Draft,
  task: Task,
  { tellId, text }: { readonly tellId: string; readonly text: string },
): Refusal | null {
  const { id } = task.spec;
  if (task.state !== "needs_human" || task.review === undefined) return notHeld(task);
  if (text.trim() === "") {
    return refuse(
      "usage",
      "There is nothing to tell.",
      `temoin land ${id} --reject "what to change"`,
    );
  }
  const prefer = task.attempts.at(-1)?.agent ?? null;
  draft.emit({ type: "told", task: id, id: tellId, text });
  clearTaskInbox(draft, id);
  draft.emit({ type: "task_reopened", task: id, keepWork: true });
  open(draft, id, "a person rejected its change", { after: { prefer, avoid: null } });
  return null;
}

export function revert(draft: Draft, task: Task, reason: string): Refusal | null {
  const { id } = task.spec;
  if (task.state === "landing" && task.reverting !== undefined) {
    return refuse("refused", `${id} is being taken back already.`, `temoin why ${id}`);
  }
  if (task.state !== "done") {
    return refuse("refused", `${id} is ${task.state}: it has not landed.`, `temoin show ${id}`);
  }
  if (task.how !== "landed" || task.sha === null) {
    const hint = "Its work is in no commit of the target.";
    return refuse("refused", `${id} is done without a landing (${task.how}).`, hint);
  }
  clearTaskInbox(draft, id);
  draft.emit({ type: "revert_asked", task: id, of: task.sha, reason });
  offerLanding(draft, id);
  // What has not started does not build on what is about to go.
  moveDependants(draft, id);
  return null;
}

/** A landing that was to be taken back, and is not yet. */
export function callOffRevert(
  draft: Draft,
  task: Extract<Task, { state: "landing" }>,
  to: "cancelled" | "skipped",
): Refusal | null {
  const { id } = task.spec;
  if (to === "skipped" || task.prepared !== null) {
    return refuse("refused", `${id} is being taken back.`, `temoin why ${id} tells how far it is.`);
  }
  draft.retract({ queue: "$landing", id: landingOfferId(task) });
  draft.emit({ type: "revert_refused", task: id, why: "called off by a person" });
  moveDependants(draft, id);
  return null;
}

function notHeld(task: Task): Refusal {
  const { id } = task.spec;
  if (task.state === "landing") {
    return refuse("refused", `${id} is in the merge queue already.`, `temoin why ${id}`);
  }
  if (task.state === "done" && task.how === "branch") {
    const branch = task.attempts.at(-1)?.branch ?? "";
    return refuse(
      "refused",
      `${id} is left on its branch by \`landing.mode: none\`.`,
      `git merge ${branch}`,
    );
  }
  return refuse(
    "refused",
    `${id} is ${task.state}: no change of it waits for your review.`,
    `temoin show ${id}; \`landing.review: true\` holds verified changes.`,
  );
}
