/** Whole documents in the shapes that people write, read into what they say and no more. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, idsOf, read, readFixture, saysOf } from "./read.ts";

test("work orders become one task each, with agent, priority, state, skills and dependencies", async () => {
  const plan = await readFixture("work-orders.md");
  assert.deepEqual(plan.tasks.map(factsOf), [
    {
      id: "TODO-PAIN-101",
      title: "Créer l'API des commandes",
      priority: "urgent",
      agent: "codex",
      state: "queued",
      skills: ["agents_library/api-designer.md", "review-checklist.md"],
    },
    {
      id: "TODO-PAIN-102",
      title: "Mesurer les temps de réponse",
      priority: "medium",
      agent: "antigravity",
      state: "needs_human",
      skills: ["review-checklist.md"],
    },
    {
      id: "TODO-PAIN-103",
      title: "Résumer le tout dans RESUME.md",
      priority: "low",
      agent: "amp",
      state: "queued",
      deps: ["TODO-PAIN-101", "TODO-PAIN-102"],
    },
  ]);
  assert.deepEqual(plan.gates, [{ run: "npm run build" }, { run: "npm test" }]);
  assert.deepEqual(saysOf(plan), []);
});

test("the tags of a prompt become the fields of the brief, and its text is kept as it is", async () => {
  const plan = await readFixture("work-orders.md");
  const { raw, ...fields } = plan.tasks[0]?.brief ?? {};
  assert.deepEqual(fields, {
    context:
      "Tu es expert Node. CHARGE @/srv/fournil/agents_library/api-designer.md tout de suite.\n\n" +
      "Projet: Fournil (TypeScript)\nFichiers existants: src/db/schema.ts, src/http/routes.ts",
    objective: "Créer l'API des commandes",
    files: ["src/db/schema.ts", "src/http/routes.ts"],
    instructions: [
      "Ajouter la table `orders` avec ses migrations",
      "Exposer POST /orders\n- valider le panier\n- répondre 422 sinon",
      "Lire le schéma",
      "Écrire la migration",
    ],
    constraints: ["Pas d'ORM", 'Noter "TODO-PAIN-101 COMPLETED" à la fin'],
    deliverables: ["src/http/orders.ts", "tests/orders.test.ts"],
    acceptance: ["npm run build: PASSED", "npm test: PASSED (commandes comprises)"],
    tests: [],
  });
  assert.match(raw ?? "", /^<system>\nTu es expert Node.*<\/scratchpad>\n<\/task>$/s);
});

test("a prompt whose fence holds further fences is whole, and the document goes on after it", async () => {
  const plan = await readFixture("nested-fences.md");
  assert.deepEqual(plan.tasks.map(factsOf), [
    {
      id: "FOUR-001",
      aliases: ["TODO-FOUR-001"],
      title: "Paiement en ligne",
      priority: "urgent",
      agent: "antigravity",
      state: "queued",
      skills: ["agents_library/payments.md", "agents_library/test-code.md"],
      phase: "Phase 1",
      estimate: "3 prompts",
    },
    {
      id: "FOUR-002",
      aliases: ["TODO-FOUR-002"],
      title: "Reçus par courriel",
      priority: "high",
      agent: "codex",
      state: "queued",
      phase: "Phase 2",
      estimate: "20m",
    },
  ]);
  const { raw, ...fields } = plan.tasks[0]?.brief ?? {};
  assert.deepEqual(fields, {
    context: "- Le panier existe (src/cart.ts)",
    objective: "Tu dois brancher le paiement par carte.",
    files: ["src/payment.ts (créer)"],
    instructions: [
      "Brancher le prestataire",
      "Tests:\n- test_card_refused()\n- test_card_accepted()",
    ],
    constraints: [
      "@agents_library/payments.md pour le flux",
      "@agents_library/test-code.md pour les tests",
    ],
    deliverables: [
      "Quand terminé, ajoute dans CLAUDE.md:\n```markdown\n### TODO-FOUR-001: COMPLETED ✅\n**Agent**: Antigravity\n**Status**: DONE\n```",
    ],
    acceptance: ["npm run build (doit passer)", "npm test payment (doit passer)"],
    tests: [],
  });
  assert.match(raw ?? "", /VALIDATION:\n- npm run build/);
});

test("phases keep their tasks and criteria; the final criteria become gates, goals and prose", async () => {
  const { phases, goal, gates, criteria } = await readFixture("nested-fences.md");
  assert.deepEqual(phases, [
    { name: "Phase 1", tasks: ["FOUR-001"], criteria: ["Une carte refusée ne vend rien"] },
    { name: "Phase 2", tasks: ["FOUR-002"], criteria: ["Chaque vente a son reçu"] },
  ]);
  assert.deepEqual(goal, [{ run: "./scripts/smoke.sh" }, { changed: "docs/api.md" }]);
  assert.deepEqual(gates, [{ run: "npm run build" }, { run: "npm test" }]);
  assert.deepEqual(criteria, ["Boutique prête pour le marché"]);
});

test("where section and table contradict, and where a phase names no task, a warning says so", async () => {
  assert.deepEqual(saysOf(await readFixture("nested-fences.md")), [
    "77: FOUR-002 is told twice: its agent is `codex` on line 51 and `amp` on line 77; `codex` is taken.",
    "84: Phase 2 names `FOUR-009`, which is no task here.",
  ]);
});

test("commands of a document never become a task's own verification", async () => {
  for (const name of ["work-orders.md", "nested-fences.md"]) {
    const { tasks } = await readFixture(name);
    assert.deepEqual(
      tasks.flatMap((task) => task.verify),
      [],
    );
  }
  const { tasks } = await read("## ABC-1: x\n**Agent**: amp\n**Verify**: rm -rf build\n");
  assert.deepEqual(tasks[0]?.verify, []);
  assert.deepEqual(tasks[0]?.brief.acceptance, ["rm -rf build"]);
});

test("a queue table in a fence of Markdown is a queue; a log is none", async () => {
  const plan = await readFixture("fenced-table.md");
  assert.deepEqual(
    plan.tasks.map((task) => [
      task.id,
      task.aliases,
      task.title,
      task.priority,
      task.agent,
      task.state,
    ]),
    [
      ["fenced-table-1", ["1"], "Corriger l'arrondi des prix", "high", "codex", "queued"],
      ["fenced-table-2", ["2"], "Tests de bout en bout", "medium", "amp", "queued"],
      ["fenced-table-3", ["3"], "Notice (nouveautés)", "low", "amp", "done"],
    ],
  );
  assert.deepEqual(
    plan.tasks.map(({ source }) => source.line),
    [15, 16, 17],
  );
  assert.deepEqual(saysOf(plan), [
    "18: fenced-table-4 is called off in the document, and not imported.",
  ]);
});

test("rules of assignment give the agents their roles, final criteria the gates", async () => {
  const plan = await readFixture("fenced-table.md");
  assert.deepEqual(plan.agents, [
    { name: "codex", roles: ["refactor", "review"] },
    { name: "amp", roles: ["docs", "emballage"] },
  ]);
  assert.deepEqual(plan.gates, [{ run: "pytest" }, { run: "ruff check ." }]);
  assert.deepEqual(plan.goal, [{ changed: "CHANGELOG.md" }]);
  assert.deepEqual(plan.criteria, ["Les clients sont contents"]);
});

test("templates and examples make no task; roles and the thresholds of a handoff are read", async () => {
  const plan = await readFixture("conductors.md");
  assert.deepEqual(plan, {
    tasks: [],
    agents: [
      { name: "claude", roles: ["conductor", "architecture", "recettes"] },
      { name: "codex", roles: ["code-generation", "tests"] },
    ],
    phases: [],
    goal: [],
    gates: [],
    criteria: [],
    handoff: { prepare: 85, execute: 95 },
    warnings: [],
  });
});

const sections: readonly (readonly [claim: string, text: string, ids: readonly string[]])[] = [
  ["an id in a heading and one fact", "## ABC-1: Do it\n**Agent**: amp", ["ABC-1"]],
  ["an id in a heading and nothing else is no task", "## ABC-1: Do it\nSome words.", []],
  ["an arrow to an agent is a fact", "## ABC-1 Do it → Codex", ["ABC-1"]],
  ["facts without emphasis", "### Task 3: Do it\nPriority: high\nAgent: amp", ["plan-3"]],
  ["facts as items", "### ABC-7\n- **Priority**: high\n- Agent: amp", ["ABC-7"]],
  ["two facts and no id", "## Write the docs\n**Agent**: amp\n**Priority**: low", ["plan-1"]],
  ["one fact and no id is prose", "## Write the docs\n**Status**: running", []],
  ["an id that is a key", "### Write\n**ID**: W-1\n**Status**: queued", ["W-1"]],
  ["a template's id", "### Write\n**ID**: W-[XXX]\n**Status**: queued\n**Agent**: amp", []],
  ["a title in brackets", "### W-1: [Title]\n**Agent**: amp", []],
  ["the preamble of a document", "# Plan\n**Status**: running\n**Agent**: amp", []],
  ["tasks below a task", "## A-1: x\n**Agent**: amp\n### A-2: y\n**Agent**: amp", ["A-1", "A-2"]],
  ["an id in the middle of a heading", "### Step: send A-1 to amp\n**Agent**: amp", []],
];

for (const [claim, text, ids] of sections) {
  test(`a section as a task: ${claim}`, async () => {
    assert.deepEqual(idsOf(await read(text)), ids);
  });
}

test("a report in the document tells the state of its task, and makes none of its own", async () => {
  const plan = await read(
    "## A-1: x\n**Status**: QUEUED\n\n### TODO-A-1: COMPLETED ✅\n**Date**: x\n\n### A-2: BLOQUÉ\n",
  );
  assert.deepEqual(
    plan.tasks.map((task) => [task.id, task.state, task.aliases]),
    [["A-1", "done", ["TODO-A-1"]]],
  );
  assert.deepEqual(saysOf(plan), [
    "4: A-1 is told twice: its state is `queued` on line 1 and `done` on line 4; `done` is taken.",
  ]);
});

test("sub-headings of a task name the fields of its brief", async () => {
  const { tasks } = await read(
    [
      "## ABC-1: Do it",
      "**Agent**: amp",
      "",
      "First words.",
      "### Context",
      "The **old** way.",
      "### Files",
      "- `src/a.ts`",
      "### Acceptance criteria",
      "- [ ] It works",
      "### Anything else",
      "Be kind.",
    ].join("\n"),
  );
  const [task] = tasks;
  assert.equal(tasks.length, 1);
  assert.equal(task?.brief.context, "The **old** way.");
  assert.deepEqual(task?.brief.files, ["`src/a.ts`"]);
  assert.deepEqual(task?.brief.acceptance, ["It works"]);
  assert.deepEqual(task?.brief.instructions, ["First words.", "Anything else:\nBe kind."]);
});
