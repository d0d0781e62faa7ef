import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Alarm } from "../../../../src/agents/terminal/alarm.ts";
import { ManualClock } from "../../control/manual-clock.ts";

function setUp() {
  const clock = new ManualClock();
  const rings: number[] = [];
  const start = clock.now();
  const alarm = new Alarm(clock, () => rings.push(clock.now() - start));
  return { clock, alarm, rings, start };
}

describe("an alarm", () => {
  test("rings once, at the time to which it was moved last", async () => {
    const { clock, alarm, rings, start } = setUp();
    alarm.set(start + 100);
    alarm.set(start + 300);
    await clock.pass(200);
    alarm.set(start + 250);
    await clock.pass(1_000);
    assert.deepEqual(rings, [250]);
  });

  test("rings soon, and not within the call, when its time has passed", async () => {
    const { clock, alarm, rings, start } = setUp();
    alarm.set(start - 1);
    assert.deepEqual(rings, []);
    await clock.pass(0);
    assert.deepEqual(rings, [0]);
  });

  test("does not ring once it was taken back or closed", async () => {
    const { clock, alarm, rings, start } = setUp();
    alarm.set(start + 100);
    alarm.set(null);
    await clock.pass(200);
    alarm.set(start + 300);
    alarm[Symbol.dispose]();
    alarm.set(start + 400);
    await clock.pass(1_000);
    assert.deepEqual(rings, []);
  });
});
