/** Exported documents are read back to the same tasks, whatever their words are. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Brief, emptyBrief } from "../../../src/domain/brief.ts";
import type { AgentName, TaskId } from "../../../src/domain/id.ts";
import { priorities, taskStates } from "../../../src/domain/task.ts";
import { exportMarkdown, exportQueue, type TaskRecord } from "../../../src/plans/export.ts";
import { read } from "./read.ts";

/** Letters, and what Markdown, YAML and the markers of lists could take for their own. */
const words = fc.oneof(
  fc.constantFrom(
    "**bold**",
    "`cargo test`",
    "[link](http://x.y/a_b)",
    "www.example.com",
    "me@example.com",
    "(verify: npm test)",
    "(id: X-9)",
    "@codex",
    "!high",
    "#role:tests",
    "T012 [P]",
    "ABC-12: x",
    "1.1 x",
    "<b>",
    "<!-- x -->",
    "&amp;",
    "~~no~~",
    "__init__",
    "[XXX]",
    "- [ ] x",
    "# x",
    "🔴 é",
    "a | b",
    "```",
    "\\",
  ),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }),
);
const line = fc
  .array(words, { minLength: 1, maxLength: 4 })
  .map((parts) => plain(parts.join(" ")).replace(/\s+/g, " ").trim())
  .filter((text) => text !== "");
const text = fc
  .array(fc.oneof(words, fc.constantFrom("\n", "\n\n", "  ", "\n   \n")), { maxLength: 8 })
  .map((parts) => plain(parts.join("")));
const list = fc.array(
  text.filter((each) => each !== ""),
  { maxLength: 3 },
);
const slug = fc.stringMatching(/^[a-z]{1,8}(?:[-_.]?[a-z]{1,4}){0,2}$/);

/** A file of text cannot hold these, and no brief does. */
function plain(from: string): string {
  return from.replace(/\r|\p{Cs}/gu, "");
}

/** Records of the program have the usual prototype. */
const plainly = { noNullPrototype: true };

const brief: fc.Arbitrary<Brief> = fc.record(
  {
    context: text,
    objective: text,
    files: list,
    instructions: list,
    constraints: list,
    deliverables: list,
    acceptance: list,
    tests: list,
    raw: text,
  },
  plainly,
);
const answered = fc
  .tuple(brief, fc.array(line, { minLength: 1, maxLength: 3 }))
  .map(([own, answers]): Brief => ({ ...own, answers }));

function recordOf(id: string): fc.Arbitrary<TaskRecord> {
  const spec = fc.record(
    {
      id: fc.constant(id as TaskId),
      aliases: fc.constantFrom([], [`alias-of-${id}`]),
      title: line,
      priority: fc.constantFrom(...priorities),
      agent: fc.constantFrom("codex", "amp", "my.agent_2", null) as fc.Arbitrary<AgentName | null>,
      role: fc.option(line),
      deps: fc.constant([]),
      skills: fc.array(line, { maxLength: 2 }),
      phase: fc.option(fc.oneof(line, fc.constantFrom("Phase 1", "Backend", "tasks", "Phase 2:"))),
      estimate: fc.option(line),
      touches: fc.array(line, { maxLength: 2 }),
      verify: fc.array(line, { maxLength: 2 }),
    },
    plainly,
  );
  const state = fc.constantFrom(...taskStates);
  return fc.record(
    { spec, state, brief: fc.oneof(fc.constant(emptyBrief), brief, answered) },
    plainly,
  );
}

/** Up to five tasks; each may depend on those before it. */
const records: fc.Arbitrary<readonly TaskRecord[]> = fc
  .uniqueArray(slug, { minLength: 1, maxLength: 5 })
  .chain((names) => fc.tuple(...names.map((name, n) => recordOf(`${name}-${n}x`))))
  .chain((tasks) =>
    fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }).map((flips) =>
      tasks.map((task, n) => {
        const before = tasks.slice(0, n).filter((_, at) => flips[n + at] === true);
        return { ...task, spec: { ...task.spec, deps: before.map(({ spec }) => spec.id) } };
      }),
    ),
  );

const readBack = { done: "done", needs_human: "needs_human", failed: "needs_human" } as const;

function expected(tasks: readonly TaskRecord[]) {
  const open = tasks.filter(({ state }) => state !== "cancelled" && state !== "skipped");
  return open
    .map(({ spec, state, brief: own }) => ({
      ...spec,
      state: state in readBack ? readBack[state as keyof typeof readBack] : "queued",
      brief: own,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function readTasks(document: string, file: string) {
  const plan = await read(document, file);
  const tasks = plan.tasks.map(({ titleKey: _key, source: _source, ...task }) => task);
  return { tasks: tasks.sort((a, b) => (a.id < b.id ? -1 : 1)), warnings: plan.warnings };
}

test("a list with boxes is read back to the same tasks", async () => {
  await fc.assert(
    fc.asyncProperty(records, async (tasks) => {
      const { tasks: back } = await readTasks(exportMarkdown(tasks), "tasks.md");
      assert.deepEqual(back, expected(tasks));
    }),
    { numRuns: 150 },
  );
});

test("the JSON queue is read back to the same tasks", async () => {
  await fc.assert(
    fc.asyncProperty(records, async (tasks) => {
      const queue = JSON.stringify(exportQueue(tasks, "claude"));
      const { tasks: back } = await readTasks(queue, "task_queue.json");
      assert.deepEqual(back, expected(tasks));
    }),
    { numRuns: 150 },
  );
});
