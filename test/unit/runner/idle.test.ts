import assert from "node:assert/strict";
import { test } from "node:test";
import type { Driver } from "../../../src/agents/driver.ts";
import { slotId } from "../../../src/domain/id.ts";
import type { ControlPort } from "../../../src/runner/control-port.ts";
import type { Hands } from "../../../src/runner/hands.ts";
import { Runner } from "../../../src/runner/runner.ts";
import { ManualClock } from "../control/manual-clock.ts";
import { agent } from "../domain/project.ts";

test("with an empty queue a runner starts no agent, sends nothing and sets no timer, for a week", async () => {
  const clock = new ManualClock();
  const calls: string[] = [];
  const asked: string[] = [];
  const port: ControlPort = {
    claim(queue, _runner, signal) {
      asked.push(queue);
      const never = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => never.reject(signal.reason), { once: true });
      return never.promise;
    },
    claimNow: async () => null,
    beat: () => Promise.reject(new Error("nothing is held")),
    submit: () => Promise.reject(new Error("there is nothing to tell")),
  };
  const of = (): Driver => {
    calls.push("driver");
    throw new Error("no agent is needed");
  };
  // Of the hands, an idle runner may use none but these.
  const hands = { clock, port, runner: "here", drivers: { all: [], of } } as unknown as Hands;
  const recorded = { ...hands, recordAttach: async () => undefined };
  const name = agent("ada");
  const slots = [1, 2, 3].map((place) => ({ id: slotId(name, place), agent: name, roles: [] }));
  const runner = new Runner(recorded, slots);
  const running = runner.run();
  await clock.pass(7 * 24 * 3_600_000);
  assert.deepEqual(asked.toSorted(), [
    "$conductor",
    "$goal",
    "$landing",
    "ada-1",
    "ada-2",
    "ada-3",
  ]);
  assert.equal(clock.sleeping, 0);
  assert.deepEqual(calls, []);
  await runner[Symbol.asyncDispose]();
  await running;
});
