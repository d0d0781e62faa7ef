/** What must hold of every decision and of every state between two decisions. */

import assert from "node:assert/strict";
import { apply } from "../../src/domain/apply.ts";
import { decide, isRefusal } from "../../src/domain/decide.ts";
import type { Event } from "../../src/domain/event.ts";
import type { Instant, TaskId } from "../../src/domain/id.ts";
import { knownRoles, mayTake } from "../../src/domain/may-take.ts";
import { heldBy, isAnswered, softlyHeldBy } from "../../src/domain/schedule.ts";
import { scopesMeet } from "../../src/domain/scope.ts";
import { isAwake } from "../../src/domain/slot.ts";
import { fork, isRunning, type State, taskOf } from "../../src/domain/state.ts";
import { isSatisfied, isTerminal, priorities, type Task } from "../../src/domain/task.ts";
import { waitsOf } from "../../src/domain/waits.ts";

/** Walks the events of one decision over the state before it. */
export function assertEvents(before: State, events: readonly Event[]): void {
  const state = fork(before);
  let lostByRestart: TaskId | null = null;
  assertAnswersTold(before, events);
  for (const event of events) {
    const id = "task" in event ? event.task : null;
    const was = id === null ? null : (state.tasks.get(id)?.state ?? null);
    if (event.type === "attempt_offered") {
      assertMayStart(state, event.task, event.at);
      const slot = state.slots.get(event.slot);
      assert(slot !== undefined && isAwake(slot), `${event.slot} is given work as it sleeps`);
    }
    if (event.type === "attempt_ended") lostByRestart = event.byRestart ? event.task : null;
    if (event.type === "task_failed") assert.notEqual(event.task, lostByRestart);
    apply(state, event);
    if (id === null || was === null || !isTerminal(was)) continue;
    const is = taskOf(state, id).state;
    // A person may skip or cancel what has failed, so that others need not wait for it.
    const isGivenUp = was === "failed" && ["cancelled", "skipped"].includes(is);
    const isTakenBack = event.type === "revert_asked" && was === "done";
    const mayLeave = (event.type === "task_reopened" && was !== "done") || isGivenUp || isTakenBack;
    assert(is === was || mayLeave, `${id} went from ${was} to ${is} by ${event.type}`);
  }
}

/** An answer that was given is taken by the agent that lives, or told to the next attempt. */
function assertAnswersTold(before: State, events: readonly Event[]): void {
  const given = new Set(
    [...before.asks.values()].flatMap(({ id, answer }) => (answer === null ? [] : [id])),
  );
  const told = new Set<string>();
  const isOver = events.some(({ type }) => type === "attempt_ended");
  for (const event of events) {
    if (event.type === "answered") given.add(event.ask);
    if (event.type === "told" && event.ask !== undefined) told.add(event.ask);
    if (event.type !== "ask_closed" || !given.has(event.ask)) continue;
    const { ask, attempt } = before.asks.get(event.ask) ?? {};
    const isLive = before.running.has(event.task) && !isOver && attempt !== undefined;
    if (ask?.kind === "question" && !isLive) {
      assert(told.has(event.ask), `the answer to ${event.ask} is lost`);
    }
  }
}

function assertMayStart(state: State, id: TaskId, now: Instant): void {
  const task = taskOf(state, id);
  const deadline = state.run?.policy.deadline ?? null;
  assert(deadline === null || now < deadline, `${id} starts after the deadline`);
  assert.equal(task.state, "queued", `${id} is offered from the queue only`);
  assert.equal(task.paused || state.paused, false, `${id} is paused`);
  for (const dep of task.spec.deps) {
    assert(isSatisfied(taskOf(state, dep).state), `${id} starts before ${dep} is done`);
  }
}

export function assertSettled(state: State, now: Instant): void {
  const again = decide(state, { from: "control", input: { type: "tick" } }, now);
  assert(!isRefusal(again));
  assert.deepEqual([again.events, again.offers, again.retract], [[], [], []], "it decides twice");
  assertScopes(state);
  assertWaits(state);
  assertNobodyWaits(state, now);
  assertSleepers(state, now);
}

/** Who sleeps or is broken has an hour at which that ends. */
function assertSleepers(state: State, now: Instant): void {
  if (!isRunning(state)) return;
  for (const { spec, asleep, broken } of state.slots.values()) {
    assert(asleep === null || asleep.until > now, `${spec.id} oversleeps`);
    assert(broken === null || broken.retryAt > now, `${spec.id} is not tried again`);
  }
}

/** Each task waits for just what holds it up now, and what is queued for nothing. */
function assertWaits(state: State): void {
  for (const task of state.tasks.values()) {
    if (task.state === "queued") assert.deepEqual(waitsOf(state, task.spec), [], task.spec.id);
    if (task.state !== "waiting") continue;
    const time = task.on.find((wait) => wait.kind === "time") ?? null;
    assert.deepEqual(task.on, waitsOf(state, task.spec, time), `${task.spec.id} is told wrongly`);
  }
}

function assertScopes(state: State): void {
  // What is taken back is a person's wish, whoever is at work there.
  const atWork = [...state.running.keys(), ...state.landing.keys()]
    .map((id) => taskOf(state, id))
    .filter((task) => task.state !== "landing" || task.reverting === undefined);
  for (const [at, one] of atWork.entries()) {
    for (const other of atWork.slice(at + 1)) {
      const meet = scopesMeet(one.spec.touches, other.spec.touches);
      assert(!meet, `${one.spec.id} and ${other.spec.id} touch the same files`);
    }
  }
}

/** No ready task waits while an agent that may take it is free, in order and not limited. */
function assertNobodyWaits(state: State, now: Instant): void {
  for (const { task, slot } of readyPairs(state, now)) {
    assert.fail(`${task.spec.id} waits although ${slot} is free`);
  }
}

function* readyPairs(state: State, now: Instant): Generator<{ task: Task; slot: string }> {
  if (!isRunning(state) || state.paused || state.run.stopping !== null) return;
  const { deadline } = state.run.policy;
  if (deadline !== null && now >= deadline) return;
  const awake = [...state.slots.values()].filter(isAwake);
  const roles = knownRoles(state);
  for (const task of state.queued.values()) {
    if (task.paused || heldBy(state, task) !== null) continue;
    const free = awake.find((slot) => slot.task === null && mayTake(task, slot.spec, roles));
    if (free !== undefined) yield { task, slot: free.spec.id };
  }
}

/** With one slot: what starts has no rival that is more urgent, or as urgent and older. */
export function assertFairStart(before: State, events: readonly Event[]): void {
  const state = fork(before);
  for (const event of events) {
    if (event.type === "attempt_offered") {
      const task = taskOf(state, event.task);
      for (const rival of state.queued.values()) {
        if (rival === task || rival.paused || heldBy(state, rival) !== null) continue;
        if (softlyHeldBy(state, rival) !== null) continue;
        const byRank = rankOf(rival) - rankOf(task);
        assert(byRank > 0 || (byRank === 0 && !isOlder(rival, task)), `${rival.spec.id} was first`);
      }
    }
    apply(state, event);
  }
}

function rankOf(task: Task): number {
  if (isAnswered(task)) return -1;
  return priorities.indexOf(task.spec.priority);
}

/** Among those whom the one agent suits alike: it suits who is pinned to it, or does not avoid it. */
function isOlder(rival: Task, task: Task): boolean {
  const isSuited = (one: Task): boolean =>
    one.spec.agent === "a" || (one.state === "queued" && (one.after?.avoid ?? null) === null);
  return rival.order < task.order && isSuited(rival) === isSuited(task);
}
