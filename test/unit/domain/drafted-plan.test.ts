/** What is wrong with a draft, told so that its agent can mend it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { emptyBrief } from "../../../src/domain/brief.ts";
import {
  type DraftedTask,
  type DraftFacts,
  findingText,
  judgeDraft,
  mostDrafted,
  mostFindings,
} from "../../../src/domain/drafted-plan.ts";
import { addedTask, changedTask } from "../../../src/domain/plan-difference.ts";
import { boardLines } from "../../../src/domain/planning.ts";
import { emptyState } from "../../../src/domain/state.ts";
import { id, spec } from "../../task-spec.ts";
import { draft, Project } from "./project.ts";

const brief = {
  ...emptyBrief,
  objective: "Make it so.",
  instructions: Array.from({ length: 14 }, (_, n) => `step ${n}`),
  acceptance: ["it is so"],
};

function drafted(name: string, more: Partial<DraftedTask> = {}): DraftedTask {
  return {
    name,
    line: 1,
    id: name,
    title: "one",
    isOpen: true,
    agent: null,
    role: "feature",
    touches: ["src/a/**"],
    verify: [],
    deps: [],
    missingSkills: [],
    brief,
    ...more,
  };
}

function facts(more: Partial<DraftFacts> = {}): DraftFacts {
  const none = new Map<string, string>();
  const known = { state: emptyState(), file: "plans/x.md", agents: null, commands: none };
  return { ...known, gates: new Set(["npm run check"]), ...more };
}

function findings(
  tasks: readonly DraftedTask[],
  more: Partial<DraftFacts> = {},
): readonly string[] {
  return judgeDraft(tasks, facts(more)).map(findingText);
}

function after(...names: readonly string[]): Pick<DraftedTask, "deps"> {
  return { deps: names.map((name) => ({ name, to: { drafted: name } })) };
}

describe("a draft", () => {
  test("that says all that an agent needs has no finding", () => {
    assert.deepEqual(findings([drafted("A-1"), drafted("A-2", after("A-1"))]), []);
  });

  const faults: readonly (readonly [string, Partial<DraftedTask>, RegExp])[] = [
    ["no id", { id: null }, /it has no id/],
    ["a box that is checked", { isOpen: false }, /it is marked as done/],
    ["no role", { role: null }, /it has no role/],
    ["no scope", { touches: [] }, /it has no scope/],
    ["no acceptance", { brief: { ...brief, acceptance: [], tests: ["x"] } }, /no acceptance/],
    ["a thin brief", { brief: { ...brief, instructions: [] } }, /is thin: 2 of at least 15/],
    ["too many checks", { verify: Array.from({ length: 11 }, () => "true") }, /has 11 checks/],
    ["a gate as its check", { verify: ["npm run check "] }, /`npm run check` is a gate already/],
    ["a missing skill", { missingSkills: ["its skill `x` is no file"] }, /its skill `x`/],
    ["a dependency on nothing", { deps: [{ name: "B-9", to: null }] }, /depends on B-9, which is/],
  ];
  for (const [fault, more, says] of faults) {
    test(`with ${fault} is told so, with the task and its line`, () => {
      const found = findings([drafted("A-1", { line: 7, ...more })]);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", /^A-1 \(line 7\): /);
      assert.match(found[0] ?? "", says);
    });
  }

  test("without gates needs a check for each task", () => {
    assert.match(findings([drafted("A-1")], { gates: new Set() })[0] ?? "", /nothing proves it/);
    const checked = drafted("A-1", { verify: ["npm test"] });
    assert.deepEqual(findings([checked], { gates: new Set() }), []);
  });

  test("with a command that was found wrong, or an agent that nobody has configured, is told so", () => {
    const commands = new Map([["rm -r .", "is never run by itself"]]);
    const task = drafted("A-1", { verify: ["rm -r .", "npm test"], agent: "amp" });
    assert.deepEqual(findings([task], { commands, agents: new Set(["ada"]) }), [
      "A-1 (line 1): its agent `amp` is not configured",
      "A-1 (line 1): its check `rm -r .` is never run by itself",
    ]);
  });

  test("has scopes within the repository, and none that is all of it", () => {
    for (const glob of ["/etc/**", "../x", "src/../../x", "~/x", "src\\..\\x"]) {
      assert.match(findings([drafted("A-1", { touches: [glob] })])[0] ?? "", /leads out/, glob);
    }
    for (const glob of ["**", "*", "./**", "**/*"]) {
      const [found = ""] = findings([drafted("A-1", { touches: [glob] })]);
      assert.match(found, /is the whole repository/, glob);
    }
    assert.deepEqual(findings([drafted("A-1", { touches: ["**/*.md", "a..b/c"] })]), []);
  });

  test("takes no id of the queue but its own of before, and waits for nothing that has come to nothing", () => {
    const project = new Project();
    const source = { file: "plans/x.md", line: 1 };
    project.add(draft("T-1", { title: "Bread" }), draft("A-1", { source }));
    project.ask({ type: "cancel", id: id("T-1") });
    const { state } = project;
    const tasks = [
      drafted("T-1"),
      drafted("A-1", { deps: [{ name: "T-1", to: { queued: id("T-1") } }] }),
    ];
    assert.deepEqual(findings(tasks, { state }), [
      "T-1 (line 1): its id is that of a task in the queue (Bread): take another one",
      "A-1 (line 1): it depends on T-1, which is cancelled: it would wait for ever",
    ]);
  });

  test("that goes round in a circle names those in it", () => {
    const tasks = [
      drafted("A-1", after("A-3")),
      drafted("A-2", after("A-1")),
      drafted("A-3", after("A-2")),
      drafted("A-4", after("A-3")),
    ];
    assert.deepEqual(findings(tasks), ["these wait for each other: A-1 → A-3 → A-2 → A-1"]);
  });

  test("of nothing, of too much and of many faults is told in a few lines", () => {
    assert.deepEqual(findings([]), ["there is no task in it"]);
    const many = Array.from({ length: mostDrafted + 1 }, (_, n) => drafted(`A-${n}`));
    assert.match(findings(many)[0] ?? "", /has 201 tasks, and may have 200/);
    const bad = many.slice(1).map((task) => ({ ...task, role: null }));
    const found = findings(bad);
    assert.equal(found.length, mostFindings + 1);
    assert.equal(found.at(-1), `there are ${mostDrafted - mostFindings} more like these`);
  });

  test("whatever its words are, each finding is one line without what a terminal obeys", () => {
    const words = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(words, words, words, (name, glob, agent) => {
        const task = drafted(name, {
          touches: [glob],
          agent,
          verify: [glob],
          deps: [{ name: agent, to: null }],
          brief: emptyBrief,
        });
        const commands = new Map([[glob, "is wrong"]]);
        for (const says of findings([task], { agents: new Set(["ada"]), commands })) {
          assert.doesNotMatch(says, /\p{Cc}/u);
          assert.ok(says.length < 600, says);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("what a draft would change", () => {
  test("is told of a new task with its checks, and of a known one with before and after", () => {
    const answers = ["may I delete it: yes"];
    const known = spec("A-1", { verify: ["npm test"], deps: [id("T-1")], answers });
    const added = addedTask(known, brief);
    assert.deepEqual(
      [added.verify, added.deps, added.acceptance, added.answers],
      [["npm test"], ["T-1"], ["it is so"], answers],
    );
    const before = spec("A-1", { verify: ["npm test"], briefLines: 20, role: "docs" });
    const changes = { verify: ["true"], deps: [id("T-2")], briefLines: 17, brief: before.brief };
    const briefs = { before: brief, after: { ...brief, acceptance: ["it is so, always"] } };
    const { fields, brief: lines, verify } = changedTask(before, changes, briefs);
    assert.deepEqual(verify, ["true"]);
    assert.deepEqual(lines, ["- acceptance: it is so", "+ acceptance: it is so, always"]);
    assert.deepEqual(fields, [
      { field: "verify", before: "npm test", after: "true" },
      { field: "after", before: "–", after: "T-2" },
      { field: "brief", before: "20 lines", after: "17 lines" },
    ]);
  });

  test("is planned with the board before one's eyes: what is there, without what was given up", () => {
    const project = new Project();
    project.add(
      draft("T-1", { title: "Bread" }),
      draft("T-2", { deps: [id("T-1")] }),
      draft("T-3"),
    );
    project.ask({ type: "cancel", id: id("T-3") });
    const lines = boardLines(project.state);
    assert.deepEqual(
      lines.map((line) => line.split(":")[0]),
      ["T-1 queued", "T-2 waiting"],
    );
    assert.match(lines[1] ?? "", /\(after T-1\)$/);
  });
});
