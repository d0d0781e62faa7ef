/** Turns, receipts and asks over lines that do what a test says. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settle } from "../../control/manual-clock.ts";
import { asking, over, promptOf, SessionStage, stopMs, willing } from "./fake-line.ts";

describe("a session over a protocol", () => {
  test("tells of a turn what came before its receipt, and nothing of what came after its end", async () => {
    await using at = await SessionStage.open({ ...willing, gives: "waits" });
    const sent = at.session.send(promptOf("P-1"));
    await settle();
    at.line.tell({ type: "activity", says: "Early" }, asking("A-1"));
    assert.deepEqual(at.told(), ["ready"]);
    at.line.settle({ taken: true });
    assert.equal((await sent).accepted, true);
    at.line.tell(over, { type: "activity", says: "Late" });
    await settle();
    at.line.tell(
      { type: "usage", usage: { outputTokens: 1 } },
      { type: "retrying", says: "Again" },
    );
    await settle();
    assert.deepEqual(at.told(), [
      "ready",
      "accepted P-1",
      "turn_started P-1",
      "activity",
      "ask A-1",
      "ask_closed A-1",
      "turn_ended P-1 completed",
    ]);
  });

  test("opens a new line when its agent has gone, also in the moment in which a turn ends", async () => {
    await using at = await SessionStage.open();
    await at.session.send(promptOf("P-1"));
    at.line.tell(over, { type: "gone", why: "it exited with 1" });
    await settle();
    assert.equal((await at.session.send(promptOf("P-2"))).accepted, true);
    assert.equal(at.lines.length, 2);
    at.line.tell(over);
    await settle();
    assert.deepEqual(at.told().slice(-2), ["turn_started P-2", "turn_ended P-2 completed"]);
  });

  test("begins no agent beside one that is still ending, and tells nothing of that end later", async () => {
    await using at = await SessionStage.open({ ...willing, endsLate: true });
    at.line.tell({ type: "gone", why: "it exited with 1" });
    const sent = at.session.send(promptOf("P-1"));
    await settle();
    assert.equal(at.lines.length, 1);
    at.line.end();
    assert.equal((await sent).accepted, true);
    await settle();
    const states = at.events.flatMap((event) => (event.type === "state" ? event.state : []));
    assert.deepEqual(states.slice(-2), ["idle", "working"]);
  });

  test("does not wait for a receipt of an agent that has gone", async () => {
    await using at = await SessionStage.open({ ...willing, gives: "waits", settlesAtEnd: false });
    const sent = at.session.send(promptOf("P-1"));
    await settle();
    at.line.tell({ type: "gone", why: "it exited with 1" });
    const receipt = await sent;
    assert(!receipt.accepted);
    assert.match(receipt.why, /it exited with 1\.$/);
    assert.deepEqual(at.told(), ["ready"]);
  });

  test("begins the next task in an empty conversation, with a new line where it has to", async () => {
    await using at = await SessionStage.open({ ...willing, clears: false });
    for (const [id, kind] of [
      ["P-1", "task"],
      ["P-2", "feedback"],
      ["P-3", "task"],
    ] as const) {
      await at.session.send(promptOf(id, kind));
      at.line.tell(over);
      await settle();
    }
    assert.deepEqual(
      at.lines.map((line) => line.given),
      [["P-1", "P-2"], ["P-3"]],
    );
  });

  test("lets a person finish at the agent's own screen before it sends", async () => {
    await using at = await SessionStage.open();
    at.line.tell({ type: "began" });
    const sent = at.session.send(promptOf("P-1"));
    await settle();
    assert.deepEqual(at.line.given, []);
    at.line.tell(over);
    assert.equal((await sent).accepted, true);
    assert.deepEqual(at.line.given, ["P-1"]);
  });

  test("gives no prompt that was called off while the conversation was being emptied", async () => {
    await using at = await SessionStage.open({ ...willing, clears: "waits" });
    await at.session.send(promptOf("P-1"));
    at.line.tell(over);
    await settle();
    const sent = at.session.send(promptOf("P-2"));
    await settle();
    const interrupted = at.session.interrupt();
    at.line.settle({ taken: true });
    await interrupted;
    assert.equal((await sent).accepted, false);
    assert.deepEqual(at.line.given, ["P-1"]);
  });

  test("ends an agent that neither takes its prompt nor stops", async () => {
    for (const manner of [
      { ...willing, gives: "waits", settlesAtEnd: false },
      { ...willing, stops: "nothing" },
      { ...willing, stops: "waits", settlesAtEnd: false },
    ] as const) {
      await using at = await SessionStage.open(manner);
      const sent = at.session.send(promptOf("P-1"));
      await settle();
      const interrupted = at.session.interrupt();
      await at.clock.pass(stopMs);
      await interrupted;
      assert.equal(at.line.isDisposed, true);
      const { accepted } = await sent;
      assert.equal(at.told().includes("turn_ended P-1 interrupted"), accepted);
      void at.session.send(promptOf("P-2"));
      await settle();
      assert.equal(at.lines.length, 2);
    }
  });

  test("answers by itself what the agent may do, and tells what it could not answer", async () => {
    await using at = await SessionStage.open(willing, "edits");
    await at.session.send(promptOf("P-1"));
    at.line.tell(asking("A-1"));
    await settle();
    assert.deepEqual(at.line.answered, [["A-1", { choice: "Yes" }]]);
    assert(!at.told().includes("ask A-1"));

    const refusing = { ...willing, answers: { taken: false, why: "too late" } } as const;
    await using stubborn = await SessionStage.open(refusing, "edits");
    await stubborn.session.send(promptOf("P-1"));
    stubborn.line.tell(asking("A-1"));
    await settle();
    assert.equal(stubborn.told().at(-1), "ask A-1");
  });

  test("tells no ask that has ended with its turn before it was answered", async () => {
    await using at = await SessionStage.open({ ...willing, answers: "waits" }, "edits");
    await at.session.send(promptOf("P-1"));
    at.line.tell(asking("A-1"), over);
    await settle();
    at.line.settle({ taken: false, why: "too late" });
    await settle();
    assert.deepEqual(at.told().slice(-2), ["turn_started P-1", "turn_ended P-1 completed"]);
  });

  test("tells nothing of what an agent tells after its end, also before its receipt", async () => {
    await using at = await SessionStage.open({ ...willing, gives: "waits" });
    const sent = at.session.send(promptOf("P-1"));
    await settle();
    at.line.settle({ taken: true });
    at.line.tell({ type: "gone", why: "it exited with 1" }, asking("A-1"));
    await sent;
    await settle();
    assert.deepEqual(at.told().slice(-2), ["turn_started P-1", "turn_ended P-1 failed"]);
  });

  test("does not wait for an agent that does not answer whether it has taken an answer", async () => {
    await using at = await SessionStage.open({ ...willing, answers: "waits", settlesAtEnd: false });
    await at.session.send(promptOf("P-1"));
    at.line.tell(asking("A-1"));
    const answered = at.session.answer("A-1", { choice: "Yes" });
    at.line.tell(over);
    const receipt = await answered;
    assert(!receipt.accepted);
    assert.match(receipt.why, /no longer asked/);
  });
});
