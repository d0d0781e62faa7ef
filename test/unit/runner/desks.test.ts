import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Lease } from "../../../src/domain/commit.ts";
import type { BeatAnswer, BeatRequest, ControlPort } from "../../../src/runner/control-port.ts";
import { Desks } from "../../../src/runner/desk.ts";
import { ManualClock, settle } from "../control/manual-clock.ts";

/** A control that only answers beats, as the test tells it to. */
class Beats {
  readonly asked: BeatRequest[] = [];
  answer: (request: BeatRequest, signal: AbortSignal) => Promise<BeatAnswer> = untilAborted;

  get port(): ControlPort {
    return {
      claim: (_queue, _runner, signal) => untilAborted(null, signal),
      claimNow: async () => null,
      submit: async () => "accepted",
      beat: (request, signal) => {
        this.asked.push(request);
        return this.answer(request, signal);
      },
    };
  }
}

function untilAborted(_request: unknown, signal: AbortSignal): Promise<never> {
  const waiting = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => waiting.reject(signal.reason), { once: true });
  return waiting.promise;
}

function lease(id: string): Lease {
  const [task = "", attempt] = id.split("/");
  const data = { kind: "attempt", task, attempt: Number(attempt) };
  return { queue: "ada-1", id, fence: 1, runner: "here", expiresAt: 0, data };
}

function open(beats: Beats) {
  const desks = new Desks({ port: beats.port, runner: "here", clock: new ManualClock() });
  const stop = new AbortController();
  const running = desks.run(stop.signal).catch(() => "ended");
  const close = async (): Promise<void> => {
    stop.abort(new Error("over"));
    await running;
  };
  return { desks, [Symbol.asyncDispose]: close };
}

test("a new lease does not wait for the beat of the others", async () => {
  const beats = new Beats();
  await using stage = open(beats);
  stage.desks.open(lease("T-1/1"));
  await settle();
  stage.desks.open(lease("T-2/1"));
  await settle();
  const [first, second] = beats.asked.map((one) => one.leases.map(({ id }) => id));
  assert.deepEqual([first, second], [["T-1/1"], ["T-1/1", "T-2/1"]]);
});

test("a lost lease is beaten no more while its work is put away", async () => {
  const beats = new Beats();
  beats.answer = async ({ leases }) => {
    await setImmediate();
    return { owned: leases.map(() => false), directives: [] };
  };
  await using stage = open(beats);
  const desk = stage.desks.open(lease("T-1/1"));
  await settle();
  await settle();
  assert.deepEqual(desk.cut, { kind: "lost" });
  assert.equal(beats.asked.length, 1);
});

test("a word that two beats bring is given out once", async () => {
  const beats = new Beats();
  const tell = { id: "t1", kind: "tell", task: "T-1", attempt: 1, text: "Blue." };
  // Ids of a directive are checked where it is made.
  const directives = [tell] as unknown as BeatAnswer["directives"];
  beats.answer = async () => ({ owned: [true], directives });
  const desks = new Desks({ port: beats.port, runner: "here", clock: new ManualClock() });
  const desk = desks.open(lease("T-1/1"));
  await Promise.all([desk.sync(), desk.sync()]);
  assert.deepEqual(desk.takeTells(), [{ id: "t1", text: "Blue." }]);
  assert.deepEqual(desk.takeTells(), []);
});

test("what is claimed after everything was stopped stops at once", () => {
  const desks = new Desks({ port: new Beats().port, runner: "here", clock: new ManualClock() });
  const before = desks.open(lease("T-1/1"));
  desks.stopAll("temoin ends");
  const after = desks.open(lease("T-2/1"));
  const cut = { kind: "ended", outcome: "handed_off", why: "temoin ends" };
  assert.deepEqual([before.cut, after.cut], [cut, cut]);
  assert.ok(after.signal.aborted);
});
