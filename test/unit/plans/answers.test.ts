/** What a plan answers beforehand, in each of the forms in which a plan can be written. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answersOf } from "../../../src/domain/brief-answer.ts";
import { read } from "./read.ts";

const lines = ["Role: admin", "Which port? 8080", "tests: node:test"];

describe("answers of a brief", () => {
  const forms: Readonly<Record<string, string>> = {
    "a heading below the task":
      "### TASK-1: One\n**Priority**: high\n\n#### Answers\n- Role: admin\n- Which port? 8080\n- tests: node:test\n",
    "a label in French":
      "### TASK-1: One\n**Priority**: high\n\n**Réponses**:\n- Role: admin\n- Which port? 8080\n- tests: node:test\n",
    "a prompt in a fence":
      "### TASK-1: One\n**Prompt**:\n```\nDo it.\n\nANSWERS:\n- Role: admin\n- Which port? 8080\n- tests: node:test\n```\n",
    "tags of a prompt":
      "### TASK-1: One\n```xml\n<task>Do it.</task>\n<answers>\n- Role: admin\n- Which port? 8080\n- tests: node:test\n</answers>\n```\n",
    "a fence of YAML":
      "- [ ] One (id: TASK-1)\n\n  ```yaml task\n  answers:\n    - Role: admin\n    - Which port? 8080\n    - 'tests: node:test'\n  ```\n",
    "a table of YAML":
      "- [ ] One (id: TASK-1)\n\n  ```yaml task\n  answers:\n    Role: admin\n    Which port?: 8080\n    tests: node:test\n  ```\n",
  };
  for (const [form, text] of Object.entries(forms)) {
    test(`are read from ${form}, and are no facts of the task`, async () => {
      const { tasks, warnings } = await read(text);
      const [task, ...others] = tasks;
      assert(task !== undefined && others.length === 0, text);
      assert.deepEqual(warnings, []);
      const { answers = [] } = answersOf(task.brief);
      assert.deepEqual(
        answers.map((line) => line.replace("port?:", "port?")),
        lines,
      );
      assert.deepEqual([task.role, task.brief.tests], [null, []]);
    });
  }

  test("are read from the JSON queue", async () => {
    const queue = { pending: [{ id: "TASK-1", title: "One", answers: { port: 8080 } }] };
    const { tasks } = await read(JSON.stringify({ task_queue: queue }), "queue.json");
    assert.deepEqual(tasks[0]?.brief.answers, ["port: 8080"]);
  });

  test("that are neither text nor a table are warned of, and left out", async () => {
    const queue = { pending: [{ id: "TASK-1", title: "One", answers: [["a"], 3] }] };
    const { tasks, warnings } = await read(JSON.stringify({ task_queue: queue }), "queue.json");
    assert.equal(tasks[0]?.brief.answers, undefined);
    assert.match(warnings[0]?.says ?? "", /`answers` is of a kind that is not understood/);
  });
});
