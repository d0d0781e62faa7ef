/** One task for each, whatever number of places tells of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, idsOf, read, saysOf } from "./read.ts";

const board = "| ID | Task | Agent | ETA | Priority |\n|--|--|--|--|--|\n";

test("a section says more than a table, and the table fills in what the section leaves open", async () => {
  const plan = await read(
    `${board}| A-1 | Pay | codex | 30m | high |\n\n## TODO-A-1: Card payments\n**Agent**: codex\n**Status**: queued\n`,
  );
  assert.deepEqual(plan.tasks.map(factsOf), [
    {
      id: "TODO-A-1",
      aliases: ["A-1"],
      title: "Card payments",
      priority: "high",
      agent: "codex",
      state: "queued",
      estimate: "30m",
    },
  ]);
  assert.deepEqual(saysOf(plan), []);
});

test("contradictions are told with both lines, and the better place is believed", async () => {
  const plan = await read(
    `## A-1: Pay\n**Agent**: codex\n**Priority**: low\n\n## Board\n${board}| A-1 | Pay | amp | | high |\n`,
  );
  assert.deepEqual(
    plan.tasks.map((task) => [task.agent, task.priority]),
    [["codex", "low"]],
  );
  assert.deepEqual(saysOf(plan), [
    "8: A-1 is told twice: its priority is `low` on line 1 and `high` on line 8; `low` is taken.",
    "8: A-1 is told twice: its agent is `codex` on line 1 and `amp` on line 8; `codex` is taken.",
  ]);
});

test("an id that no branch can hold is made into one, and stays as an alias", async () => {
  const plan = await read(`${board}| API/é1 | x | amp | | |\n| API-e1 | y | amp | | |\n`);
  assert.deepEqual(
    plan.tasks.map((task) => [task.id, task.aliases]),
    [
      ["API-e1", ["API/é1"]],
      ["API-e1-2", []],
    ],
  );
  assert.deepEqual(saysOf(plan), [
    "4: `API-e1` would be `API-e1`, which is taken: it is `API-e1-2`.",
  ]);
});

test("generated ids leave out those that the document gives", async () => {
  assert.deepEqual(idsOf(await read("- [ ] a\n- [ ] b (id: plan-1)\n- [ ] c\n")), [
    "plan-2",
    "plan-1",
    "plan-3",
  ]);
});

test("a dependency on what was called off is dropped, with a warning", async () => {
  const plan = await read("- [ ] A-1: a (status: cancelled)\n- [ ] A-2: b (after A-1)\n");
  assert.deepEqual(
    plan.tasks.map((task) => [task.id, task.deps]),
    [["A-2", []]],
  );
  assert.deepEqual(saysOf(plan), [
    "1: A-1 is called off in the document, and not imported.",
    "2: A-2 depends on A-1, which is called off.",
  ]);
});

test("names are one whether or not they are written with TODO and in upper case", async () => {
  const { tasks } = await read(
    "- [ ] TODO-FOUR-1: a\n- [ ] b (after four-1)\n- [ ] c (after FOUR-1)\n",
  );
  assert.deepEqual(
    tasks.map((task) => task.deps),
    [[], ["TODO-FOUR-1"], ["TODO-FOUR-1"]],
  );
});
