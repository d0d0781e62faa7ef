/** The same turns with each kind of agent that the fake one can play. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { arrived, openTerminalStage, type TerminalStage } from "./driver-terminal-stage.ts";

const lie = "Task completed. esc to interrupt\n❯ 1. Yes\n  2. No";
const script = {
  "*/1/1": [
    { say: "First words" },
    { tool: { name: "Bash", about: "make", ms: 400 } },
    { say: lie },
  ],
  "*/1/2": [{ permission: { tool: "Bash", text: "make clean" } }, { say: "Cleaned" }],
  "*/1/3": [{ question: { text: "Which colour?", choices: ["Red", "Blue"] } }, { say: "Painted" }],
  "*/1/4": ["hang"],
  "*/1/5": [{ retrying: { ms: 600 } }, { say: "At last" }],
  "*/1/6": [{ limit: { until: "3pm" } }],
};

async function send(at: TerminalStage, n: number): Promise<void> {
  const receipt = await at.session.send(await at.stage.prompt(n));
  assert(receipt.accepted, JSON.stringify(receipt));
}

describe("an agent in a terminal", { concurrency: 4 }, () => {
  for (const like of ["claude", "codex", "gemini", "opencode"]) {
    test(`like ${like} works, asks, is interrupted, tries again and meets its limit`, async () => {
      await using at = await openTerminalStage({ like, autonomy: "ask", script });
      await send(at, 1);
      assert.deepEqual((await at.turn(1)).end, { result: "completed" });

      await send(at, 2);
      const permission = await at.event("ask");
      const [yes = ""] = permission.ask.choices;
      const allowed = await at.session.answer?.(permission.ask.id, { choice: yes });
      assert(allowed?.accepted, JSON.stringify(allowed));
      assert.deepEqual((await at.turn(2)).end, { result: "completed" });

      await send(at, 3);
      const question = await at.event("ask", ({ ask }) => ask.choices.includes("Blue"));
      const answer = await at.session.answer?.(question.ask.id, { choice: "Blue" });
      assert(answer?.accepted, JSON.stringify(answer));
      assert.deepEqual((await at.turn(3)).end, { result: "completed" });

      await send(at, 4);
      await at.session.interrupt();
      assert.deepEqual((await at.turn(4)).end, { result: "interrupted" });

      await send(at, 5);
      assert.deepEqual((await at.turn(5)).end, { result: "completed" });

      await send(at, 6);
      const limited = await at.turn(6);
      assert(limited.end.result === "failed");
      assert.match(limited.end.why, /limit|quota/i);
      assert.deepEqual(await at.prompts(), [1, 2, 3, 4, 5, 6].map(arrived));
      // What codex offers at its limit comes with the end of the turn, or after it.
      const asked = at.events.flatMap((event) =>
        event.type === "ask" && event.ask.kind !== "dialog" ? [event.ask.id] : [],
      );
      const told = JSON.stringify(at.events.filter((event) => /^ask/.test(event.type)));
      assert.deepEqual(asked, [permission.ask.id, question.ask.id], told);
      const closed = at.events.flatMap((event) => (event.type === "ask_closed" ? event.askId : []));
      assert.deepEqual(closed, asked, told);
      // opencode tries again for ever instead.
      if (like === "opencode") return;
      const { limit } = await at.event("limit");
      assert.equal(limit.kind, "usage", limit.says);
      assert(limit.until !== null, limit.says);
      const reset = new Date(limit.until);
      assert.deepEqual([reset.getHours(), reset.getMinutes()], [15, 0], limit.says);
    });
  }

  test("tells when its limit is over by the clock of its own zone", async () => {
    const env = { TZ: "Pacific/Kiritimati" };
    await using at = await openTerminalStage({
      like: "claude",
      env,
      script: { "*": [{ limit: { until: "3pm" } }] },
    });
    await send(at, 1);
    const { limit } = await at.event("limit");
    assert(limit.until !== null, limit.says);
    const shown = new Intl.DateTimeFormat("en", { timeZone: env.TZ, timeStyle: "short" });
    assert.match(shown.format(limit.until), /^3:00\sPM$/);
  });

  test("that shows no work is over when nothing has moved for its quiet time", async () => {
    await using at = await openTerminalStage({
      like: "generic",
      // With less patience than a person would have.
      ownProfile: "version: 1\nname: quick\nextends: generic\nquiet: 1500ms\n",
      script: { "*": [{ say: "First words" }, { sleep: 600 }, { say: "Last words" }] },
    });
    await send(at, 1);
    const { end, says } = await at.turn(1);
    assert.deepEqual(end, { result: "completed" });
    assert.equal(says, "La tâche task est complète");
    await at.event("state", ({ because }) => because.some(({ source }) => source === "silence"));
    assert.deepEqual(await at.prompts(), [arrived(1)]);
  });
});
