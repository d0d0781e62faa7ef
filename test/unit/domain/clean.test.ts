import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type CleanRules,
  type CleanSurvey,
  planClean,
  type SurveyedRef,
  type SurveyedWorktree,
} from "../../../src/domain/clean.ts";
import { taskStates } from "../../../src/domain/task.ts";
import { sha } from "./project.ts";
import { taskIn } from "./stages.ts";

const day = 86_400_000;
const branch = "refs/heads/temoin/T-1/1";
const saved = "refs/temoin/saved/T-1/1/1";
const nothing: CleanSurvey = { worktrees: [], refs: [], leftovers: [], proofs: [], planner: null };
const rules: CleanRules = { now: 365 * day, holder: null, proofAgeMs: 30 * day };

function worktree(parts: Partial<SurveyedWorktree> = {}): SurveyedWorktree {
  return {
    name: "a-1",
    path: "/w/a-1",
    head: sha(1),
    branch,
    isInTarget: true,
    heldBy: [branch],
    processes: [],
    inTheWay: null,
    ...parts,
  };
}

function ref(name: string, parts: Partial<SurveyedRef> = {}): SurveyedRef {
  return {
    ref: name,
    sha: sha(1),
    isInTarget: true,
    isSquashed: false,
    heldBy: [],
    checkedOutIn: [],
    ...parts,
  };
}

const done = taskIn("done");
/** The run has ended: nobody holds the project. */
const over = done.state;

function judge(survey: Partial<CleanSurvey>, state = over, more: Partial<CleanRules> = {}) {
  const plan = planClean({ ...nothing, ...survey }, state, { ...rules, ...more });
  return {
    goes: plan.goes.map(({ name }) => name),
    why: Object.fromEntries([...plan.goes, ...plan.stays].map(({ name, why }) => [name, why])),
  };
}

describe("an agent that drafts a plan", () => {
  const seat = worktree({ name: "plan", path: "/w/plan", processes: [34] });

  test("that has outlived its `temoin plan` goes, and its worktree with it", () => {
    const judged = judge({ planner: { pid: 34, isLeft: true }, worktrees: [seat] });
    assert.deepEqual(judged.goes, ["plan", "/w/plan"]);
    assert.match(judged.why["plan"] ?? "", /process 34 has outlived/);
  });

  test("that was asked by one at work stays, with its worktree", () => {
    const judged = judge({ planner: { pid: 34, isLeft: false }, worktrees: [seat] });
    assert.deepEqual(judged.goes, []);
    assert.deepEqual(judged.why, { "/w/plan": "process 34 is at work there" });
  });
});

describe("a worktree", () => {
  const cases: readonly (readonly [string, Partial<SurveyedWorktree>, boolean, RegExp])[] = [
    ["that is clean on a branch goes", {}, true, /all that it has is on temoin\/T-1\/1/],
    ["that is detached in the target goes", { branch: null }, true, /in the target/],
    [
      "that is detached on what a saved ref holds goes",
      { branch: null, isInTarget: false, heldBy: [saved] },
      true,
      /saved\/T-1/,
    ],
    [
      "that is detached on what nothing holds stays",
      { branch: null, isInTarget: false, heldBy: [] },
      false,
      /no ref holds its commit/,
    ],
    ["without a commit stays", { head: null }, false, /no commit/],
    ["with a process in it stays", { processes: [12] }, false, /process 12/],
    ["with something in the way stays", { inTheWay: "it is dirty" }, false, /it is dirty/],
  ];
  for (const [title, parts, goes, why] of cases) {
    test(title, () => {
      const judged = judge({ worktrees: [worktree(parts)] });
      assert.deepEqual(judged.goes, goes ? ["/w/a-1"] : []);
      assert.match(judged.why["/w/a-1"] ?? "", why);
    });
  }

  test("whose attempt has not ended stays, also when its temoin was killed", () => {
    const judged = judge({ worktrees: [worktree()] }, taskIn("running").state);
    assert.deepEqual(judged.goes, []);
    assert.match(judged.why["/w/a-1"] ?? "", /attempt 1 at T-1 has not ended/);
  });

  test("of landings stays while something lands", () => {
    const landing = worktree({ name: "landing", branch: null });
    const judged = judge({ worktrees: [landing] }, taskIn("landing").state);
    assert.match(judged.why["/w/a-1"] ?? "", /landing of T-1/);
    assert.deepEqual(judge({ worktrees: [landing] }).goes, ["/w/a-1"]);
  });

  test("of a run at work stays, and one that it does not know goes", () => {
    const worktrees = [
      worktree(),
      worktree({ name: "scratch", path: "/w/scratch" }),
      worktree({ name: "old-1", path: "/w/old-1" }),
    ];
    const judged = judge({ worktrees }, over, { holder: "process 7" });
    assert.deepEqual(judged.goes, ["/w/old-1"]);
    assert.match(judged.why["/w/a-1"] ?? "", /the run at work has it \(process 7\)/);
  });

  test("stays, whichever it is, while a run begins and its slots are not known", () => {
    const { state } = taskIn("queued");
    assert.deepEqual(judge({ worktrees: [worktree()] }, state, { holder: "it" }).goes, []);
  });
});

describe("a ref", () => {
  for (const state of taskStates) {
    const isOver = ["done", "failed", "cancelled", "skipped"].includes(state);
    test(`of a task that is ${state} ${isOver ? "goes" : "stays"}, its work in the target`, () => {
      const judged = judge({ refs: [ref(branch), ref(saved)] }, taskIn(state).state);
      assert.deepEqual(judged.goes, isOver ? [branch, saved] : []);
      if (!isOver) assert.equal(judged.why[branch], `T-1 is ${state.replace("_", " ")}`);
    });
  }

  const cases: readonly (readonly [string, SurveyedRef, boolean, RegExp])[] = [
    ["a branch that is unmerged stays", ref(branch, { isInTarget: false }), false, /not in the/],
    [
      "a branch that another branch holds stays: that is no landing",
      ref(branch, { isInTarget: false, heldBy: ["refs/heads/mine"] }),
      false,
      /not in the target/,
    ],
    [
      "a branch that landed by a squash goes",
      ref(branch, { isInTarget: false, isSquashed: true }),
      true,
      /as one commit/,
    ],
    [
      "a branch that is checked out stays",
      ref(branch, { checkedOutIn: ["/home/p/tree"] }),
      false,
      /checked out in \/home\/p\/tree/,
    ],
    ["a saved ref alone with its work stays", ref(saved, { isInTarget: false }), false, /nothing/],
    [
      "a saved ref whose work is on another goes",
      ref(saved, { isInTarget: false, heldBy: ["refs/heads/mine"] }),
      true,
      /refs\/heads\/mine too/,
    ],
    ["of a task that nobody knows stays", ref("refs/heads/temoin/X-9/1"), false, /no task X-9/],
    ["of another form stays", ref("refs/heads/temoin/mine"), false, /none of temoin's making/],
  ];
  for (const [title, one, goes, why] of cases) {
    test(title, () => {
      const judged = judge({ refs: [one] });
      assert.deepEqual(judged.goes, goes ? [one.ref] : []);
      assert.match(judged.why[one.ref] ?? "", why);
    });
  }

  test("a squash of a task that is not done is no landing", () => {
    const one = ref(branch, { isInTarget: false, isSquashed: true });
    assert.deepEqual(judge({ refs: [one] }, taskIn("failed").state).goes, []);
  });

  test("of two saved refs that hold each other one stays", () => {
    const second = "refs/temoin/saved/T-1/1/2";
    const refs = [
      ref(saved, { isInTarget: false, heldBy: [second] }),
      ref(second, { isInTarget: false, heldBy: [saved] }),
    ];
    assert.deepEqual(judge({ refs }).goes, [saved]);
  });

  test("what only a branch holds that goes by its squash stays", () => {
    const refs = [
      ref(branch, { isInTarget: false, isSquashed: true }),
      ref(saved, { isInTarget: false, heldBy: [branch] }),
    ];
    const detached = worktree({ branch: null, isInTarget: false, heldBy: [branch] });
    assert.deepEqual(judge({ refs, worktrees: [detached] }).goes, [branch]);
  });

  test("a branch goes with the worktree that has it", () => {
    const refs = [ref(branch, { checkedOutIn: ["/w/a-1"] })];
    assert.deepEqual(judge({ refs, worktrees: [worktree()] }).goes, ["/w/a-1", branch]);
    const busy = worktree({ processes: [3] });
    assert.deepEqual(judge({ refs, worktrees: [busy] }).goes, []);
  });
});

test("proofs go when their task ended long ago; leftovers and unknown ones never do", () => {
  const survey = { proofs: ["T-1", "T-2", "../x"], leftovers: ["/w/a-1.kept-1"] };
  assert.deepEqual(judge(survey).goes, ["T-1"]);
  const young = judge(survey, over, { now: day });
  assert.deepEqual(young.goes, []);
  assert.match(young.why["T-1"] ?? "", /T-1 ended .* ago; proofs are kept for 30 d/);
  assert.deepEqual(judge(survey, taskIn("needs_human").state).goes, []);
});
