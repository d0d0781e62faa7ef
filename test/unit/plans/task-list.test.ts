/** Lists with boxes: markers, nesting, order, groups, and the briefs below the items. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, idsOf, read, saysOf } from "./read.ts";

const plain = { priority: "medium", state: "queued" };

const items: readonly (readonly [item: string, facts: Record<string, unknown>])[] = [
  ["- [ ] Paint it", { id: "plan-1", title: "Paint it" }],
  ["- [x] Paint it", { id: "plan-1", title: "Paint it", state: "done" }],
  ["* [X] Paint **it** `now`", { id: "plan-1", title: "Paint it `now`", state: "done" }],
  ["1. [ ] Paint it @codex", { id: "plan-1", title: "Paint it", agent: "codex" }],
  [
    "- [ ] Paint it !urgent @AMP",
    { id: "plan-1", title: "Paint it", priority: "urgent", agent: "amp" },
  ],
  ["- [ ] Paint it !now", { id: "plan-1", title: "Paint it !now" }],
  ["- [ ] Mail me@here.org now", { id: "plan-1", title: "Mail me@here.org now" }],
  ["- [ ] Paint #role:tests", { id: "plan-1", title: "Paint", role: "tests" }],
  ["- [ ] Paint (role: docs)", { id: "plan-1", title: "Paint", role: "docs" }],
  [
    "- [ ] Paint (verify: npm test -- a)",
    { id: "plan-1", title: "Paint", verify: ["npm test -- a"] },
  ],
  [
    "- [ ] Paint (verify: `sh -c '(x)'`)",
    { id: "plan-1", title: "Paint", verify: ["sh -c '(x)'"] },
  ],
  [
    "- [ ] Paint *it* (touches: src/**, test/**)",
    { id: "plan-1", title: "Paint it", touches: ["src/**", "test/**"] },
  ],
  ["- [ ] Paint (id: P-9)", { id: "P-9", title: "Paint" }],
  ["- [ ] P-9: Paint", { id: "P-9", title: "Paint" }],
  ["- [ ] **P-9**: Paint", { id: "P-9", title: "Paint" }],
  ["- [ ] 1.2 Paint", { id: "plan-1.2", title: "Paint", aliases: ["1.2"] }],
  ["- [ ] T012 [P] [US1] Paint in src/x.py", { id: "T012", title: "Paint in src/x.py" }],
  [
    "- [ ] Paint (blue) (depends on P-1, other-id)",
    { id: "plan-1", title: "Paint (blue)", deps: ["P-1", "other-id"] },
  ],
  [
    "- [ ] Paint (après P-1 et P-2) @amp",
    { id: "plan-1", title: "Paint", deps: ["P-1", "P-2"], agent: "amp" },
  ],
  ["- [ ] Paint (status: BLOCKED)", { id: "plan-1", title: "Paint", state: "needs_human" }],
  ["- [ ] Paint (skills: a.md, b.md)", { id: "plan-1", title: "Paint", skills: ["a.md", "b.md"] }],
  ["- [ ] Paint\n  the door", { id: "plan-1", title: "Paint the door" }],
];

for (const [item, facts] of items) {
  test(`an item is read with its markers: ${JSON.stringify(item)}`, async () => {
    const plan = await read(item);
    assert.deepEqual(plan.tasks.map(factsOf), [{ ...plain, ...facts }]);
    assert.deepEqual(saysOf(plan), []);
  });
}

test("items without a box, boxes in code and boxes under criteria are no tasks", async () => {
  const plan = await read(
    "- note\n- [ ] real\n\n```\n- [ ] code\n```\n\n    - [ ] code too\n\n## Done when\n\n- [ ] all is well\n",
  );
  assert.deepEqual(
    plan.tasks.map((task) => task.title),
    ["real"],
  );
  assert.deepEqual(plan.criteria, ["all is well"]);
});

test("a parent waits for its subtasks, which have its priority unless they say more", async () => {
  const { tasks } = await read(
    "- [ ] House !high\n  - [ ] Walls\n    - [x] Bricks\n  - [ ] Roof !low\n- [ ] Garden\n",
  );
  assert.deepEqual(
    tasks.map((task) => [task.id, task.title, task.deps, task.priority]),
    [
      ["plan-1", "House", ["plan-2", "plan-4"], "high"],
      ["plan-2", "Walls", ["plan-3"], "high"],
      ["plan-3", "Bricks", [], "high"],
      ["plan-4", "Roof", [], "low"],
      ["plan-5", "Garden", [], "medium"],
    ],
  );
});

test("a subtask that names its parent as its dependency is believed", async () => {
  const { tasks } = await read("- [ ] A-1: Base\n  - [ ] A-2: More (after A-1)\n");
  assert.deepEqual(
    tasks.map((task) => task.deps),
    [[], ["A-1"]],
  );
});

test("tasks below an item without a box are read, and grouped by the heading only", async () => {
  const { tasks } = await read("## Backend\n\n- Database\n  - [ ] Schema\n  - [ ] Data\n");
  assert.deepEqual(
    tasks.map((task) => [task.title, task.phase, task.deps]),
    [
      ["Schema", "Backend", []],
      ["Data", "Backend", []],
    ],
  );
});

test("headings group their tasks; only phases are kept in order", async () => {
  const plan = await read(
    "# Plan\n- [ ] a\n## Backend\n- [ ] b\n## Tasks\n- [ ] c\n## Phase 2: Ship 🚀\n### Server\n- [ ] d\n",
  );
  assert.deepEqual(
    plan.tasks.map((task) => [task.title, task.phase]),
    [
      ["a", null],
      ["b", "Backend"],
      ["c", null],
      ["d", "Phase 2: Ship"],
    ],
  );
  assert.deepEqual(plan.phases, [{ name: "Phase 2: Ship", tasks: ["plan-4"], criteria: [] }]);
});

test("spec-kit: in order within a phase, [P] beside each other, stories beside each other", async () => {
  const plan = await read(
    [
      "## Phase 1: Setup",
      "- [x] T001 Make the project",
      "- [ ] T002 [P] Lint",
      "- [ ] T003 [P] Format",
      "- [ ] T004 Configure",
      "",
      "**Checkpoint**: It builds",
      "## Phase 2: User Story 1 - Buy (Priority: P1) 🎯 MVP",
      "### Tests for User Story 1",
      "- [ ] T005 [P] [US1] Test in tests/a.py",
      "### Implementation for User Story 1",
      "- [ ] T006 [US1] Code (depends on T005, T001)",
      "## Phase 3: User Story 2 - Sell",
      "- [ ] T007 [US2] Code",
      "## Phase 4: Polish",
      "- [ ] T008 Docs",
    ].join("\n"),
    "specs/001-shop/tasks.md",
  );
  assert.deepEqual(
    plan.tasks.map((task) => [task.id, task.deps]),
    [
      ["T001", []],
      ["T002", ["T001"]],
      ["T003", ["T001"]],
      ["T004", ["T002", "T003"]],
      ["T005", []],
      ["T006", ["T005", "T001"]],
      ["T007", []],
      ["T008", []],
    ],
  );
  const stories =
    "Phase 2: User Story 1 - Buy (Priority: P1) 🎯 MVP + Phase 3: User Story 2 - Sell";
  assert.deepEqual(plan.phases, [
    { name: "Phase 1: Setup", tasks: ["T001", "T002", "T003", "T004"], criteria: ["It builds"] },
    { name: stories, tasks: ["T005", "T006", "T007"], criteria: [] },
    { name: "Phase 4: Polish", tasks: ["T008"], criteria: [] },
  ]);
  assert.equal(plan.tasks[6]?.phase, stories);
});

test("a dependency on a later phase takes the order of the phases away, with a warning", async () => {
  const plan = await read("## Phase 1\n- [ ] A-1: x (after A-2)\n## Phase 2\n- [ ] A-2: y\n");
  assert.deepEqual(plan.phases, []);
  assert.deepEqual(saysOf(plan), [
    "2: A-1 depends on A-2, which is in a later phase: the phases of this document are not kept apart.",
  ]);
});

const titles: readonly (readonly [lines: readonly string[], title: string, brief: string])[] = [
  [["Paint it !high", "Use two coats."], "Paint it", "Use two coats."],
  [["Paint it.", "Use two coats."], "Paint it.", "Use two coats."],
  [["Paint **it** (depends on plan-2)", "use two"], "Paint it", "use two"],
  [
    ["Paint the door and the", "window of the shed !low"],
    "Paint the door and the window of the shed",
    "",
  ],
  [["Paint the door", "and the window"], "Paint the door and the window", ""],
  [
    ["Paint it", "Use two coats of the good paint ".repeat(4).trim()],
    "Paint it",
    "Use two coats of",
  ],
  [["Paint it !low", "Use `two` coats", "and sand first"], "Paint it", "Use `two` coats"],
];

for (const [lines, title, brief] of titles) {
  test(`the title of ${JSON.stringify(lines)} is ${title}`, async () => {
    const text = `- [ ] ${lines.join("\n  ")}\n- [ ] Other\n`;
    const { tasks } = await read(text);
    assert.equal(tasks[0]?.title, title);
    assert.ok(tasks[0]?.brief.raw.startsWith(brief), tasks[0]?.brief.raw);
    if (brief === "") assert.equal(tasks[0]?.brief.raw, "");
  });
}

test("what stands below an item is its brief; labels say which field", async () => {
  const { tasks } = await read(
    [
      "- [ ] Paint it",
      "",
      "  Use two coats.",
      "",
      "  - sand first",
      "  - [ ] Buy paint",
      "",
      "  **Files**: `door.svg`",
      "  **Agent**: amp",
      "",
      "  **Constraints**:",
      "  1. no red",
    ].join("\n"),
  );
  const [task] = tasks;
  assert.equal(tasks.length, 2);
  assert.equal(task?.agent, "amp");
  assert.deepEqual(task?.deps, ["plan-2"]);
  assert.deepEqual(task?.brief.instructions, ["Use two coats.", "sand first"]);
  assert.deepEqual(task?.brief.files, ["`door.svg`"]);
  assert.deepEqual(task?.brief.constraints, ["no red"]);
  assert.match(task?.brief.raw ?? "", /^Use two coats\.\n\n- sand first/);
});

test("facts below an item count as those behind its title, and its subtasks follow them", async () => {
  const { tasks } = await read(
    "- [ ] Paint it\n\n  **ID**: P-1\n  **Priority**: high\n  **Depends on**: P-9\n\n  - [ ] Buy paint\n",
  );
  assert.deepEqual(
    tasks.map((task) => [task.id, task.priority, task.deps]),
    [
      ["P-1", "high", ["P-9", "plan-1"]],
      ["plan-1", "high", []],
    ],
  );
});

test("dependencies are found by id, alias, number and ending; others are told", async () => {
  const plan = await read(
    [
      "- [ ] AUTO-001: a",
      "- [ ] AUTO-002: b (depends on #1)",
      "- [ ] c (depends on TODO-AUTO-002, auto-001, 77)",
      "- [ ] AUTO-004: d (depends on AUTO-004)",
      "- [ ] AUTO-005: e (after the rain)",
    ].join("\n"),
  );
  assert.deepEqual(
    plan.tasks.map((task) => task.deps),
    [[], ["AUTO-001"], ["AUTO-002", "AUTO-001"], [], []],
  );
  assert.deepEqual(saysOf(plan), [
    "3: plan-1 depends on `77`, which is no task here.",
    "4: AUTO-004 depends on itself.",
    "5: No id of a task was found in `the rain`.",
  ]);
});

test("a task is meant by the first word of its title, where that looks like an id", async () => {
  const { tasks, warnings } = await read(
    "- [ ] API-3 Divide\n- [ ] Multiply (depends on API-3)\n- [ ] Add (after api-3)\n",
  );
  assert.deepEqual(
    tasks.map(({ id, deps }) => [id, ...deps]),
    [["plan-1"], ["plan-2", "plan-1"], ["plan-3", "plan-1"]],
  );
  assert.deepEqual(warnings, []);
});

test("without ids of its own, a document means its tasks by their place", async () => {
  const { tasks } = await read("- [ ] a\n- [ ] b (depends on #1)\n- [ ] c (after 2)\n");
  assert.deepEqual(
    tasks.map((task) => task.deps),
    [[], ["plan-1"], ["plan-2"]],
  );
});

test("ids that the document does not give count its tasks, and the key of a title stays", async () => {
  const before = await read("- [ ] Écrire le *guide* !\n- [ ] X-1: x\n", "a/To Do.v2.md");
  const after = await read("- [ ] New\n- [ ] ecrire le guide\n- [ ] X-1: x\n", "a/To Do.v2.md");
  assert.deepEqual(idsOf(before), ["To-Do.v2-1", "X-1"]);
  assert.deepEqual(idsOf(after), ["To-Do.v2-1", "To-Do.v2-2", "X-1"]);
  assert.equal(before.tasks[0]?.titleKey, "ecrire le guide");
  assert.equal(after.tasks[1]?.titleKey, "ecrire le guide");
});
