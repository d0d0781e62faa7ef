/** One task that becomes several: what they have from it, and what is moved on to them. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { emptyBrief } from "../../../src/domain/brief.ts";
import { isRefusal } from "../../../src/domain/decide.ts";
import { mostParts } from "../../../src/domain/decide-split.ts";
import type { TaskDraft } from "../../../src/domain/input.ts";
import { partBrief, partsOf } from "../../../src/domain/parts.ts";
import { why } from "../../../src/domain/why.ts";
import { id } from "../../task-spec.ts";
import { ConductorProject } from "./conductor-project.ts";
import { agent, draft, Project } from "./project.ts";

const plan = { file: "plan.md", line: 3 };

function split(project: Project, name: string, ...into: readonly TaskDraft[]) {
  return project.ask({ type: "split", id: id(name), into });
}

function depsOf(project: Project, name: string): readonly string[] {
  return project.task(name).spec.deps;
}

describe("the parts of a split task", () => {
  test("wait for what it waited for, and hold up all that it held up", () => {
    const project = new Project();
    project.add(draft("A"), draft("T-1", { deps: [id("A")] }), draft("Z", { deps: [id("T-1")] }));
    split(project, "T-1", draft("P-1"), draft("P-2", { deps: [id("P-1")] }));
    assert.equal(project.stateOf("T-1"), "cancelled");
    assert.deepEqual(depsOf(project, "P-1"), ["A"]);
    assert.deepEqual(depsOf(project, "P-2"), ["A", "P-1"]);
    assert.deepEqual(depsOf(project, "Z"), ["P-1", "P-2"]);
    assert.deepEqual([...project.state.inbox.keys()], []);
    const z = project.task("Z");
    assert(z.state === "waiting");
    assert.deepEqual(
      z.on.map((wait) => (wait.kind === "task" ? wait.task : wait.kind)),
      ["P-1", "P-2"],
    );
  });

  test("have from it what they leave open", () => {
    const project = new Project();
    const whole = {
      priority: "high",
      agent: agent("ada"),
      role: "tests",
      skills: ["a.md"],
      touches: ["src/**"],
      source: plan,
      goal: "run: check",
    } as const;
    project.add(draft("T-1", whole));
    const own = { priority: "urgent", role: "docs", touches: ["docs/**"] } as const;
    split(project, "T-1", draft("P-1"), draft("P-2", { ...own, skills: ["b.md"] }));
    const { spec: one } = project.task("P-1");
    const { spec: two } = project.task("P-2");
    assert.deepEqual(
      [one.priority, one.agent, one.role, one.skills, one.touches, one.goal, one.splitFrom],
      ["high", "ada", "tests", ["a.md"], ["src/**"], "run: check", "T-1"],
    );
    assert.deepEqual(
      [two.priority, two.agent, two.role, two.skills, two.touches, two.source],
      ["urgent", "ada", "docs", ["a.md", "b.md"], ["docs/**"], plan],
    );
  });

  test("pass its check with the last of them, and without a last one it is not split", () => {
    const project = new Project();
    project.add(draft("T-1", { verify: ["npm run e2e"] }));
    const parts = [draft("P-1"), draft("P-2")];
    const refusal = project.refused({ type: "split", id: id("T-1"), into: parts });
    assert.match(refusal.refused, /must pass `npm run e2e`, and none of its parts comes after/);
    split(project, "T-1", draft("P-1"), draft("P-2", { deps: [id("P-1")] }));
    assert.deepEqual(project.task("P-1").spec.verify, []);
    assert.deepEqual(project.task("P-2").spec.verify, ["npm run e2e"]);
  });

  test("stay in its phase, also when its plan is imported again", () => {
    const project = new Project();
    const phases = [
      { name: "one", tasks: [id("A")], criteria: [] },
      { name: "two", tasks: [id("B")], criteria: [] },
    ];
    const add = [
      draft("A", { phase: "one", source: plan }),
      draft("B", { phase: "two", source: plan }),
    ];
    const again = { type: "import", file: plan.file, edit: [], phases, inbox: [] } as const;
    project.ask({ ...again, add });
    split(project, "A", draft("A-1"), draft("A-2"));
    assert.equal(project.stateOf("B"), "waiting");
    const { events } = project.ask({ ...again, add: [] });
    assert.deepEqual(events, []);
    for (const part of ["A-1", "A-2"]) {
      assert.equal(project.stateOf("B"), "waiting");
      project.ask({ type: "skip", id: id(part) });
    }
    assert.equal(project.stateOf("B"), "queued");
  });

  test("are paused where it was, and hear what nobody had heard yet", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.ask({ type: "pause", id: id("T-1") });
    project.ask({ type: "tell", id: id("T-1"), tellId: "tell-1", text: "use tabs" });
    split(project, "T-1", draft("P-1"), draft("P-2"));
    for (const part of ["P-1", "P-2"]) {
      const task = project.task(part);
      assert.deepEqual([task.paused, task.tells.map(({ text }) => text)], [true, ["use tabs"]]);
    }
  });

  test("with a title alone are told what the whole asks for, and which part of it is theirs", () => {
    const brief = {
      ...emptyBrief,
      objective: "Sell fruit",
      files: ["src/shop.ts"],
      acceptance: ["a basket can be paid"],
    };
    const whole = { id: id("T-1"), title: "The shop", brief, parts: ["Prices", "Basket"] };
    const { context, objective, files, constraints } = partBrief(whole, 1);
    assert.equal(objective, "Basket");
    assert.match(context, /part 2 of 2 of T-1: The shop.*Sell fruit.*- a basket can be paid/s);
    assert.deepEqual([files, constraints.length], [["src/shop.ts"], 1]);
    assert.match(constraints[0] ?? "", /not yours: Prices\./);
    const bare = partBrief({ ...whole, brief: emptyBrief }, 0);
    assert.equal(
      bare.context,
      "This is part 1 of 2 of T-1: The shop. The whole says nothing more.",
    );
  });
});

describe("a split", () => {
  test("opens what waited for a task that had failed", () => {
    const project = new Project();
    project.run({ ada: [] }, { perTask: 1 });
    project.add(draft("T-1"), draft("Z", { deps: [id("T-1")] }));
    project.end("T-1", "crashed");
    assert.equal(project.stateOf("T-1"), "failed");
    assert(project.state.inbox.has("dependency:T-1") || project.state.inbox.has("failed:T-1"));
    split(project, "T-1", draft("P-1"), draft("P-2"));
    assert.deepEqual([...project.state.inbox.keys()], []);
    assert.equal(project.stateOf("P-1"), "running");
    assert.equal(project.stateOf("Z"), "waiting");
  });

  test("of what was split already is refused while a part stands for it", () => {
    const project = new Project();
    project.add(draft("T-1"));
    split(project, "T-1", draft("P-1"), draft("P-2"));
    split(project, "P-2", draft("Q-1"), draft("Q-2"));
    const again = { type: "split", id: id("T-1"), into: [draft("R-1"), draft("R-2")] } as const;
    assert.match(
      project.refused(again).refused,
      /^T-1 was split already: P-1, Q-1, Q-2 stand for it\.$/,
    );
    const retry = { type: "retry", id: id("T-1") } as const;
    assert.match(project.refused(retry).refused, /^T-1 was split already: P-1, Q-1, Q-2 stand/);
    assert.deepEqual(
      why(project.state, "T-1", project.now)?.because.map(({ says }) => says),
      ["it was split: P-1 (queued), Q-1 (queued), Q-2 (queued) stand for it"],
    );
    assert.deepEqual(partsOf(project.state, id("T-1")), ["P-1", "P-2"]);
  });

  test("is taken back by retry once all parts are cancelled: what waited for them waits for it", () => {
    const project = new Project();
    project.add(draft("T-1"), draft("Z", { deps: [id("T-1")] }));
    split(project, "T-1", draft("P-1"), draft("P-2", { deps: [id("P-1")] }));
    split(project, "P-2", draft("Q-1"), draft("Q-2"));
    for (const part of ["P-1", "Q-1", "Q-2"]) project.ask({ type: "cancel", id: id(part) });
    const again = { type: "split", id: id("T-1"), into: [draft("R-1"), draft("R-2")] } as const;
    assert.match(project.refused(again).refused, /^T-1 is cancelled: its work is given up/);
    project.ask({ type: "retry", id: id("T-1") });
    assert.equal(project.stateOf("T-1"), "queued");
    assert.deepEqual(depsOf(project, "Z"), ["T-1"]);
    project.ask(again);
    assert.deepEqual(depsOf(project, "Z"), ["R-1", "R-2"]);
    assert.equal(project.stateOf("Z"), "waiting");
  });

  test("that closes a circle, names its own task or an id that is taken changes nothing", () => {
    const project = new Project();
    project.add(draft("T-1"), draft("Z", { deps: [id("T-1")] }));
    const wrong = [
      [draft("P-1"), draft("P-2", { deps: [id("Z")] })],
      [draft("P-1"), draft("P-2", { deps: [id("T-1")] })],
      [draft("P-1"), draft("Z")],
      [draft("P-1"), draft("P-1")],
      [draft("P-1"), draft("P-2", { deps: [id("nothing")] })],
      [draft("P-1")],
      Array.from({ length: mostParts + 1 }, (_, n) => draft(`P-${n}`)),
    ];
    const { seq } = project.state;
    for (const into of wrong) project.refused({ type: "split", id: id("T-1"), into });
    assert.equal(project.state.seq, seq);
  });

  test("is a conductor's too, as its own deed, and with no command", () => {
    const project = new ConductorProject();
    project.add(draft("T-1"), draft("T-2"), draft("T-3"), draft("T-4"));
    project.start();
    project.fail("T-1");
    project.speak({ type: "acknowledge" });
    const wish = { type: "split", id: id("T-1") } as const;
    const commands = [draft("P-1", { verify: ["true"] }), draft("P-2")];
    assert(isRefusal(project.speak({ ...wish, into: commands })));
    const decided = project.speak({ ...wish, into: [draft("P-1"), draft("P-2")] });
    assert(!isRefusal(decided));
    const cancelled = decided.events.find(({ type }) => type === "task_cancelled");
    assert.equal(cancelled?.by, "claude");
  });
});
