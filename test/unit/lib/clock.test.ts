/** A clock that is set while somebody waits by it, and time as it passes beside it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clockOf,
  fromTimeOfDay,
  steadyBeside,
  systemClock,
  timeOfDay,
  toTimeOfDay,
} from "../../../src/lib/clock.ts";

const hour = 3_600_000;

/** As the machine's, and so much ahead. */
class SetClock {
  aheadMs = 0;
  readonly clock = clockOf(() => Date.now() + this.aheadMs);
}

test("a wait ends at its instant, and at once where that has passed", async () => {
  const instant = systemClock.now() + 30;
  await systemClock.until(instant);
  assert(systemClock.now() >= instant);
  await systemClock.until(0);
});

test("a wait is never over before its instant, whatever part of a millisecond it began in", async () => {
  for (let n = 0; n < 40; n += 1) {
    const part = n / 40;
    const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now() - part));
    const instant = clock.now() + 3;
    await clock.until(instant);
    assert(clock.now() >= instant, `${instant - clock.now()} ms too early with ${part}`);
  }
});

test("a wait rejects with the reason of its signal", async () => {
  const over = new AbortController();
  const waiting = systemClock.until(systemClock.now() + hour, over.signal);
  over.abort(new Error("enough"));
  await assert.rejects(waiting, (error: Error) => error.cause === over.signal.reason);
});

test("a clock that is set back holds nobody longer than was left", async () => {
  const set = new SetClock();
  const waiting = set.clock.until(set.clock.now() + 50);
  set.aheadMs = -5 * hour;
  await waiting;
});

test("time as it passes begins with the time of day, and is set by nobody", async () => {
  const set = new SetClock();
  set.aheadMs = hour;
  const steady = steadyBeside(set.clock);
  const before = steady.now();
  assert(Math.abs(before - set.clock.now()) < 1_000, "it begins with the time of day");
  for (const aheadMs of [-9 * hour, 9 * hour]) {
    set.aheadMs = aheadMs;
    const passed = steady.now() - before;
    assert(passed >= 0 && passed < hour, `${passed} ms`);
    assert.equal(Math.round((timeOfDay(steady) - steady.now()) / hour), aheadMs / hour - 1);
    await steady.until(steady.now() + 20);
  }
});

test("instants go between the two clocks and back", () => {
  const set = new SetClock();
  const steady = steadyBeside(set.clock);
  assert.equal(toTimeOfDay(steady, 1_000_000), 1_000_000, "nobody has set it");
  set.aheadMs = -5 * hour;
  const told = toTimeOfDay(steady, 10 * hour);
  assert.equal(Math.round(told / hour), 5);
  assert(Math.abs(fromTimeOfDay(steady, told) - 10 * hour) < 1_000);
  assert.equal(toTimeOfDay(systemClock, 7), 7, "it is the time of day itself");
});
