/** What is told of the conductor: by `why`, in the status and on the page of `watch`. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conductorJson, conductorLine } from "../../../src/domain/view-conductor.ts";
import { watchLines } from "../../../src/domain/view-watch.ts";
import { why } from "../../../src/domain/why.ts";
import { ConductorProject } from "./conductor-project.ts";
import { agent, draft } from "./project.ts";

function judging(): ConductorProject {
  const project = new ConductorProject();
  project.now = 10_000_000;
  project.add(draft("T-1"), draft("T-2"));
  project.start();
  project.fail("T-1");
  return project;
}

function told(project: ConductorProject, subject: string, hasRunner = true) {
  const answer = why(project.state, subject, project.now, hasRunner);
  assert(answer !== null, subject);
  return { state: answer.state, says: answer.because.map(({ says }) => says).join("\n") };
}

const says = "T-1 has failed: attempt 1 of 1 ended crashed: it was crashed";

describe("`why`", () => {
  it("of the conductor tells who holds the role, what it judges, what waits and what was decided", () => {
    const project = judging();
    const fresh = told(project, "conductor");
    assert.equal(fresh.state, "judging");
    assert.match(
      fresh.says,
      /^claude holds the role in term 1: .*; it has not acknowledged it yet/,
    );
    assert.ok(fresh.says.includes(`it judges: ${says}`), fresh.says);
    project.acknowledge();
    project.speak({ type: "decided", text: "T-2 first" });
    project.fail("T-2");
    const later = told(project, "conductor").says;
    assert.match(later, /^claude, term 1, has decided: T-2 first$/m);
    assert.match(later, /^to be judged in its next call: T-2 has failed/m);
    assert.match(later, /^1 call of 50 in this run$/m);
    project.ended();
    assert.equal(told(project, "conductor").state, "in office");
    assert.match(told(project, "conductor").says, /^to be judged from .* on: T-2 has failed/m);
  });

  it("of an agent in office tells its call, whatever its slot does", () => {
    const project = judging();
    for (const subject of ["claude", "claude-1"]) {
      const { state, says: because } = told(project, subject);
      assert.equal(state, "judging", "its slot is free, and the agent is not");
      assert.match(
        because,
        /^claude is in a call as the conductor, term 1: 1 point.*\nclaude-1 has no task meanwhile: /,
      );
      assert.equal(told(project, subject, false).state, "offline");
    }
    assert.notEqual(told(project, "amp").state, "judging");
    assert.doesNotMatch(told(project, "amp").says, /conductor/);
    project.acknowledge();
    project.ended();
    assert.match(told(project, "claude").says, /is the conductor, term 1; it is in no call/);
    assert.notEqual(told(project, "claude").state, "judging");
  });

  it("of a task tells that it is judged, or will be", () => {
    const project = judging();
    assert.match(
      told(project, "T-1").says,
      /claude, the conductor in term 1, is called to judge it/,
    );
    project.acknowledge();
    project.fail("T-2");
    assert.match(told(project, "T-2").says, /the conductor is to judge it in its next call/);
    project.ended();
    assert.doesNotMatch(told(project, "T-1").says, /conductor/, "it is judged");
  });

  it("of nobody in office tells who is passed over, and until when", () => {
    const project = judging();
    project.failed("crashed");
    project.failed("crashed too");
    const { state, says: because } = told(project, "conductor");
    assert.equal(state, "vacant");
    assert.match(because, /^nobody holds the role since term 2: crashed too$/m);
    assert.match(because, /^claude is passed over until .*: crashed$/m);
    assert.match(because, /^to be judged once somebody can hold the role: T-1/m);
  });
});

describe("where nobody is at work", () => {
  it("a call is told as cut off, and never as going on", () => {
    const project = judging();
    assert.match(conductorLine(project.state) ?? "", /^claude, term 1: judges 1 point/);
    const cut = conductorLine(project.state, false) ?? "";
    assert.match(cut, /^claude, term 1: cut off while it judged 1 point; the next start begins/);
    assert.equal(conductorJson(project.state, false)?.cutOff, true);
    assert.equal(told(project, "conductor", false).state, "vacant");
    const facts = { now: project.now, width: null, height: null };
    const page = (hasRunner: boolean) =>
      watchLines(project.state, { ...facts, hasRunner }).map(({ text }) => text);
    assert.ok(page(true).some((line) => /^conductor: claude, term 1: judges/.test(line)));
    assert.ok(page(false).includes(`conductor: ${cut}`));
  });

  it("the next run tries at once who was dead, and not who is limited; the inbox forgets it", () => {
    const project = judging();
    project.failed("usage limit", project.now + 3_600_000);
    project.failed("crashed");
    assert.ok(project.state.inbox.has("conductor"));
    project.control({ type: "run_ended", exitCode: 3, why: "nothing is left to do" });
    project.start();
    assert.deepEqual([project.conductor.term, project.conductor.agent], [3, agent("amp")]);
    assert.deepEqual(project.aboutOf(3), [says]);
    assert.equal(project.state.inbox.has("conductor"), false);
  });
});
