/** Limits: who sleeps until when, what becomes of the task, and when a run waits for it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Limit } from "../../../src/domain/agent.ts";
import { apply } from "../../../src/domain/apply.ts";
import { nextTick } from "../../../src/domain/next-tick.ts";
import { limitBackoffMs } from "../../../src/domain/policy.ts";
import { rehearse } from "../../../src/domain/rehearse.ts";
import { emptyState } from "../../../src/domain/state.ts";
import { liveLine } from "../../../src/domain/view-live.ts";
import { logRows } from "../../../src/domain/view-log.ts";
import { runLine } from "../../../src/domain/view-run.ts";
import { statusJson } from "../../../src/domain/view-status-json.ts";
import { statusPage } from "../../../src/domain/view-status-page.ts";
import { watchLines } from "../../../src/domain/view-watch.ts";
import { why } from "../../../src/domain/why.ts";
import { agent, draft, Project, runStarted, sha, typesOf, work } from "./project.ts";

const minute = 60_000;
const hour = 60 * minute;

function limit(parts: Partial<Limit> = {}): Limit {
  return { kind: "usage", until: null, says: "You've hit your usage limit", ...parts };
}

/** One task, which the first agent has begun. */
function atWork(agents: Parameters<Project["run"]>[0], pin: string | null = null): Project {
  const project = new Project();
  project.now = Date.parse("2026-11-28T19:00:00Z");
  project.run(agents, { perTask: 1 });
  project.add(draft("T-1", { agent: pin === null ? null : agent(pin) }));
  return project;
}

function sleepOf(project: Project, slot: string): number | null {
  const found = [...project.state.slots.values()].find(({ spec }) => spec.id === slot);
  return found?.asleep?.until ?? null;
}

function leap(project: Project): readonly string[] {
  const next = nextTick(project.state, project.now);
  assert(next !== null, "nothing is to come");
  project.now = next;
  return typesOf(project.control({ type: "tick" }));
}

function meet(project: Project, name: string, met: Limit): void {
  project.end(name, "limited", { limit: met, work: work({ saved: sha(7) }) });
}

describe("an attempt that meets a limit", () => {
  test("costs the task nothing, and it goes on from the saved work elsewhere at once", () => {
    const project = atWork({ a: [], b: [] });
    for (const other of ["b", "a", "b"]) {
      meet(project, "T-1", limit({ kind: "rate", until: project.now - minute }));
      assert.equal(project.holder("T-1"), other);
      assert.deepEqual(project.task("T-1").attempts.at(-1)?.base, {
        from: "attempt",
        attempt: project.task("T-1").attempts.length - 1,
        commit: sha(7),
        because: "limited",
      });
      project.now += minute;
    }
  });

  test("sends its slot to sleep until the reset and a few seconds more", () => {
    const project = atWork({ a: [] });
    const resetAt = project.now + 3 * hour;
    meet(project, "T-1", limit({ until: resetAt }));
    assert.equal(sleepOf(project, "a-1"), resetAt + 5_000);
    assert.equal(project.stateOf("T-1"), "queued");
    assert.deepEqual(leap(project), ["slot_awake", "attempt_offered"]);
    assert.equal(project.now, resetAt + 5_000);
  });

  test("without a reset time is tried again after 5, 10, 20, … at most 60 min", () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map((n) => limitBackoffMs(n) / minute),
      [5, 10, 20, 40, 60, 60],
    );
    const project = atWork({ a: [], b: [] }, "a");
    for (const minutes of [5, 10]) {
      meet(project, "T-1", limit({ kind: "rate" }));
      assert.equal(sleepOf(project, "a-1"), project.now + minutes * minute);
      leap(project);
      assert.equal(project.holder("T-1"), "a");
    }
    // A turn that comes to its end begins the count anew.
    project.end("T-1", "verified");
    project.add(draft("T-2", { agent: agent("a") }));
    meet(project, "T-2", limit({ kind: "rate" }));
    assert.equal(sleepOf(project, "a-1"), project.now + 5 * minute);
  });

  test("with a reset time that can be none is one without, and nobody sleeps for ever", () => {
    const day = 24 * hour;
    for (const until of [
      Date.parse("3000-01-01T00:00:00Z"),
      -1,
      -1e300,
      8.64e18,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]) {
      const project = atWork({ a: [] });
      meet(project, "T-1", limit({ kind: "rate", until }));
      assert.equal(sleepOf(project, "a-1"), project.now + 5 * minute, String(until));
      assert.match(statusPage(project.state, project.now), /limited/);
      const waiting = atWork({ a: [] });
      meet(waiting, "T-1", limit({ until }));
      waiting.checkGoal(true);
      assert.equal(waiting.exitCode, 8, String(until));
    }
    const project = atWork({ a: [] });
    meet(project, "T-1", limit({ until: project.now + 31 * day }));
    assert.equal(sleepOf(project, "a-1"), project.now + 31 * day + 5_000);
  });

  test("that is met again right after each reset is asked later and later", () => {
    const project = atWork({ a: [] });
    const pauses: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      meet(project, "T-1", limit({ kind: "rate", until: project.now + 3_000 }));
      pauses.push(((sleepOf(project, "a-1") ?? 0) - project.now) / 1_000);
      leap(project);
    }
    assert.deepEqual(pauses, [8, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
  });

  test("of its account sends every slot of the agent to sleep, of its requests only its own", () => {
    for (const [kind, sleepers] of [
      ["usage", ["a-1", "a-2"]],
      ["billing", ["a-1", "a-2"]],
      ["rate", ["a-1"]],
      ["overload", ["a-1"]],
    ] as const) {
      const project = new Project();
      const [first, other] = runStarted({ a: [], b: [] }).slots;
      assert(first !== undefined && other !== undefined);
      const second = { ...first, id: "a-2" as typeof first.id };
      project.control({ ...runStarted({}), slots: [first, second, other] });
      project.add(draft("T-1", { agent: agent("a") }));
      meet(project, "T-1", limit({ kind, until: project.now + hour }));
      const asleep = [...project.state.slots.values()].filter((slot) => slot.asleep !== null);
      assert.deepEqual(
        asleep.map(({ spec }) => spec.id),
        sleepers,
        kind,
      );
    }
  });

  test("of its account sends the agents that share it to sleep too, and they say who met it", () => {
    const project = new Project();
    const [a, b, c] = runStarted({ a: [], b: [], c: [] }).slots;
    assert(a !== undefined && b !== undefined && c !== undefined);
    project.control({ ...runStarted({}), slots: [a, { ...b, account: "a" }, c] });
    project.add(draft("T-1"));
    meet(project, "T-1", limit({ until: project.now + hour }));
    assert.equal(project.holder("T-1"), "c", "its account has a plan of its own");
    assert.notEqual(sleepOf(project, "b-1"), null);
    assert.equal(sleepOf(project, "c-1"), null);
    const slept = project.events.filter((event) => event.type === "slot_limited");
    assert.deepEqual(
      slept.map(({ slot, met }) => [slot, met]),
      [
        ["a-1", "a-1"],
        ["b-1", "a-1"],
      ],
    );
    const said = why(project.state, "b-1", project.now)?.because.map(({ says }) => says) ?? [];
    assert.match(said.join(" "), /met by a-1, which has the same account/);
    const shown = statusJson(project.state, { now: project.now, agents: [], hasRunner: true });
    assert.deepEqual(
      shown.agents.map((one) => one.limit?.metBy ?? null),
      [null, "a-1", null],
    );
    assert.match(shown.agents[1]?.why ?? "", /met by a-1/);
    const [row] = logRows(1, slept.slice(1));
    assert.match(row?.row.action ?? "", /met by a-1/);
  });

  test("tells less than what is known already: the longer sleep stays, the told one counts", () => {
    const project = new Project();
    const [first] = runStarted({ a: [] }).slots;
    assert(first !== undefined);
    const second = { ...first, id: "a-2" as typeof first.id };
    project.control({ ...runStarted({}), slots: [first, second] });
    project.add(draft("T-1"), draft("T-2"));
    const began = project.now;
    meet(project, "T-1", limit({ kind: "usage", until: began + 3 * hour }));
    meet(project, "T-2", limit({ kind: "usage", until: began + hour }));
    assert.equal(sleepOf(project, "a-1"), began + 3 * hour + 5_000);
    assert.equal(sleepOf(project, "a-2"), began + 3 * hour + 8_000, "a moment after the first");
  });

  test("is asked about by one slot of the account at a time when it should be over", () => {
    const project = new Project();
    const [first] = runStarted({ a: [] }).slots;
    assert(first !== undefined);
    const slots = ["a-1", "a-2", "a-3"].map((id) => ({ ...first, id: id as typeof first.id }));
    project.control({ ...runStarted({}), slots });
    project.add(draft("T-1"));
    const resetAt = project.now + hour;
    meet(project, "T-1", limit({ until: resetAt }));
    const sleeps = () => slots.map(({ id }) => sleepOf(project, id));
    assert.deepEqual(sleeps(), [resetAt + 5_000, resetAt + 8_000, resetAt + 11_000]);
    project.now = resetAt + 5_000;
    project.control({ type: "tick" });
    assert.deepEqual(sleeps(), [null, resetAt + 8_000, resetAt + 11_000]);
    const later = project.now + hour;
    meet(project, "T-1", limit({ until: later }));
    const [, second, third] = sleeps().map(Number);
    assert.deepEqual(
      [Number(second) > later, Number(third) > Number(second)],
      [true, true],
      "nobody else has asked",
    );
  });

  test("does not keep what is at work on another slot from its end", () => {
    const project = new Project();
    const [first] = runStarted({ a: [] }).slots;
    assert(first !== undefined);
    const second = { ...first, id: "a-2" as typeof first.id };
    project.control({ ...runStarted({}), slots: [first, second] });
    project.add(draft("T-1"), draft("T-2"), draft("T-3"));
    meet(project, "T-1", limit({ until: project.now + hour }));
    assert.equal(project.stateOf("T-2"), "running");
    project.end("T-2", "verified");
    assert.equal(project.stateOf("T-3"), "queued", "its slot sleeps");
  });
});

describe("a sleep", () => {
  test("outlives temoin and ends at its hour, also between two runs", () => {
    const project = atWork({ a: [] });
    const resetAt = project.now + 3 * hour;
    meet(project, "T-1", limit({ until: resetAt }));
    project.control({ type: "run_ended", exitCode: 1, why: "killed" });
    const again = emptyState();
    for (const event of project.events) apply(again, event);
    assert.equal([...again.slots.values()][0]?.asleep?.resetAt, resetAt);
    project.now += hour;
    project.run({ a: [] });
    assert.equal(sleepOf(project, "a-1"), resetAt + 5_000);
    assert.equal(project.stateOf("T-1"), "queued");
    project.control({ type: "run_ended", exitCode: 1, why: "killed" });
    project.now = resetAt + 5_000;
    project.run({ a: [] });
    assert.equal(project.holder("T-1"), "a");
  });

  test("is forgotten with another configuration: it may mean another account", () => {
    const project = atWork({ a: [] });
    meet(project, "T-1", limit({ until: project.now + 3 * hour }));
    project.control({ type: "run_ended", exitCode: 1, why: "killed" });
    project.control({ ...runStarted({ a: [] }), configHash: "another" });
    assert.equal(project.holder("T-1"), "a");
  });
});

describe("a rehearsal", () => {
  test("begins what waits for a limit when that is over, and takes what is missing for missing", () => {
    const project = atWork({ a: [], b: [] }, "a");
    meet(project, "T-1", limit({ until: project.now + 3 * hour }));
    project.add(draft("T-2", { agent: agent("b") }));
    project.control({ type: "run_ended", exitCode: 1, why: "killed" });
    const start = runStarted({ a: [], b: [] });
    const slots = start.slots.map((slot, n) => (n === 1 ? { ...slot, broken: "missing" } : slot));
    project.lose("T-2", true);
    const { waves, left } = rehearse(project.state, { ...start, slots }, project.now);
    assert.deepEqual(
      waves.map(({ afterMs, starts }) => [afterMs, starts.map(({ task }) => task)]),
      [[3 * hour + 5_000, ["T-1"]]],
    );
    assert.deepEqual(
      left.map(({ task, state }) => [task, state]),
      [["T-2", "needs_human"]],
    );
  });
});

describe("a run whose agents are limited", () => {
  test("waits for a reset that is known, and goes on", () => {
    const project = atWork({ a: [], b: [] });
    meet(project, "T-1", limit({ until: project.now + 8 * hour }));
    meet(project, "T-1", limit({ until: null }));
    assert.equal(project.outlook.kind, "working");
    // The one of which nothing is known is tried meanwhile.
    leap(project);
    assert.equal(project.holder("T-1"), "b");
    project.end("T-1", "verified");
    project.land("T-1");
    project.checkGoal(true);
    assert.equal(project.exitCode, 0);
  });

  test("ends with 8 when none of them knows when it is over", () => {
    const project = atWork({ a: [], b: [] });
    meet(project, "T-1", limit());
    meet(project, "T-1", limit({ kind: "billing", says: "Credit balance is too low" }));
    project.checkGoal(true);
    assert.equal(project.exitCode, 8);
    assert.equal(
      project.outlook.kind === "over" ? project.outlook.why : "",
      "every agent that may take what is left is limited (a-1: You've hit your usage limit, and not until when; b-1: Credit balance is too low, and not until when)",
    );
    assert.equal(project.stateOf("T-1"), "queued");
  });

  test("waits 5, 10 and 20 min for requests that are too many or too much, then ends with 8", () => {
    const project = atWork({ a: [] });
    const began = project.now;
    for (let n = 0; n < 3; n += 1) {
      meet(project, "T-1", limit({ kind: n === 1 ? "overload" : "rate" }));
      assert.equal(project.outlook.kind, "working");
      leap(project);
    }
    meet(project, "T-1", limit({ kind: "rate" }));
    project.checkGoal(true);
    assert.equal(project.exitCode, 8);
    assert.equal((project.now - began) / minute, 35);
  });

  test("ends with 8 when its deadline comes before every reset", () => {
    const project = new Project();
    project.run({ a: [] }, { deadline: project.now + hour });
    project.add(draft("T-1"));
    meet(project, "T-1", limit({ until: project.now + 2 * hour }));
    project.checkGoal(true);
    assert.equal(project.exitCode, 8);
    assert.match(project.outlook.kind === "over" ? project.outlook.why : "", /beyond the deadline/);
  });

  test("ends with 8 when another agent is awake that may not take what is left", () => {
    const project = atWork({ a: [], b: [] }, "a");
    meet(project, "T-1", limit());
    project.checkGoal(true);
    assert.equal(project.exitCode, 8);
  });

  test("does not look at its goal while it waits", () => {
    const project = atWork({ a: [] });
    meet(project, "T-1", limit({ until: project.now + 8 * hour }));
    assert.equal(project.state.goalCheck, null);
  });
});

describe("a limit", () => {
  const project = atWork({ a: [] });
  meet(project, "T-1", limit({ until: project.now + 3 * hour }));
  const { state, now } = project;
  const untilText = "2026-11-28 22:00:05Z";
  const sentence = `a-1 has used up its limit and sleeps until ${untilText}: You've hit your usage limit`;

  test("is why a task waits, and why its agent does nothing", () => {
    const task = why(state, "T-1", now);
    assert(
      task?.because.some(({ says }) => says === sentence),
      JSON.stringify(task),
    );
    assert.deepEqual(
      [why(state, "a", now)?.state, why(state, "a", now)?.because.map(({ says }) => says)],
      ["limited", [sentence]],
    );
  });

  test("is in the status, on the page, in the watch, in the log and on the terminal", () => {
    const [shown] = statusJson(state, { now, agents: [], hasRunner: true }).agents;
    assert.deepEqual(shown?.limit, {
      kind: "usage",
      says: "You've hit your usage limit",
      resetAt: "2026-11-28T22:00:00.000Z",
      until: "2026-11-28T22:00:05.000Z",
      metBy: null,
    });
    assert.equal(shown?.state, "limited");
    const { run } = statusJson(state, { now, agents: [], hasRunner: true });
    assert.deepEqual([run.state, run.waitsUntil], ["running", "2026-11-28T22:00:05.000Z"]);
    assert.equal(
      runLine(state, { now, hasRunner: true }),
      `waiting on main: no agent that may go on can be used before ${untilText}, in 3 h`,
    );
    const short = `until ${untilText}: You've hit your usage limit`;
    assert.equal(shown?.why, short);
    assert(statusPage(state, now).includes(`⏳ limited: ${short}`));
    assert(statusPage(state, now).includes(`- Waits until ${untilText}: no agent`));
    const page = watchLines(state, { now, hasRunner: true, width: null, height: null });
    assert(page.some(({ text, tone }) => text.includes(short) && tone === "attention"));
    const event = project.events.findLast(({ type }) => type === "slot_limited");
    assert(event !== undefined);
    const [row] = logRows(1, [event]);
    assert.deepEqual(
      [row?.row.action, row?.row.target, row?.row.status],
      [sentence.replace("a-1 ", ""), "a-1", "⏳ limited"],
    );
    const line = liveLine(event, { state, offsetMinutes: 0 });
    assert.equal(line, `19:00:00  a-1     ${sentence.replace("a-1 ", "")}`);
  });
});
