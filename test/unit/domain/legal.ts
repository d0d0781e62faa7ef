/** What holds of every state that a fold of decided events can have. */

import assert from "node:assert/strict";
import { isLive } from "../../../src/domain/attempt.ts";
import type { State } from "../../../src/domain/state.ts";
import type { Task } from "../../../src/domain/task.ts";

export function assertLegal(state: State): void {
  const tasks = [...state.tasks.values()];
  const ids = (wanted: Task["state"]): string[] =>
    tasks.filter((task) => task.state === wanted).map((task) => task.spec.id);
  assert.deepEqual([...state.queued.keys()].toSorted(), ids("queued").toSorted(), "queued");
  assert.deepEqual([...state.running.keys()].toSorted(), ids("running").toSorted(), "running");
  assert.deepEqual([...state.landing.keys()].toSorted(), ids("landing").toSorted(), "landing");
  for (const [id, task] of state.queued.entries()) {
    assert.equal(task, state.tasks.get(id), `${id} is queued as it was before`);
  }
  const settled = ids("done").length + ids("skipped").length + ids("cancelled").length;
  assert.equal(state.settled, settled, "settled");
  for (const task of tasks) {
    assert.equal(state.timers.get(task.spec.id), timerOf(task), `timer of ${task.spec.id}`);
    assertTask(state, task);
  }
  assertSlots(state);
  assertDependants(state, tasks);
  assertAsks(state, tasks);
}

/** Who asks is at work or parked, and who is parked has a question that nobody has answered. */
function assertAsks(state: State, tasks: readonly Task[]): void {
  const asks = [...state.asks.values()];
  for (const { id, task: asker, attempt, answer } of asks) {
    const task = state.tasks.get(asker);
    const isAtWork = task?.state === "running" && task.attempt === attempt;
    const isParked = task?.state === "needs_human" && task.parked === true && answer === null;
    assert(isAtWork || isParked, `${id} is open, and nobody waits for it`);
  }
  for (const task of tasks) {
    if (task.state !== "needs_human" || task.parked !== true) continue;
    const id = task.spec.id;
    assert(
      asks.some((open) => open.task === id),
      `${id} is parked and asks nothing`,
    );
  }
}

function assertTask(state: State, task: Task): void {
  const { id } = task.spec;
  assert.equal(state.names.get(id), id);
  for (const [at, attempt] of task.attempts.entries()) {
    assert.equal(attempt.n, at + 1, `${id}: attempts without a gap`);
    const isLast = at === task.attempts.length - 1;
    assert.equal(isLive(attempt), isLast && task.state === "running", `${id}: alive iff running`);
  }
  assert(task.lifeStart <= task.attempts.length && task.workStart <= task.lifeStart);
  if (task.state === "running" || task.state === "landing") {
    assert.equal(task.attempt, task.attempts.length, `${id}: the last attempt`);
  }
  const last = task.attempts.at(-1);
  if (task.state === "landing") {
    assert(last?.phase === "ended", `${id} lands what has ended`);
    // What was green and not believed lands by a person's word.
    const isGreen = last.outcome === "verified" || last.doubt !== undefined;
    assert(isGreen, `${id} lands what is green`);
    assert.notEqual(last.work.head, null, `${id} has a commit to land`);
  }
  if (task.state === "waiting") assert(task.on.length > 0, `${id} waits for something`);
}

function assertSlots(state: State): void {
  const held = new Set<string>();
  for (const slot of state.slots.values()) {
    if (slot.task === null) continue;
    assert(!held.has(slot.task), `${slot.task} is on two slots`);
    held.add(slot.task);
    const task = state.tasks.get(slot.task);
    assert(task?.state === "running" && task.slot === slot.spec.id, `${slot.spec.id} holds none`);
  }
  if (state.run?.ended !== null) return;
  assert.deepEqual([...held].toSorted(), [...state.running.keys()].toSorted(), "slots at work");
}

function assertDependants(state: State, tasks: readonly Task[]): void {
  const expected = new Map<string, Set<string>>();
  for (const { spec } of tasks) {
    for (const dep of spec.deps) {
      expected.set(dep, (expected.get(dep) ?? new Set()).add(spec.id));
    }
  }
  for (const [id, dependants] of state.dependants.entries()) {
    assert.deepEqual(new Set(dependants), expected.get(id) ?? new Set(), `dependants of ${id}`);
    expected.delete(id);
  }
  assert.equal(expected.size, 0, "every dependency is known from both ends");
}

function timerOf(task: Task): number | undefined {
  if (task.state !== "waiting") return undefined;
  const times = task.on.flatMap((wait) => (wait.kind === "time" ? [wait.until] : []));
  return times.length === 0 ? undefined : Math.max(...times);
}
