/** What a person is told of a task that does not go on without them. */

import type { Draft } from "./draft.ts";
import type { InboxItem } from "./event.ts";
import type { TaskId } from "./id.ts";
import { knownRoles, wishOf } from "./may-take.ts";
import type { Next } from "./outcome.ts";
import { isGivenUp } from "./slot.ts";
import { isRunning, type State, taskOf } from "./state.ts";
import type { Task } from "./task.ts";
import { plainWord } from "./view-text.ts";
import { strandedBy } from "./waits.ts";

export function clearTaskInbox(draft: Draft, id: TaskId): void {
  for (const [key, item] of [...draft.state.inbox.entries()]) {
    if (item.task === id) draft.clearInbox(key);
  }
}

/** Pinned to an agent that is not there: a person must say who else. */
export function sendHomeless(draft: Draft, task: Task): void {
  if (!isRunning(draft.state) || task.state !== "queued") return;
  const slots = [...draft.state.slots.values()];
  // With no usable slot at all the run itself ends and says so.
  if (slots.every(isGivenUp) || wishOf(task, knownRoles(draft.state)).kind !== "nobody") return;
  const { id, agent } = task.spec;
  const broken = slots.find((slot) => slot.spec.agent === agent && slot.broken !== null);
  const why =
    broken === undefined
      ? `pinned to ${agent}, which is not configured`
      : `pinned to ${agent}, which cannot be used: ${broken.broken?.why}`;
  draft.emit({ type: "task_needs_human", task: id, why }, "temoin");
  draft.inbox({
    key: `no_agent:${id}`,
    kind: "no_agent",
    task: id,
    says: `${id}: ${why}`,
    next: `temoin assign ${id} --agent NAME, or configure agents.${agent} in temoin.yaml`,
  });
}

/** It waits for something that failed or was cancelled already. */
export function noteDeadEnds(draft: Draft, task: Task): void {
  for (const dep of task.spec.deps) {
    const state = draft.state.tasks.get(dep)?.state;
    if (state === "failed" || state === "cancelled") noteStranded(draft, dep);
  }
}

/** Failed or cancelled: who waits for it is listed in the inbox, once. */
export function noteStranded(draft: Draft, id: TaskId): void {
  const item = strandedItem(draft.state, taskOf(draft.state, id));
  if (item !== null) draft.inbox(item);
}

/** Who was listed may have been cancelled, split or made to wait for others since. */
export function retellStranded(draft: Draft): void {
  if (!draft.hasMoved) return;
  for (const { key, kind, task: id } of [...draft.state.inbox.values()]) {
    if (kind !== "dependency" || id === null) continue;
    const item = strandedItem(draft.state, taskOf(draft.state, id));
    if (item === null) draft.clearInbox(key);
    else draft.inbox(item);
  }
}

/** `null`: nobody waits for it. */
function strandedItem(state: State, task: Task): InboxItem | null {
  const { id } = task.spec;
  const waiting = strandedBy(state, task);
  if (waiting.length === 0) return null;
  const names = waiting.slice(0, 5).join(", ") + (waiting.length > 5 ? ", …" : "");
  return {
    key: `dependency:${id}`,
    kind: "dependency",
    task: id,
    says: `${id} is ${plainWord(task.state)}; ${names} ${waiting.length === 1 ? "waits" : "wait"} for it`,
    next: `temoin retry ${id}, or temoin skip ${id} to let them go on without it`,
  };
}

/** The next step of whoever it waits for. */
export function personNext(id: TaskId, kind: Extract<Next, { next: "person" }>["kind"]): string {
  if (kind === "doubt") {
    return `temoin diff ${id}, then temoin land ${id}, or temoin land ${id} --reject "what to change"`;
  }
  if (kind === "handoff") {
    return `temoin show ${id} tells what was tried; temoin split ${id}, or shorten its brief (temoin edit ${id}) and temoin retry ${id}`;
  }
  return `temoin tell ${id} "…" answers and lets it go on; temoin show ${id} tells more; temoin retry, skip or cancel ${id}`;
}
