import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { eta, medianAttemptMs } from "../../../src/domain/eta.ts";
import { etaRange } from "../../../src/domain/eta-range.ts";
import { slotId } from "../../../src/domain/id.ts";
import { newSlot } from "../../../src/domain/slot.ts";
import { fork } from "../../../src/domain/state.ts";
import { estimateMs } from "../../../src/domain/view-duration.ts";
import { runLine } from "../../../src/domain/view-run.ts";
import { statusJson } from "../../../src/domain/view-status-json.ts";
import { id } from "../../task-spec.ts";
import { agent, draft, Project } from "./project.ts";

const minute = 60_000;

describe("the expected end", () => {
  it("is unknown while nothing is known of how long anything takes", () => {
    const project = new Project();
    project.add(draft("T-1"), draft("T-2", { estimate: "30m" }));
    assert.equal(eta(project.state, project.now), null);
    project.run({ a: [] });
    assert.equal(eta(project.state, project.now), null);
  });

  it("spreads the plan's estimates over the slots", () => {
    const project = new Project();
    project.add(...["30m", "30m", "1h"].map((estimate, n) => draft(`T-${n}`, { estimate })));
    project.run({ a: [], b: [] });
    assert.equal(eta(project.state, project.now), project.now + 60 * minute);
  });

  it("is never before the end of the longest chain", () => {
    const project = new Project();
    project.add(
      draft("T-1", { estimate: "10m" }),
      draft("T-2", { estimate: "10m", deps: [id("T-1")] }),
      draft("T-3", { estimate: "10m", deps: [id("T-2")] }),
    );
    project.run({ a: [], b: [], c: [], d: [] });
    assert.equal(eta(project.state, project.now), project.now + 30 * minute);
  });

  it("expects the median of the verified attempts, less what has passed of one under way", () => {
    const project = new Project();
    project.add(draft("T-1"), draft("T-2"), draft("T-3"));
    project.run({ a: [] });
    project.now += 4 * minute;
    project.end("T-1", "verified");
    project.now += 8 * minute;
    project.end("T-2", "verified");
    assert.equal(medianAttemptMs(project.state), 6 * minute);
    project.now += minute;
    assert.equal(eta(project.state, project.now), project.now + 5 * minute);
  });

  it("leaves out what waits for a person, and what depends on it", () => {
    const project = new Project();
    project.add(
      draft("T-1", { estimate: "10m" }),
      draft("T-2", { estimate: "2h", deps: [id("T-1")] }),
      draft("T-3", { estimate: "20m" }),
    );
    project.run({ a: [] });
    project.end("T-1", "blocked");
    assert.equal(eta(project.state, project.now), project.now + 20 * minute);
  });

  it("is now when nothing is left, and unknown while the project is paused", () => {
    const project = new Project();
    project.run({ a: [] });
    assert.equal(eta(project.state, 7_000), 7_000);
    project.ask({ type: "pause", id: null });
    assert.equal(eta(project.state, 7_000), null);
  });

  it("follows a chain of ten thousand tasks", () => {
    const project = new Project();
    const tasks = Array.from({ length: 10_000 }, (_, n) =>
      draft(`T-${n}`, { estimate: "1m", deps: n === 0 ? [] : [id(`T-${n - 1}`)] }),
    );
    project.add(...tasks);
    project.run({ a: [], b: [] });
    assert.equal(eta(project.state, project.now), project.now + 10_000 * minute);
  });
});

describe("a plan's estimate", () => {
  it("is a length of time or unknown", () => {
    const known: readonly (readonly [string | null, number | null])[] = [
      ["30m", 30 * minute],
      ["2h", 120 * minute],
      ["1h30m", 90 * minute],
      ["20 min", 20 * minute],
      ["90s", 1.5 * minute],
      ["3 prompts", null],
      ["30", null],
      ["", null],
      ["0m", null],
      [null, null],
    ];
    for (const [text, ms] of known) assert.equal(estimateMs(text), ms, String(text));
  });
});

describe("the range of the expected end", () => {
  const worlds = fc.record({
    lengths: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }),
    estimates: fc.array(fc.option(fc.integer({ min: 1, max: 60 })), {
      minLength: 2,
      maxLength: 12,
    }),
    isChained: fc.boolean(),
    laterMs: fc.nat(100 * minute),
  });

  it("contains it, and comes no later with more slots", () => {
    fc.assert(
      fc.property(worlds, ({ lengths, estimates, isChained, laterMs }) => {
        const project = new Project();
        project.run({ a: [] });
        for (const [n, length] of lengths.entries()) {
          project.add(draft(`D-${n}`, { estimate: n % 2 === 0 ? "20m" : null }));
          project.now += length * minute;
          project.end(`D-${n}`, n % 3 === 0 ? "blocked" : "verified");
        }
        const open = estimates.map((estimate, n) =>
          draft(`T-${n}`, {
            estimate: estimate === null ? null : `${estimate}m`,
            deps: isChained && n > 0 ? [id(`T-${n - 1}`)] : [],
          }),
        );
        project.add(...open);
        const now = project.now + laterMs;
        const wider = fork(project.state);
        const [slot] = project.state.slots.values();
        assert(slot !== undefined);
        wider.slots.set(slotId(agent("b"), 1), newSlot({ ...slot.spec, agent: agent("b") }, now));
        const [point, range] = [eta(project.state, now), etaRange(project.state, now)];
        assert.equal(range === null, point === null);
        if (range === null || point === null) return;
        assert(range[0] <= point && point <= range[1], `${range} around ${point}`);
        const more = etaRange(wider, now) ?? assert.fail("more slots make it unknown");
        assert(more[0] <= range[0] && more[1] <= range[1], `${more} after ${range}`);
        assert((eta(wider, now) ?? 0) <= point);
      }),
      { numRuns: 200 },
    );
  });

  it("has half and twice what is expected in it while hardly anything was seen", () => {
    const project = new Project();
    project.run({ a: [] });
    for (const n of [1, 2, 3, 4]) {
      project.add(draft(`D-${n}`, { estimate: "10m" }));
      project.now += 10 * minute;
      project.end(`D-${n}`, "verified");
      project.land(`D-${n}`);
    }
    project.add(draft("T-1", { estimate: "20m" }));
    const range = etaRange(project.state, project.now);
    assert.deepEqual(range, [project.now + 10 * minute, project.now + 40 * minute]);
  });

  it("is as wide as what was seen, with its tries and the gates of landings", () => {
    const project = new Project();
    project.run({ a: [] });
    for (const [n, length] of [5, 10, 10, 10, 30].entries()) {
      project.add(draft(`D-${n}`, { estimate: "10m" }));
      project.now += length * minute;
      project.end(`D-${n}`, "verified");
      project.land(`D-${n}`);
    }
    project.add(draft("T-1", { estimate: "20m" }));
    const range = etaRange(project.state, project.now);
    assert.deepEqual(range, [project.now + 10 * minute, project.now + 60 * minute]);
    const { run } = statusJson(project.state, { now: project.now, agents: [], hasRunner: true });
    assert.deepEqual(run.etaRange?.length, 2);
    assert.match(
      runLine(project.state, { now: project.now, hasRunner: true }),
      /about 20 min to go \(10 min to 1 h\)/,
    );
  });
});
