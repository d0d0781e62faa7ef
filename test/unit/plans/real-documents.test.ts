/**
 * Five documents of a user, exactly as they are. They are no part of this repository: where they
 * lie beside it, in `../shared/plans`, what is read from them is held to every fact.
 */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { createPlanReader } from "../../../src/plans/read-plan.ts";
import { factsOf } from "./read.ts";

const documents = path.join(import.meta.dirname, "../../../../shared/plans");

/** The one condition of the tests: without the documents there is nothing to hold. */
if (existsSync(documents)) holdDocuments();

function readReal(name: string) {
  return createPlanReader().read(name, readFileSync(path.join(documents, name)));
}

function holdDocuments(): void {
  test("auto-mode.md is four work orders, and its templates and commands are none", async () => {
    const { tasks, ...rest } = await readReal("auto-mode.md");
    const library = "agents_library/backend-architect.md";
    assert.deepEqual(tasks.map(factsOf), [
      {
        id: "TODO-POB-001",
        title: "Implémenter système de persistence + reconciliation pour Palm Oil Bot",
        priority: "urgent",
        agent: "amp",
        state: "queued",
        skills: [library, "apex-workflow.md"],
      },
      {
        id: "TODO-POB-002",
        title:
          "Implémenter monitoring production-ready avec structured logging + Prometheus metrics",
        priority: "high",
        agent: "antigravity",
        state: "queued",
        skills: [library],
      },
      {
        id: "TODO-POB-003",
        title: "Créer suite complète de tests d'intégration pour APIs externes",
        priority: "medium",
        agent: "codex",
        state: "queued",
        skills: ["agents_library/test-engineer.md", "test-code.md"],
      },
      {
        id: "TODO-POB-004",
        title: "Hardening sécurité production: secrets, TLS, network boundaries, rate limiting",
        priority: "urgent",
        agent: "amp",
        state: "queued",
        skills: [library, "apex-workflow.md"],
      },
    ]);
    assert.deepEqual(
      tasks.map(({ source }) => source),
      [25, 92, 155, 217].map((line) => ({ file: "auto-mode.md", line })),
    );
    assert.deepEqual(
      tasks.map(({ brief }) =>
        [
          brief.files,
          brief.instructions,
          brief.constraints,
          brief.deliverables,
          brief.acceptance,
        ].map((part) => part.length),
      ),
      [
        [2, 11, 6, 5, 4],
        [2, 10, 5, 5, 4],
        [3, 10, 5, 5, 3],
        [3, 10, 5, 5, 4],
      ],
    );
    assert.ok(tasks.every(({ brief }) => /^<system>.*<\/task>$/s.test(brief.raw)));
    assert.ok(tasks.every(({ brief }) => brief.context.startsWith("Tu es ")));
    assert.deepEqual(rest, {
      agents: [],
      phases: [],
      goal: [],
      gates: [{ run: "cargo build --release" }, { run: "cargo test" }],
      criteria: [],
      handoff: null,
      warnings: [],
    });
  });

  test("autonomous-v4.md is four orders whose fences hold fences, in two phases", async () => {
    const { tasks, ...rest } = await readReal("autonomous-v4.md");
    const skills = (...names: string[]) => names.map((name) => `agents_library/${name}.md`);
    assert.deepEqual(tasks.map(factsOf), [
      {
        id: "AUTO-001",
        aliases: ["TODO-AUTO-001"],
        title: "OAuth Production Setup",
        priority: "urgent",
        agent: "antigravity",
        state: "queued",
        skills: skills("explore-code", "backend-architect", "test-code"),
        phase: "Phase 1",
        estimate: "3 prompts",
      },
      {
        id: "AUTO-002",
        aliases: ["TODO-AUTO-002"],
        title: "Circuit Breakers Live Testing",
        priority: "high",
        agent: "codex",
        state: "queued",
        skills: skills("test-code", "debugger"),
        phase: "Phase 1",
        estimate: "2 prompts",
      },
      {
        id: "AUTO-003",
        aliases: ["TODO-AUTO-003"],
        title: "Position Reconciliation Network Tests",
        priority: "high",
        agent: "antigravity",
        state: "queued",
        skills: skills("explore-code", "test-code", "apex-workflow"),
        phase: "Phase 2",
        estimate: "3 prompts",
      },
      {
        id: "AUTO-004",
        aliases: ["TODO-AUTO-004"],
        title: "Sentiment Cache + Twitter Fallback",
        priority: "medium",
        agent: "codex",
        state: "queued",
        skills: skills("backend-architect", "test-code"),
        phase: "Phase 2",
        estimate: "2 prompts",
      },
    ]);
    assert.deepEqual(
      tasks.map(({ brief }) =>
        [
          brief.files,
          brief.instructions,
          brief.constraints,
          brief.deliverables,
          brief.acceptance,
        ].map((part) => part.length),
      ),
      [
        [4, 3, 3, 1, 2],
        [0, 3, 2, 1, 1],
        [0, 2, 3, 1, 0],
        [0, 2, 2, 1, 0],
      ],
    );
    assert.deepEqual(tasks[0]?.brief.acceptance, [
      "cargo build --release (doit passer)",
      "cargo test oauth (doit passer)",
    ]);
    assert.match(tasks[3]?.brief.deliverables[0] ?? "", /Fallback\*\*: Twitter activé sur 429/);
    assert.deepEqual(rest, {
      agents: [],
      phases: [
        {
          name: "Phase 1",
          tasks: ["AUTO-001", "AUTO-002"],
          criteria: [
            "OAuth LIVE fonctionnel",
            "Circuit breakers testés avec stress tests",
            "Compilation OK (cargo build)",
          ],
        },
        {
          name: "Phase 2",
          tasks: ["AUTO-003", "AUTO-004"],
          criteria: [
            "Position reconciliation testée réseau instable",
            "Sentiment fallback Twitter opérationnel",
            "Tests coverage > 90%",
          ],
        },
      ],
      goal: [],
      gates: [{ run: "cargo build --release" }, { run: "cargo test" }],
      criteria: ["Bot prêt pour déploiement Railway", "Documentation complète"],
      handoff: null,
      warnings: [],
    });
  });

  test("autonomous-workflow.md is a queue of seven, with roles, gates and a goal", async () => {
    const { tasks, ...rest } = await readReal("autonomous-workflow.md");
    assert.deepEqual(
      tasks.map(({ id, aliases, title, priority, agent, state }) =>
        [id, aliases.join(), title, priority, agent, state].join(" | "),
      ),
      [
        "autonomous-workflow-1 | 1 | Fix cTrader framing | high | codex | queued",
        "autonomous-workflow-2 | 2 | Position manager + persistence | high | antigravity | queued",
        "autonomous-workflow-3 | 3 | Consolidate main.rs → TradingBot | medium | codex | queued",
        "autonomous-workflow-4 | 4 | Integration tests end-to-end | medium | amp | queued",
        "autonomous-workflow-5 | 5 | Structured logging (tracing) | medium | antigravity | queued",
        "autonomous-workflow-6 | 6 | README update (new features) | low | amp | queued",
        "autonomous-workflow-7 | 7 | Docker multi-stage build optimization | low | codex | queued",
      ],
    );
    assert.deepEqual(rest, {
      agents: [
        { name: "codex", roles: ["refactor", "architecture", "review"] },
        { name: "antigravity", roles: ["feature", "tests"] },
        { name: "amp", roles: ["docs", "scripts", "coordination"] },
      ],
      phases: [],
      goal: [{ changed: "README.md" }],
      gates: [{ run: "cargo build --release" }, { run: "cargo test" }, { run: "cargo clippy" }],
      criteria: [
        "Tous les fichiers TASK-* ont status COMPLETED dans CLAUDE.md",
        "ORCHESTRATION_LOG.md documente toutes les actions",
      ],
      handoff: null,
      warnings: [],
    });
  });

  const nothing = { tasks: [], phases: [], goal: [], gates: [], criteria: [], warnings: [] };

  test("orchestration-v2.md is the roles of four agents and the thresholds of a handoff", async () => {
    assert.deepEqual(await readReal("orchestration-v2.md"), {
      ...nothing,
      agents: [
        {
          name: "claude",
          roles: ["conductor", "architecture", "decisions-critiques", "code-complexe"],
        },
        { name: "amp", roles: ["conductor", "feature", "tests", "crud"] },
        { name: "antigravity", roles: ["analysis", "optimization", "strategy"] },
        { name: "codex", roles: ["code-generation", "types", "boilerplate"] },
      ],
      handoff: { prepare: 90, execute: 98 },
    });
  });

  test("backup-orchestrator.md is the roles of two agents; its templates are no tasks", async () => {
    assert.deepEqual(await readReal("backup-orchestrator.md"), {
      ...nothing,
      agents: [
        { name: "antigravity", roles: ["analysis", "strategy"] },
        { name: "codex", roles: ["code-generation", "tests"] },
      ],
      handoff: null,
    });
  });
}
