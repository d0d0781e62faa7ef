/** Where the next attempt starts from, for every outcome, with and without work. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BaseChoice, type Outcome, outcomes } from "../../../src/domain/attempt.ts";
import { base } from "../../../src/domain/base.ts";
import { draft, Project, sha, work } from "./project.ts";

const head = sha(1);
const saved = sha(2);

const startsFrom: Readonly<Record<Outcome, "head" | "saved" | "target">> = {
  verified: "head",
  gate_failed: "head",
  conflict: "head",
  blocked: "saved",
  stalled: "saved",
  timed_out: "saved",
  limited: "saved",
  handed_off: "saved",
  crashed: "saved",
  lost: "saved",
  cancelled: "saved",
  refused: "target",
  no_change: "target",
};

function after(...ends: readonly (readonly [Outcome, ReturnType<typeof work>])[]): Project {
  const project = new Project();
  project.run({ only: [] }, { perTask: 99 });
  project.add(draft("T-1"));
  for (const [outcome, left] of ends) {
    project.end("T-1", outcome, { work: left });
    const until = project.state.timers.get(project.task("T-1").spec.id);
    if (until !== undefined) project.now = until;
    project.control({ type: "tick" });
  }
  return project;
}

function commitOf(choice: BaseChoice): string {
  return choice.from === "target" ? "target" : choice.commit;
}

describe("the next attempt", () => {
  for (const outcome of outcomes) {
    const from = startsFrom[outcome];
    test(`after ${outcome} starts from the ${from}`, () => {
      const project = after([outcome, work({ head, saved, commits: 1 })]);
      const expected = { head, saved, target: "target" }[from];
      assert.equal(commitOf(base(project.task("T-1"))), expected);
    });
  }

  test("takes the head where nothing was saved, and what was saved where nothing is committed", () => {
    assert.equal(commitOf(base(after(["stalled", work({ head })]).task("T-1"))), head);
    assert.equal(commitOf(base(after(["gate_failed", work({ saved })]).task("T-1"))), saved);
  });

  test("looks behind attempts that left no work, but not behind a judgement on it", () => {
    const kept = after(["stalled", work({ saved })], ["lost", work()], ["crashed", work()]);
    assert.deepEqual(base(kept.task("T-1")), {
      from: "attempt",
      attempt: 1,
      commit: saved,
      because: "stalled",
    });
    const dropped = after(["stalled", work({ saved })], ["refused", work({ head })]);
    assert.deepEqual(base(dropped.task("T-1")), { from: "target" });
  });

  test("is offered with its base", () => {
    const project = after(["handed_off", work({ head, saved, commits: 2 })]);
    assert.equal(commitOf(project.task("T-1").attempts[1]?.base ?? { from: "target" }), saved);
  });
});
