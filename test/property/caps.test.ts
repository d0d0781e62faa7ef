/** Every loop has a cap, and every cap leads to a person: whatever becomes of attempts and targets. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLive, type Outcome, outcomes } from "../../src/domain/attempt.ts";
import { attemptsLimit } from "../../src/domain/policy.ts";
import { draft, Project, sha } from "../unit/domain/project.ts";

const perTask = 3;
const fixTasks = 2;

/** What happens to each task that is at something, one step after the other. */
const step = fc.record({
  outcome: fc.constantFrom<Outcome>(...outcomes),
  lands: fc.constantFrom("landed", "conflict", "gate_failed", "lost"),
  /** The failures on the target, if it is looked at; `null`: green. */
  target: fc.option(fc.constantFrom("a", "b", null), { nil: undefined }),
});

test("no task starts more attempts, and no failure more fix tasks, than their caps; all ends", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 8, maxLength: 40 }), (steps) => {
      const project = new Project();
      project.run({ a: [], b: [] }, { perTask, fixTasks, gates: ["test"] });
      project.add(draft("T-1"), draft("T-2"));
      for (let at = 0; at < 3_000; at += 1) {
        const now = steps[at % steps.length];
        assert(now !== undefined);
        if (!advance(project, now, at)) {
          assertCaps(project);
          return;
        }
      }
      assert.fail("it goes on for ever");
    }),
    { numRuns: 60 },
  );
});

/** One step; `false`: nothing can happen any more. */
function advance(project: Project, now: StepOf, at: number): boolean {
  const { state } = project;
  project.now += 60 * 60_000;
  project.control({ type: "tick" });
  const [running] = state.running.keys();
  if (running !== undefined) {
    // The target turns red again and again only so often: people push, and go home.
    if (now.target !== undefined && at < 200) look(project, running, now.target, at);
    if (state.running.has(running)) endOf(project, running, now.outcome);
    return true;
  }
  const [landing] = [...state.landing.keys()].filter(
    (id) => state.redTarget === null || project.task(id).spec.mends !== undefined,
  );
  if (landing !== undefined) {
    if (now.lands === "landed") project.land(landing);
    else if (now.lands === "lost") project.say(landing, { type: "landing_lost", why: "moved" });
    else project.say(landing, { type: "landing_refused", outcome: now.lands, why: "no" });
    return true;
  }
  return state.timers.size > 0 || [...state.slots.values()].some(({ asleep }) => asleep !== null);
}

interface StepOf {
  readonly outcome: Outcome;
  readonly lands: "landed" | "conflict" | "gate_failed" | "lost";
  readonly target: "a" | "b" | null | undefined;
}

function endOf(project: Project, id: string, outcome: Outcome): void {
  // A person or a restart is no loop of ours.
  if (outcome === "cancelled" || outcome === "handed_off") project.end(id, "crashed");
  else if (outcome === "limited") {
    const limit = { kind: "rate", until: project.now + 1_000, says: "slow" } as const;
    project.end(id, "limited", { limit });
  } else project.end(id, outcome);
}

function look(project: Project, id: string, found: "a" | "b" | null, at: number): void {
  const failure = { file: null, line: null, test: found, code: null, message: "no" };
  const said = { exitCode: 1, durationMs: 1, proof: null, why: "It failed." };
  const where = { where: "target", round: 0 } as const;
  const result = { name: "test", ...said, ...where };
  const results =
    found === null
      ? [{ ...result, verdict: "passed" as const }]
      : [{ ...result, verdict: "failed" as const, failures: [failure] }];
  project.say(id, { type: "target_checked", sha: sha(at + 1), results, commits: [] });
}

function assertCaps(project: Project): void {
  const fixes = new Map<string, number>();
  for (const task of project.state.tasks.values()) {
    const { mends, id } = task.spec;
    if (mends !== undefined) fixes.set(mends, (fixes.get(mends) ?? 0) + 1);
    const ended = task.attempts.filter((one) => !isLive(one));
    const counted = ended.filter((one) => !["lost", "limited"].includes(one.outcome));
    assert.ok(counted.length <= perTask, `${id} has ${counted.length} attempts that count`);
    assert.ok(task.attempts.length <= attemptsLimit, `${id} has ${task.attempts.length} attempts`);
    const inbox = [...project.state.inbox.values()].filter((item) => item.task === id);
    const waits = task.state === "needs_human" || task.state === "failed";
    assert.equal(inbox.length > 0, waits, `${id} is ${task.state}`);
    assert.ok(waits || ["done", "skipped", "landing"].includes(task.state), task.state);
    if (task.state === "landing") assert.ok(project.state.redTarget !== null);
  }
  for (const [what, count] of fixes) assert.ok(count <= fixTasks, `${count} tasks for ${what}`);
  const { redTarget } = project.state;
  // Of what was red from the start, and nothing waits for, the goal tells.
  if (redTarget !== null && redTarget.fix === null && project.state.landing.size > 0) {
    assert.ok(project.state.inbox.has(`fix:${redTarget.fingerprint}`));
  }
}
