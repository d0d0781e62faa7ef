import assert from "node:assert/strict";
import { test } from "node:test";
import { listMakespan } from "../../../bench/list-scheduler.ts";
import { percentilesOf } from "../../../bench/percentiles.ts";
import { drawQueue } from "../../../bench/queue.ts";
import { VirtualRun } from "../../../bench/virtual-run.ts";

test("a percentile is a value that was measured, the lowest with so large a share at or below it", () => {
  const samples = Array.from({ length: 100 }, (_, n) => 100 - n);
  assert.deepEqual(percentilesOf(samples), { p50: 50, p95: 95, max: 100, count: 100 });
  assert.deepEqual(percentilesOf([3]), { p50: 3, p95: 3, max: 3, count: 1 });
  assert.throws(() => percentilesOf([]), /nothing was measured/);
});

test("the list scheduler fills each free place with the first task that is ready", () => {
  const task = (id: string, lengthMs: number, ...deps: string[]) => ({ id, lengthMs, deps });
  assert.equal(listMakespan([task("a", 3), task("b", 2), task("c", 2)], 2), 4);
  assert.equal(listMakespan([task("a", 3), task("b", 2, "a"), task("c", 2)], 2), 5);
  assert.equal(listMakespan([task("a", 1), task("b", 1), task("c", 5)], 1), 7);
  assert.throws(() => listMakespan([task("a", 1, "b"), task("b", 1, "a")], 2), /cycle/);
});

test("a virtual run without latency on one slot takes as long as its tasks together", () => {
  const tasks = drawQueue({ seed: 7, size: 30, dependent: 0.6, reach: 10, withRole: 0.5 });
  const run = new VirtualRun({
    tasks,
    agents: { ada: [] },
    lengthMs: () => 1_000,
    handoverMs: 0,
    landingMs: 0,
  });
  assert.equal(run.play(), 30_000);
  assert.equal(run.state.settled, 30);
});
