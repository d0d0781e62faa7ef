/** What a screen shows as asked is told as asks, each once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentEventBody } from "../../../../src/agents/driver.ts";
import type { Profile } from "../../../../src/agents/profile/profile.ts";
import { Asks } from "../../../../src/agents/terminal/asks.ts";
import type { Keyboard } from "../../../../src/agents/terminal/keyboard.ts";
import type { AgentSpec } from "../../../../src/domain/agent.ts";
import { ManualClock } from "../../control/manual-clock.ts";
import { dialog, reading } from "./readings.ts";

/** Asks of a screen whose agent takes each answer at once. */
function openAsks() {
  const clock = new ManualClock();
  const told: AgentEventBody[] = [];
  const keyboard = { parts: { clock }, work: async () => ({ taken: true }) };
  const asks = new Asks(keyboard as unknown as Keyboard, {
    profile: { answerTo: () => null } as unknown as Profile,
    agent: { autonomy: "ask" } as AgentSpec,
    tell: (event) => told.push(event),
    note: () => undefined,
    track: () => undefined,
    nextId: () => `s/${told.length}`,
    signal: new AbortController().signal,
    told: null,
  });
  const screen = { lines: [], title: null } as never;
  const see = (shown: ReturnType<typeof dialog> | null) => {
    const read = reading(shown === null ? "idle" : "asking_permission", { dialog: shown });
    const look = { at: clock.now(), screen, reading: read, isCalm: true };
    return asks.see(look, shown === null ? "idle" : "asking");
  };
  return { asks, clock, see, types: () => told.map(({ type }) => type) };
}

test("a dialog that is seen once more right after its answer is not asked again, unless it stays", async () => {
  const { asks, clock, see, types } = openAsks();
  const shown = dialog(["Yes", "No"]);
  see(shown);
  assert.deepEqual(await asks.answer("s/0", { choice: "Yes" }), { taken: true });
  assert.deepEqual(types(), ["ask", "ask_closed"]);
  const again = see(shown);
  assert.equal(again, clock.now() + 1_500);
  assert.deepEqual(types(), ["ask", "ask_closed"]);
  see(null);
  await clock.pass(1_500);
  see(shown);
  assert.deepEqual(types(), ["ask", "ask_closed", "ask"]);
});

test("another dialog after an answer is asked at once", async () => {
  const { asks, see, types } = openAsks();
  see(dialog(["Yes", "No"]));
  await asks.answer("s/0", { choice: "Yes" });
  see(dialog(["Red", "Blue"]));
  assert.deepEqual(types(), ["ask", "ask_closed", "ask"]);
});
