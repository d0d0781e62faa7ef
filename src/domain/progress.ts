/** Steps that several decisions share: how a task moves on. */

import { asksOf } from "./ask.ts";
import { closeAsks } from "./decide-ask.ts";
import type { Draft } from "./draft.ts";
import type { Actor } from "./event.ts";
import type { TaskId } from "./id.ts";
import { offerLanding } from "./offers.ts";
import { type Next, nextAfter } from "./outcome.ts";
import { afterAnswer, answerReport, leavesQuestion, parkTask, tellAnswer } from "./parked.ts";
import { lostInRowLimit } from "./policy.ts";
import { taskOf } from "./state.ts";
import type { Aftermath, Task } from "./task.ts";
import {
  clearTaskInbox,
  noteDeadEnds,
  noteStranded,
  personNext,
  sendHomeless,
} from "./task-inbox.ts";
import { heldUpBy, waitsOf } from "./waits.ts";

/** Queued if nothing holds it up, else waiting, with the reasons. */
export function open(
  draft: Draft,
  id: TaskId,
  why: string,
  how: { readonly after?: Aftermath; readonly until?: { until: number; why: string } | null } = {},
): void {
  const task = taskOf(draft.state, id);
  const waits = waitsOf(draft.state, task.spec, how.until ?? null);
  if (waits.length > 0) {
    draft.emit({ type: "task_waiting", task: id, on: waits }, "temoin");
    noteDeadEnds(draft, task);
  } else {
    draft.emit({ type: "task_queued", task: id, why, after: how.after ?? null }, "temoin");
    sendHomeless(draft, taskOf(draft.state, id));
  }
}

/** Waiting tasks whose hour has come. */
export function releaseTimers(draft: Draft): void {
  for (const [id, until] of [...draft.state.timers.entries()]) {
    if (until > draft.now) continue;
    const last = taskOf(draft.state, id).attempts.at(-1);
    const after = last?.phase === "ended" ? { prefer: null, avoid: last.agent } : null;
    open(draft, id, "its time has come", after === null ? {} : { after });
  }
}

/** The task has come to a stand, or was opened again: who depends on it goes on, or waits. */
export function moveDependants(draft: Draft, id: TaskId): void {
  const { state } = taskOf(draft.state, id);
  for (const held of heldUpBy(draft.state, taskOf(draft.state, id))) {
    reconsider(draft, held, `${id} is ${state}`);
  }
}

/** A task that has not started waits for just what holds it up now. */
export function reconsider(draft: Draft, id: TaskId, why: string): void {
  const task = draft.state.tasks.get(id);
  if (task?.state === "queued") {
    if (waitsOf(draft.state, task.spec).length > 0) open(draft, id, why);
  } else if (task?.state === "waiting") {
    const until = task.on.find((wait) => wait.kind === "time") ?? null;
    const waits = waitsOf(draft.state, task.spec, until);
    const isNew = waits.length === 0 || JSON.stringify(waits) !== JSON.stringify(task.on);
    if (isNew) open(draft, id, why, { until });
  }
}

/** What the end of the task's last attempt leads to. */
export function goOn(draft: Draft, id: TaskId, verifyPassed: boolean): void {
  const task = taskOf(draft.state, id);
  const { run } = draft.state;
  if (run === null) throw new Error(`${id} ended an attempt before any run`);
  const ending = "ending" in task ? task.ending : null;
  if (ending?.to === "parked" && isLeftOff(task)) {
    if (!parkTask(draft, id)) open(draft, id, "what it asked is answered", afterAnswer(task));
    return;
  }
  // By its own word there is something that a person has to decide: nothing of it lands before.
  if (ending === null && leavesQuestion(draft, task) && parkTask(draft, id)) return;
  for (const asked of asksOf(draft.state.asks, id)) tellAnswer(draft, id, asked);
  closeAsks(draft, id, "its attempt has ended");
  if (ending !== null && ending.to !== "parked") {
    carryOutEnding(draft, id, ending);
  } else {
    const next = nextAfter(task, run.policy, { now: draft.now, verifyPassed });
    if (next.next === "person" && next.kind === "blocked") askPerson(draft, id, next);
    else carryOut(draft, id, next);
  }
}

/** Unless what it asks stands in its brief. */
function askPerson(draft: Draft, id: TaskId, next: Extract<Next, { next: "person" }>): void {
  const task = taskOf(draft.state, id);
  const unanswered = answerReport(draft, id);
  if (unanswered === null) open(draft, id, "its brief answers what it asked", afterAnswer(task));
  else
    carryOut(
      draft,
      id,
      unanswered.near === null ? next : { ...next, why: `${next.why} (${unanswered.near})` },
    );
}

function carryOut(draft: Draft, id: TaskId, next: Next): void {
  switch (next.next) {
    case "land":
      bringHome(draft, id);
      return;
    case "done":
      draft.emit({ type: "task_done", task: id, how: "no_change", proven: true }, "temoin");
      clearTaskInbox(draft, id);
      moveDependants(draft, id);
      return;
    case "again": {
      const { prefer, avoid, fix } = next;
      const after = { prefer, avoid, ...(fix === null ? {} : { fix }) };
      const until = next.notBefore === null ? null : { until: next.notBefore, why: next.why };
      open(draft, id, next.why, { after, until });
      return;
    }
    case "person": {
      const { why } = next;
      const review = next.kind === "doubt" ? doubted(draft, id) : {};
      draft.emit({ type: "task_needs_human", task: id, why, ...review }, "temoin");
      draft.inbox({
        key: `${next.kind}:${id}`,
        kind: next.kind,
        task: id,
        says: `${id}: ${next.why}`,
        next: personNext(id, next.kind),
      });
      return;
    }
    case "failed":
      draft.emit({ type: "task_failed", task: id, why: next.why }, "temoin");
      draft.inbox({
        key: `failed:${id}`,
        kind: "failed",
        task: id,
        says: `${id} has failed: ${next.why}`,
        next: `temoin show ${id} tells what was tried; temoin retry ${id} tries again, temoin skip ${id} goes on without it`,
      });
      noteStranded(draft, id);
      return;
  }
}

/** A verified change: into the merge queue, before a person, or left on its branch. */
export function bringHome(draft: Draft, id: TaskId): void {
  const policy = draft.state.run?.policy;
  const last = taskOf(draft.state, id).attempts.at(-1);
  if (policy?.landing === "none" && last?.work.head) {
    const proven = last.gates.some(({ verdict }) => verdict === "passed");
    const done = { task: id, how: "branch", proven, sha: last.work.head } as const;
    draft.emit({ type: "task_done", ...done }, "temoin");
    clearTaskInbox(draft, id);
    moveDependants(draft, id);
    return;
  }
  if (policy?.review !== true || last === undefined) {
    offerLanding(draft, id);
    return;
  }
  const why = "its change is verified and waits for your review";
  draft.emit({ type: "task_needs_human", task: id, why, review: last.n }, "temoin");
  draft.inbox({
    key: `review:${id}`,
    kind: "review",
    task: id,
    says: `${id}: ${why}`,
    next: `temoin diff ${id}, then temoin land ${id}, or temoin land ${id} --reject "what to change"`,
  });
}

/** What is green and not believed a person may let land, where landings are wanted. */
function doubted(draft: Draft, id: TaskId): { readonly review?: number } {
  const last = taskOf(draft.state, id).attempts.at(-1);
  const isWanted = draft.state.run?.policy.landing !== "none";
  return last !== undefined && last.work.head !== null && isWanted ? { review: last.n } : {};
}

/** Nothing was told of its work but that it was ended: as it was to be, or with temoin itself. */
function isLeftOff({ attempts }: Task): boolean {
  const last = attempts.at(-1);
  if (last?.phase !== "ended") return false;
  return last.outcome === "handed_off" || last.outcome === "lost";
}

type AskedEnding = Exclude<
  Extract<Task, { state: "running" }>["ending"],
  null | { readonly to: "parked" }
>;

function carryOutEnding(draft: Draft, id: TaskId, ending: AskedEnding): void {
  if (ending.to === "queued") open(draft, id, ending.why);
  else close(draft, id, ending.to, ending.by);
}

/** A person has ended it, or the conductor: nobody works on it any more. */
export function close(
  draft: Draft,
  id: TaskId,
  to: "cancelled" | "skipped",
  by: Actor = "person",
): void {
  closeAsks(draft, id, `${id} is ${to}`);
  clearTaskInbox(draft, id);
  draft.emit({ type: `task_${to}`, task: id }, by);
  if (to === "cancelled") noteStranded(draft, id);
  moveDependants(draft, id);
}

/** After one that came to nothing; again and again, and a person looks at it. */
export function landAgain(draft: Draft, id: TaskId, why: string): void {
  const task = taskOf(draft.state, id);
  const troubles = task.state === "landing" ? task.troubles : 0;
  if (troubles < lostInRowLimit) {
    offerLanding(draft, id);
    return;
  }
  const says = `it could not land, ${troubles} times: ${why}`;
  if (task.state === "landing" && task.reverting !== undefined) {
    keepLanding(draft, id, says);
    return;
  }
  carryOut(draft, id, { next: "person", kind: "lost", why: says });
}

/** A landing that could not be taken back stands as it was. */
export function keepLanding(draft: Draft, id: TaskId, why: string): void {
  draft.emit({ type: "revert_refused", task: id, why }, "temoin");
  moveDependants(draft, id);
  draft.inbox({
    key: `revert:${id}`,
    kind: "revert",
    task: id,
    says: `${id} could not be taken back: ${why}`,
    next: `temoin show ${id}; temoin revert the later task first, or add a task that undoes it`,
  });
}
