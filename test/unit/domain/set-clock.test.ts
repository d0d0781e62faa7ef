/** A clock that was set back: nobody waits longer than they had to. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { slotId } from "../../../src/domain/id.ts";
import { nextTick } from "../../../src/domain/next-tick.ts";
import { leastSetBackMs } from "../../../src/domain/set-clock.ts";
import { liveLine } from "../../../src/domain/view-live.ts";
import { logRows } from "../../../src/domain/view-log.ts";
import { agent, draft, Project, sha, typesOf, work } from "./project.ts";

const hour = 3_600_000;

function atWork(policy: Parameters<Project["run"]>[1] = {}): Project {
  const project = new Project();
  project.now = Date.parse("2026-11-28T19:00:00Z");
  project.run({ ada: [] }, policy);
  project.add(draft("T-1"));
  return project;
}

/** How long until time alone changes something. */
function leftMs(project: Project): number | null {
  const next = nextTick(project.state, project.now);
  return next === null ? null : next - project.now;
}

function setBack(project: Project, ms: number): readonly string[] {
  project.now -= ms;
  return typesOf(project.control({ type: "tick" }));
}

const waits: Readonly<Record<string, (project: Project) => unknown>> = {
  "a task that is tried again after a crash": (project) => {
    project.end("T-1", "crashed", { work: work({ saved: sha(7) }) });
    project.end("T-1", "crashed", { work: work({ saved: sha(8) }) });
  },
  "a slot whose agent is limited": (project) =>
    project.end("T-1", "limited", {
      limit: { kind: "usage", until: project.now + 2 * hour, says: "used up" },
      work: work({ saved: sha(7) }),
    }),
  "a question, for its slot to take other work,": (project) =>
    project.say("T-1", {
      type: "asked",
      ask: { id: "q", kind: "question", says: "Which?", choices: [], takesText: true },
    }),
  "a slot whose agent cannot be used": (project) =>
    project.control({ type: "slot_broken", slot: slotId(agent("ada"), 1), why: "out" }),
};

describe("a clock that was set back by five hours", () => {
  for (const [who, begin] of Object.entries(waits)) {
    test(`lets ${who} wait as long as before`, () => {
      const project = atWork();
      begin(project);
      const before = leftMs(project);
      assert(before !== null && before > 0, "it waits");
      assert.deepEqual(setBack(project, 5 * hour), ["clock_set_back"]);
      assert.equal(leftMs(project), before);
    });
  }

  test("is told once, in the log and to whoever follows", () => {
    const project = atWork();
    project.now -= 5 * hour;
    const told = project.control({ type: "tick" });
    const [event] = told.events;
    assert(event !== undefined);
    assert.match(logRows(1, told.events)[0]?.row.action ?? "", /set back by 5 h/);
    assert.match(
      liveLine(event, { state: project.state, offsetMinutes: 0 }) ?? "",
      /set back by 5 h/,
    );
    assert.deepEqual(typesOf(project.control({ type: "tick" })), []);
  });

  test("lets no attempt that began before the target was red pass for one that mends it", () => {
    const project = atWork({ gates: ["test"] });
    const began = project.task("T-1").attempts[0]?.startedAt ?? 0;
    setBack(project, 5 * hour);
    assert.equal(project.task("T-1").attempts[0]?.startedAt, began - 5 * hour);
  });

  test("leaves a deadline at its time of day", () => {
    const project = atWork();
    project.run({ ada: [] }, { deadline: project.now + hour });
    setBack(project, 5 * hour);
    assert.equal(leftMs(project), 6 * hour);
  });
});

test("what two processes differ by is no clock that was set", () => {
  const project = atWork();
  assert.deepEqual(setBack(project, leastSetBackMs - 1), []);
});
