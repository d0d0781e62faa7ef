import assert from "node:assert/strict";
import { test } from "node:test";
import { noWork } from "../../../src/domain/attempt.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { throughJson } from "../../../src/runner/control-port.ts";
import type { Archive } from "../../../src/store/archive.ts";
import { leaseMs, type Store } from "../../../src/store/store.ts";
import { FullDisk } from "../../e2e/full-disk.ts";
import { id } from "../../task-spec.ts";
import { usual } from "../domain/conductor-project.ts";
import { agent, runStarted, sha } from "../domain/project.ts";
import { settle } from "./manual-clock.ts";
import { isSettled, moved, openControl, taskOf } from "./stage.ts";

test("a silent runner loses its lease; its task is offered anew and its late word is stale", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const first = await stage.claim();
  assert.equal(await stage.control.submit(moved, first.lease), "accepted");
  const again = stage.claim("ada-1", "another");
  await stage.clock.pass(leaseMs - 1);
  assert.equal(await isSettled(again), false);
  await stage.clock.pass(1);
  const second = await again;
  assert(second.order.kind === "attempt");
  assert.equal(second.order.attempt, 2);
  const ended = stage.events.find((event) => event.type === "attempt_ended");
  assert(ended?.type === "attempt_ended");
  assert.equal(ended.outcome, "lost");
  assert.equal(await stage.control.submit(moved, first.lease), "stale");
  assert.deepEqual((await stage.beat([first, second], 0)).owned, [false, true]);
});

test("landings that wait are held together, each by its own lease", async () => {
  await using stage = await openControl();
  await stage.add("T-1", "T-2");
  await stage.begin({ ada: [] });
  const rest = { usage: null, evidence: [], slotBroken: null, limit: null, verifyPassed: true };
  for (const why of ["first", "second"]) {
    const { lease } = await stage.claim();
    const work = { head: sha(1), saved: null, commits: 1 };
    await stage.control.submit(
      { type: "attempt_ended", outcome: "verified", why, work, ...rest },
      lease,
    );
  }
  const first = await stage.claim("$landing");
  const second = await stage.control.claimNow("$landing", "runner");
  assert(second !== null);
  assert.equal(await stage.control.claimNow("$landing", "runner"), null);
  await stage.control.ask({ type: "cancel", id: id("T-2") });
  assert.deepEqual((await stage.beat([first, second], 0)).owned, [true, false]);
  const landed = { type: "landed", sha: sha(2), proven: true, followBlocked: null } as const;
  assert.equal(await stage.control.submit(landed, second.lease), "stale");
  assert.equal(await stage.control.submit(landed, first.lease), "accepted");
  const states = ["T-1", "T-2"].map((name) => stage.control.state.tasks.get(id(name))?.state);
  assert.deepEqual(states, ["done", "cancelled"]);
});

test("a runner that beats keeps its lease, however long the work takes", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const claimed = await stage.claim();
  for (let n = 0; n < 100; n += 1) {
    const { owned } = await stage.beat([claimed], 0);
    assert.deepEqual(owned, [true]);
    await stage.clock.pass(leaseMs / 2);
  }
  assert.equal(stage.events.filter((event) => event.type === "attempt_ended").length, 0);
});

test("a machine that slept is not taken for a silent runner", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const claimed = await stage.claim();
  await stage.clock.jump(8 * 3_600_000);
  assert.deepEqual((await stage.beat([claimed], 0)).owned, [true]);
  await stage.clock.pass(leaseMs - 1);
  assert.equal(await stage.control.submit(moved, claimed.lease), "accepted");
  // Awake and still silent, it loses it after all.
  await stage.clock.pass(2 * leaseMs);
  assert.equal(await stage.control.submit(moved, claimed.lease), "stale");
});

test("a clock that is set back stops no beat, and takes nobody's lease", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const claimed = await stage.claim();
  const waiting = stage.beat([claimed], leaseMs / 4);
  await settle();
  stage.clock.setBack(5 * 3_600_000);
  await stage.clock.pass(leaseMs / 4);
  assert.equal(await isSettled(waiting), true, "the beat ends as it would have");
  for (let n = 0; n < 20; n += 1) {
    assert.deepEqual((await stage.beat([claimed], 0)).owned, [true]);
    await stage.clock.pass(leaseMs / 2);
  }
  assert.equal(await stage.control.submit(moved, claimed.lease), "accepted");
});

test("a slot that sleeps as the clock is set back sleeps no longer than it had to", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const { lease } = await stage.claim();
  const hour = 3_600_000;
  await stage.control.submit(usageLimit(stage.clock.now() + hour), lease);
  const next = stage.claim();
  stage.clock.setBack(5 * hour);
  await stage.clock.pass(2 * hour);
  assert.equal(await isSettled(next), true);
});

test("a disk that keeps no beats is not taken for a silent runner", async () => {
  const disk = new FullDisk();
  await using stage = await openControl(disk.over);
  await stage.add("T-1", "T-2");
  await stage.begin({ ada: [], bo: [] });
  const first = await stage.claim("ada-1");
  const second = await stage.claim("bo-1");
  disk.isFull = true;
  await stage.clock.pass(leaseMs + 900);
  const early = stage.beat([first], 0);
  await stage.clock.pass(leaseMs - 1_400);
  const late = stage.beat([second], 0);
  await stage.clock.pass(100);
  assert.equal(await isSettled(early), false, "the beats wait for the disk");
  disk.isFull = false;
  // The first one is kept before leases are looked at, the second one after.
  await stage.clock.pass(1_000);
  assert.deepEqual([(await early).owned, (await late).owned], [[true], [true]]);
  assert.deepEqual(stage.problems, [
    "Cannot write to the store: the disk is full. The work waits until it can be.",
    "The store can be written again; the work goes on.",
  ]);
});

test("what a person wants reaches a waiting beat at once, and is not said twice", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const claimed = await stage.claim();
  const beat = stage.beat([claimed], 60_000);
  await stage.control.ask({ type: "tell", id: id("T-1"), tellId: "t1", text: "Blue." });
  const { directives } = await beat;
  assert.deepEqual(
    directives.map((one) => [one.kind, one.id]),
    [["tell", "t1"]],
  );

  const next = stage.beat([claimed], 5_000, ["t1"]);
  await stage.clock.pass(4_999);
  assert.equal(await isSettled(next), false);
  await stage.clock.pass(1);
  assert.deepEqual((await next).directives, []);

  const last = stage.beat([claimed], 60_000, ["t1"]);
  await stage.control.ask({ type: "cancel", id: id("T-1") });
  assert.deepEqual(
    (await last).directives.map((one) => one.kind),
    ["end"],
  );
});

test("a claim waits for work without looking again and again", async () => {
  let claims = 0;
  const counting = (store: Store & Archive): Store & Archive => {
    const claim = store.claim.bind(store);
    store.claim = (queue, runner) => {
      claims += 1;
      return claim(queue, runner);
    };
    return store;
  };
  await using stage = await openControl(counting);
  await stage.control.ask({ type: "pause", id: null });
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const claimed = stage.claim();
  await settle();
  const before = claims;
  await stage.clock.pass(24 * 3_600_000);
  assert.equal(claims, before);
  assert.equal(await isSettled(claimed), false);
  await stage.control.ask({ type: "resume", id: null });
  assert.equal(taskOf(await claimed), "T-1");
});

test("a look at the goal that went away with its runner is asked for anew", async () => {
  await using stage = await openControl();
  await stage.begin({ ada: [] });
  const first = await stage.claim("$goal");
  await stage.clock.pass(leaseMs);
  const second = await stage.claim("$goal");
  assert.notEqual(second.lease.id, first.lease.id);
  const seen = { type: "goal_checked", results: [], followBlocked: null } as const;
  assert.equal(await stage.control.submit(seen, first.lease), "stale");
  assert.equal(await stage.control.submit(seen, second.lease), "accepted");
  assert.equal((await stage.control.over).exitCode, 0);
});

test("what another process has decided wakes those who wait here", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [], bo: [] });
  const claimed = await stage.claim();
  const elsewhere = await stage.elsewhere();
  await elsewhere.decide({ from: "person", input: { type: "cancel", id: id("T-1") } });
  const beat = stage.beat([claimed], 60_000);
  assert.equal(await isSettled(beat), false);
  await stage.control.refresh();
  await settle();
  assert.ok(await isSettled(beat));
  assert.deepEqual(
    (await beat).directives.map((one) => one.kind),
    ["end"],
  );
});

test("a wish that comes as a run begins does not end it by the end of the last one", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  await stage.control.tell({ type: "run_ended", exitCode: 3, why: "stopped" });
  const next = await stage.again();
  await next.ask({ type: "tell", id: id("T-1"), tellId: "t1", text: "Blue." });
  await next.begin(runStarted({ ada: [] }));
  await settle();
  assert.equal(await isSettled(next.over), false);
});

test("an instant that passes while the decision is written that has set it is not missed", async () => {
  let onWritten = async (): Promise<void> => undefined;
  const slow = (store: Store & Archive): Store & Archive => {
    const commit = store.commit.bind(store);
    store.commit = async (value) => {
      const outcome = await commit(value);
      await onWritten();
      return outcome;
    };
    return store;
  };
  await using stage = await openControl(slow);
  await stage.add("T-1");
  const order = [agent("ada"), agent("bo")] as const;
  const conductor = { ...usual, order, acknowledgeMs: 1_000 };
  await stage.begin({ ada: [], bo: [] }, { perTask: 1, conductor });
  const { lease } = await stage.claim();
  const rest = { usage: null, evidence: [], slotBroken: null, limit: null, verifyPassed: false };
  const crashed = { type: "attempt_ended", outcome: "crashed", why: "exit 1", ...rest } as const;
  await stage.control.submit({ ...crashed, work: noWork }, lease);
  const unfit = () =>
    stage.events.flatMap((one) => (one.type === "conductor_unfit" ? one.agent : []));
  onWritten = async () => {
    onWritten = async () => undefined;
    await stage.clock.jump(10_000);
  };
  await stage.clock.jump(1_000);
  await settle();
  assert.deepEqual(unfit(), ["ada", "bo"]);
});

test("a bug in the clockwork ends the run loudly", async () => {
  await using stage = await openControl((store) => {
    store.reap = () => Promise.reject(new TypeError("a bug"));
    return store;
  });
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  await stage.claim();
  const over = assert.rejects(stage.control.over, TypeError);
  await stage.clock.pass(leaseMs);
  await over;
});

test("a port says the same through JSON as directly", async () => {
  const transcripts: unknown[] = [];
  for (const wrap of [(port: Parameters<typeof throughJson>[0]) => port, throughJson]) {
    await using stage = await openControl();
    const port = wrap(stage.control);
    const { signal } = new AbortController();
    await stage.add("T-1");
    await stage.control.ask({ type: "tell", id: id("T-1"), tellId: "t0", text: "Before." });
    await stage.begin({ ada: [] });
    const claimed = await port.claim("ada-1", "runner", signal);
    await stage.control.ask({ type: "tell", id: id("T-1"), tellId: "t1", text: "Blue." });
    const beat = { runner: "runner", leases: [claimed.lease], seen: [], waitMs: 0 };
    const report = { kind: "note", text: "é\u0000\u2028", files: [], tests: null, at: 1 } as const;
    transcripts.push([
      claimed,
      await port.submit({ type: "reported", report }, claimed.lease),
      await port.beat(beat, signal),
      await port.submit(moved, { ...claimed.lease, fence: 99 }),
      stage.events,
    ]);
  }
  assert.deepEqual(transcripts[1], transcripts[0]);
});

const limited = {
  type: "attempt_ended",
  outcome: "limited",
  why: "its limit is used up",
  work: noWork,
  usage: null,
  evidence: [],
  slotBroken: null,
  verifyPassed: false,
} as const satisfies Partial<RunnerInput>;

function usageLimit(until: number): RunnerInput {
  return { ...limited, limit: { kind: "usage", until, says: "no more until then" } };
}

test("a task whose agents are all limited waits through the night, without a look before its hour", async () => {
  let claims = 0;
  const counting = (store: Store & Archive): Store & Archive => {
    const claim = store.claim.bind(store);
    store.claim = (queue, runner) => {
      claims += 1;
      return claim(queue, runner);
    };
    return store;
  };
  await using stage = await openControl(counting);
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const first = await stage.claim();
  const eightHours = 8 * 3_600_000;
  await stage.control.submit(usageLimit(stage.clock.now() + eightHours), first.lease);
  const next = stage.claim();
  await settle();
  const before = claims;
  await stage.clock.pass(eightHours + 4_999);
  assert.equal(await isSettled(next), false);
  assert.equal(await isSettled(stage.control.over), false);
  assert.equal(claims, before);
  await stage.clock.pass(1);
  const { order } = await next;
  assert(order.kind === "attempt");
  assert.deepEqual([order.task.id, order.attempt], ["T-1", 2]);
});

test("a slot that slept as temoin was killed wakes at its hour under the next one", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const first = await stage.claim();
  await stage.control.submit(usageLimit(stage.clock.now() + 3_600_000), first.lease);
  // Nothing is told of its end: it is just gone.
  await stage.control[Symbol.asyncDispose]();
  await stage.clock.pass(1_800_000);
  const next = await stage.again();
  await next.begin(runStarted({ ada: [] }));
  const claimed = next.claim("ada-1", "runner", new AbortController().signal);
  await stage.clock.pass(1_800_000 + 4_999);
  assert.equal(await isSettled(claimed), false);
  await stage.clock.pass(1);
  assert.equal(taskOf(await claimed), "T-1");
});

test("a run whose agents are limited for an unknown time ends with 8", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const { lease } = await stage.claim();
  const limit = { kind: "billing", until: null, says: "nothing is left to pay with" } as const;
  await stage.control.submit({ ...limited, limit }, lease);
  const goal = await stage.claim("$goal");
  const seen = { type: "goal_checked", results: [], followBlocked: null } as const;
  await stage.control.submit(seen, goal.lease);
  const { exitCode, why } = await stage.control.over;
  assert.equal(exitCode, 8);
  assert.match(why, /ada-1: nothing is left to pay with/);
});
