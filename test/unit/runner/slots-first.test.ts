import assert from "node:assert/strict";
import { test } from "node:test";
import { SlotsFirst } from "../../../src/runner/slots-first.ts";
import { ManualClock } from "../control/manual-clock.ts";

/** A landing that waits, and whether it may begin by now. */
function wait(slots: SlotsFirst, signal = new AbortController().signal) {
  const landing = { mayBegin: false };
  const passed = slots.letPass(signal).then(() => {
    landing.mayBegin = true;
  });
  return { landing, passed };
}

test("a landing gives way to the slots that are on their way to a prompt, and to no other", async () => {
  const clock = new ManualClock();
  const slots = new SlotsFirst(clock);
  const { landing } = wait(slots);
  const first = slots.begin();
  const second = slots.begin();
  await clock.pass(100);
  assert.equal(landing.mayBegin, false);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await clock.pass(1);
  assert.equal(landing.mayBegin, false, "one of the two is still on its way");
  second[Symbol.dispose]();
  await clock.pass(1);
  assert.equal(landing.mayBegin, true);

  const { landing: alone } = wait(slots);
  await clock.pass(10);
  assert.equal(alone.mayBegin, true, "nobody is on the way");
});

test("a landing is never held back for long, and not at all once it is cut", async () => {
  const clock = new ManualClock();
  const slots = new SlotsFirst(clock);
  using _stuck = slots.begin();
  const { landing } = wait(slots);
  await clock.pass(249);
  assert.equal(landing.mayBegin, false);
  await clock.pass(1);
  assert.equal(landing.mayBegin, true);

  const cut = new AbortController();
  const { passed } = wait(slots, cut.signal);
  cut.abort(new Error("temoin ends"));
  await passed;
});
