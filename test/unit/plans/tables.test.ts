/** Queue tables and the words in their cells, English and French. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, idsOf, read, saysOf } from "./read.ts";

function table(head: string, ...rows: readonly string[]): string {
  const columns = head.split("|").length - 2;
  return [head, `|${"---|".repeat(columns)}`, ...rows].join("\n");
}

test("every column that a task has is read, in English and in French", async () => {
  const english = table(
    "| # | Task | Priority | Assignee | Status | Depends on | ETA | Role | Skills | Phase |",
    "| A-1 | Bake | low | @Codex | TODO | - | 1h | tests | x.md | Phase 1 |",
    "| A-2 | Sell | P0 | none | Done ✅ | A-1 | - | | | |",
  );
  const french = table(
    "| Identifiant | Tâche | Priorité | Agent | Statut | Dépend de | Durée estimée | Rôle | Compétences | Jalon |",
    "| A-1 | Bake | Basse | **Codex** | À faire | aucune | 1h | tests | x.md | Phase 1 |",
    "| A-2 | Sell | CRITIQUE | — | TERMINÉ | A-1 | | | | |",
  );
  const expected = [
    {
      id: "A-1",
      title: "Bake",
      priority: "low",
      agent: "codex",
      role: "tests",
      state: "queued",
      skills: ["x.md"],
      phase: "Phase 1",
      estimate: "1h",
    },
    { id: "A-2", title: "Sell", priority: "urgent", state: "done", deps: ["A-1"] },
  ];
  for (const text of [english, french]) {
    const plan = await read(text);
    assert.deepEqual(plan.tasks.map(factsOf), expected);
    assert.deepEqual(plan.phases, [{ name: "Phase 1", tasks: ["A-1"], criteria: [] }]);
    assert.deepEqual(saysOf(plan), []);
  }
});

const noQueues: Readonly<Record<string, string>> = {
  "a table of commands": table("| Commande | Action |", "| `x` | Quit |"),
  "a log": table("| Heure | Agent | Tâche | Statut |", "| 12:05 | amp | Bake | ✅ |"),
  "titles and nothing else": table("| ID | Task |", "| A-1 | Bake |"),
  "a template": table(
    "| ID | Task | Agent |",
    "| T-XXX | [title] | amp |",
    "| A-1 | [title] | amp |",
  ),
};

for (const [what, text] of Object.entries(noQueues)) {
  test(`no queue: ${what}`, async () => {
    assert.deepEqual(idsOf(await read(text)), []);
  });
}

const priorities: readonly (readonly [written: string, priority: string])[] = [
  ["CRITICAL", "urgent"],
  ["critique", "urgent"],
  ["🔴 HIGH", "high"],
  ["🟢 HAUTE", "high"],
  ["élevée", "high"],
  ["🟡 MED", "medium"],
  ["Moyenne", "medium"],
  ["[SIMPLE]", "low"],
  ["basse", "low"],
  ["P3", "low"],
  ["🔴", "high"],
  ["🟡", "medium"],
  ["🟢", "low"],
  ["🔵", "low"],
];

for (const [written, priority] of priorities) {
  test(`the priority ${written} is ${priority}`, async () => {
    const { tasks } = await read(table("| Task | Priority |", `| Bake | ${written} |`));
    assert.equal(tasks[0]?.priority, priority);
  });
}

const states: readonly (readonly [written: string, state: string])[] = [
  ["QUEUED", "queued"],
  ["READY_TO_SEND", "queued"],
  ["🔄 DISPATCHED", "queued"],
  ["🔄 RUNNING (50%)", "queued"],
  ["IN_PROGRESS", "queued"],
  ["en cours", "queued"],
  ["⏳", "queued"],
  ["COMPLETED ✅", "done"],
  ["✅", "done"],
  ["Terminée le 3 mars", "done"],
  ["BLOCKED", "needs_human"],
  ["⛔ BLOQUÉ", "needs_human"],
  ["❌", "needs_human"],
];

for (const [written, state] of states) {
  test(`the state ${written} is ${state}`, async () => {
    const plan = await read(table("| Task | Status |", `| Bake | ${written} |`));
    assert.equal(plan.tasks[0]?.state, state);
    assert.deepEqual(saysOf(plan), []);
  });
}

test("a state or an agent that cannot be understood is told, and the task is queued for anyone", async () => {
  const plan = await read(
    table(
      "| Task | Agent | Status |",
      "| Bake | whoever has the time for it on a day like this | maybe |",
      "| Sell | amp / codex | queued |",
    ),
  );
  assert.deepEqual(
    plan.tasks.map((task) => [task.title, task.agent, task.state]),
    [
      ["Bake", null, "queued"],
      ["Sell", "amp", "queued"],
    ],
  );
  assert.deepEqual(saysOf(plan), [
    "3: `maybe` is no state.",
    "3: `whoever has the time for it on a day like this` cannot be the name of an agent.",
    "4: Several agents are named (amp / codex): the task is pinned to the first.",
  ]);
});

test("bare numbers belong to their document, and are an alias while they mean one task", async () => {
  const head = "| No | Task | Agent |";
  const plan = await read(
    `${table(head, "| 1 | Bake | amp |", "| 2 | Sell | amp |")}\n\n${table(head, "| 1 | Clean | amp |")}`,
    "docs/day.md",
  );
  assert.deepEqual(
    plan.tasks.map((task) => [task.id, task.aliases, task.title]),
    [
      ["day-1", [], "Bake"],
      ["day-2", ["2"], "Sell"],
    ],
  );
  assert.deepEqual(saysOf(plan), [
    "8: day-1 is told twice: as `Bake` on line 3 and as `Clean` here; the first is taken.",
  ]);
});
