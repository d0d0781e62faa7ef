/** The queue as JSON, as the documents have it and as temoin writes it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, read, saysOf } from "./read.ts";

const queue = `{
  "current_orchestrator": "claude",
  "task_queue": {
    "pending": [
      {"id": "TASK-F-1", "title": "Bake", "priority": "HAUTE", "agent": "AMP"},
      {"id": 2, "description": "Sell", "depends_on": ["TASK-F-1", "1"], "verify": "npm test"}
    ],
    "in_progress": [{"title": "Clean", "description": "The whole shop.", "role": "care"}],
    "completed": [{"id": "TASK-F-4", "title": "Buy"}],
    "blocked": [{"id": "TASK-F-5", "title": "Repair", "depends_on": "TASK-F-4"}],
    "cancelled": [{"id": "TASK-F-6", "title": "Close"}]
  }
}`;

test("pending and running become queued, blocked asks a person, completed is done", async () => {
  const plan = await read(queue, "config/task_queue.json");
  assert.deepEqual(plan.tasks.map(factsOf), [
    { id: "TASK-F-1", title: "Bake", priority: "high", agent: "amp", state: "queued" },
    {
      id: "task_queue-2",
      aliases: ["2"],
      title: "Sell",
      priority: "medium",
      state: "queued",
      deps: ["TASK-F-1"],
      verify: ["npm test"],
    },
    { id: "task_queue-1", title: "Clean", priority: "medium", role: "care", state: "queued" },
    {
      id: "TASK-F-5",
      title: "Repair",
      priority: "medium",
      state: "needs_human",
      deps: ["TASK-F-4"],
    },
    { id: "TASK-F-4", title: "Buy", priority: "medium", state: "done" },
  ]);
  assert.equal(plan.tasks[2]?.brief.objective, "The whole shop.");
  assert.equal(plan.tasks[0]?.source.line, 5);
  assert.deepEqual(saysOf(plan), []);
});

const wrong: readonly (readonly [text: string, says: RegExp])[] = [
  ["", /^1: This document is empty/],
  ["{\n  oops\n}", /^2: This is not JSON: .*,1: No task/],
  ["[1]", /^1: No task was found/],
  ['{"task_queue": {"pending": 3}}', /^1: `pending` is no list/],
  ['{"task_queue": {"pending": ["x"]}}', /^1: An item of the queue is no object but a string/],
  [
    '{"task_queue": {"pending": [{"id": "A"}]}}',
    /^1: An item .* neither a title nor a description/,
  ],
  [
    '{"task_queue": {"pending": [{"title": "a", "priority": "zz", "skills": {}}]}}',
    /`skills` is of a kind.*`zz` is no priority/s,
  ],
];

for (const [text, says] of wrong) {
  test(`what is no queue is told: ${JSON.stringify(text)}`, async () => {
    const warnings = saysOf(await read(text, "q.json"));
    assert.match(warnings.toSorted((a) => (a.startsWith("1: No task") ? 1 : -1)).join(), says);
  });
}

test("a Markdown document may begin with a brace", async () => {
  const { tasks } = await read("{draft}\n\n- [ ] Bake\n");
  assert.deepEqual(
    tasks.map((task) => task.title),
    ["Bake"],
  );
});
