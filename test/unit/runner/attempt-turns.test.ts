/** The ladder of the watch, climbed by a real runner's turns in virtual time. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Turn } from "../../../src/runner/attempt-turns.ts";
import { LadderWorld, minute, second } from "./ladder-world.ts";

/** `10 reminder`: which prompts it got after how many minutes. */
function kindsOf({ sent }: LadderWorld): readonly string[] {
  return sent.map(({ kind, at, text }) => `${at / minute} ${kind === "task" ? kind : text}`);
}

/** How the agent was given up; the kind of any other end; `null`: its turn goes on. */
function endOf({ turn }: { readonly turn: Turn | null }): string | null {
  return turn?.kind === "given_up" ? turn.outcome : (turn?.kind ?? null);
}

test("an agent that hangs is reminded, given a last prompt, and given up", async () => {
  await using world = await LadderWorld.open();
  const course = world.begin();
  await world.pass(29 * minute);
  assert.deepEqual(kindsOf(world), ["0 task", "10 reminder", "20 last"]);
  assert.deepEqual(world.interrupts, [10 * minute, 20 * minute], "never into a turn that runs");
  assert.equal(endOf(course), null);
  await world.pass(2 * minute);
  assert.deepEqual(course.turn, {
    kind: "given_up",
    outcome: "stalled",
    why: "no progress for 30 min",
    limit: null,
  });
  assert.deepEqual(
    world.interrupts,
    [10, 20, 30].map((at) => at * minute),
  );
  assert.deepEqual(
    world.said.flatMap((one) => (one.type === "nudged" ? [[one.isLast, one.why]] : [])),
    [
      [false, "no progress for 10 min"],
      [true, "no progress for 20 min"],
    ],
  );
  assert.deepEqual(world.phases, ["working", "quiet"]);
});

test("one that goes on after its reminder is let go on, and its turn is one turn", async () => {
  await using world = await LadderWorld.open();
  const course = world.begin();
  await world.pass(10 * minute + 30 * second);
  assert.equal(world.sent.length, 2);
  world.tell({ type: "activity", says: "Reads a file" });
  await world.pass(second);
  assert.deepEqual(world.phases, ["working", "quiet", "working"]);
  world.endTurn();
  await world.pass(second);
  assert.equal(course.turn?.kind === "ended" && course.turn.end.result, "completed");
});

test("an agent whose work changes files is left alone, and one that edits nothing is not", async () => {
  await using world = await LadderWorld.open();
  world.begin();
  for (let n = 0; n < 40; n += 1) {
    world.files = String(n);
    await world.pass(minute);
  }
  assert.equal(world.sent.length, 1);
  await world.pass(11 * minute);
  assert.equal(world.sent.length, 2);
});

test("a spinner whose stream hangs is reminded all the same", async () => {
  await using world = await LadderWorld.open();
  world.begin();
  for (let n = 0; n < 605; n += 1) {
    world.tell({ type: "activity", says: `✻ Thinking… (${n}s)` }, "screen");
    await world.pass(second);
  }
  assert.equal(world.sent.length, 2);
});

test("its own time has one that repeats a request", async () => {
  await using world = await LadderWorld.open();
  world.begin();
  await world.pass(minute);
  const because = [{ at: 0, source: "protocol", says: "repeats its request" }] as const;
  world.tell({ type: "state", state: "retrying", because });
  await world.pass(14 * minute);
  assert.equal(world.sent.length, 1);
  await world.pass(2 * minute);
  assert.deepEqual(kindsOf(world), ["0 task", "16 last"]);
});

test("nothing is said to one that asks, or shows a dialog, or while a person types", async () => {
  await using world = await LadderWorld.open();
  world.begin();
  await world.pass(second);
  const ask = {
    id: "a",
    kind: "permission",
    says: "Run it?",
    choices: [],
    takesText: false,
  } as const;
  world.tell({ type: "ask", ask });
  await world.pass(60 * minute);
  assert.equal(world.sent.length, 1);
  world.tell({ type: "ask_closed", askId: "a", says: "answered" });
  world.sight = { typedAt: null, hasDialog: true };
  await world.pass(15 * minute);
  assert.equal(world.sent.length, 1, "into a dialog");
  world.sight = { typedAt: world.clock.now(), hasDialog: false };
  await world.pass(50 * second);
  assert.equal(world.sent.length, 1, "while a person types");
  await world.pass(30 * second);
  assert.equal(world.sent.length, 2);
});

test("a turn that outlasts `turn` gets one last prompt, and ends", async () => {
  await using world = await LadderWorld.open();
  const course = world.begin();
  for (let n = 0; n < 131; n += 1) {
    world.tell({ type: "activity", says: `Step ${n}` });
    await world.pass(minute);
  }
  assert.deepEqual(kindsOf(world), ["0 task", "120 last"]);
  assert.equal(endOf(course), "timed_out");
});

test("one that takes no reminder is given up at once", async () => {
  await using world = await LadderWorld.open();
  world.deafness = "refuses";
  const course = world.begin();
  await world.pass(11 * minute);
  assert.equal(endOf(course), "stalled");
});

test("one that neither takes nor refuses it is given as long as a last prompt has", async () => {
  await using world = await LadderWorld.open();
  world.deafness = "silent";
  const course = world.begin();
  await world.pass(19 * minute);
  assert.equal(endOf(course), null);
  await world.pass(2 * minute);
  assert.equal(endOf(course), "stalled");
});

test("but not while a person is asked, or types: then it waits for them", async () => {
  await using world = await LadderWorld.open();
  world.deafness = "silent";
  const course = world.begin();
  await world.pass(11 * minute);
  world.tell({ type: "held", byPerson: true });
  await world.pass(60 * minute);
  assert.equal(endOf(course), null);
  world.tell({ type: "held", byPerson: false });
  await world.pass(11 * minute);
  assert.equal(endOf(course), "stalled");
});

test("a turn that ends while it is looked at is not interrupted", async () => {
  await using world = await LadderWorld.open();
  const course = world.begin();
  await world.pass(9 * minute + 59 * second);
  world.endTurn();
  await world.pass(minute);
  assert.equal(course.turn?.kind, "ended");
  assert.deepEqual(world.interrupts, []);
});

test("an agent without a task is never spoken to: no prompt in a week, and no timer", async () => {
  await using world = await LadderWorld.open();
  await world.pass(second);
  assert.deepEqual(world.sent, [], "before its first task");
  world.begin();
  await world.pass(second);
  world.endTurn();
  await world.pass(second);
  assert.equal(world.clock.sleeping, 0);
  await world.clock.jump(7 * 24 * 60 * minute);
  assert.equal(world.sent.length, 1, "after it");
  assert.deepEqual(world.interrupts, []);
});
