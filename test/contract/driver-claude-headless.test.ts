/** What only Claude Code without a screen does, over the fake agent of JSON lines. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AgentEvent } from "../../src/agents/driver.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { makeClaudeHeadless, streamAgent } from "./driver-claude-headless.ts";
import { endOf, openStage, readTurn, readUntil, type Steps } from "./driver-stage.ts";

async function begin(turns: Readonly<Record<string, Steps>>, more: Partial<AgentSpec> = {}) {
  const stage = await openStage();
  const root = `${stage.directory}/root`;
  const { driver } = stage.use(await makeClaudeHeadless(root));
  const session = await stage.start(driver, await streamAgent(root, turns, more));
  return { stage, session };
}

function isAsk(event: AgentEvent): event is Extract<AgentEvent, { type: "ask" }> {
  return event.type === "ask";
}

const permission = { permission: { tool: "Bash", text: "make release" } };

describe("Claude Code without a screen", () => {
  test("asks a person for what its autonomy does not cover, and takes the answer", async () => {
    const { stage, session } = await begin({ "*": [permission] }, { autonomy: "edits" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).at(-1);
    assert(ask !== undefined && isAsk(ask));
    assert.equal(ask.ask.says, "May it run `make release`?");
    const receipt = await session.answer?.(ask.ask.id, { choice: "Yes" });
    assert.equal(receipt?.accepted, true);
    const events = await readTurn(session);
    assert.equal(endOf(events).says, "Allowed: Bash");
    const closed = events.find((event) => event.type === "ask_closed");
    assert.equal(closed?.says, "answered: Yes");
  });

  test("gives words of a person as the reason of a no, and the turn goes on", async () => {
    const { stage, session } = await begin({ "*": [permission] }, { autonomy: "ask" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).at(-1);
    assert(ask !== undefined && isAsk(ask));
    await session.answer?.(ask.ask.id, { text: "use make dist" });
    assert.equal(endOf(await readTurn(session)).says, "Refused: use make dist");
  });

  test("is answered by the person's rules, a no with its reason", async () => {
    const rules = {
      allow: [{ kind: "command", pattern: "make *" }],
      deny: [{ kind: "command", pattern: "make publish*" }],
    } as const;
    const of = (text: string) => [{ permission: { tool: "Bash", text } }];
    for (const [text, says] of [
      ["make dist", "Allowed: Bash"],
      ["make publish", "Refused: This is denied by policy.deny, command: make publish*. "],
    ] as const) {
      const { stage, session } = await begin({ "*": of(text) }, { autonomy: "ask", rules });
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const events = await readTurn(session);
      assert.deepEqual(events.filter(isAsk), []);
      assert(endOf(events).says.startsWith(says), endOf(events).says);
    }
    const { stage, session } = await begin(
      { "*": of("npm publish") },
      { autonomy: "edits", rules },
    );
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).at(-1);
    assert(ask !== undefined && isAsk(ask));
    assert.match(ask.ask.says, /\? \(never allowed by itself: it publishes something\)$/);
    assert.match(ask.ask.careful ?? "", /publishes something/);
    const { rule, allow, refuse } = ask.ask.forAlways ?? assert.fail("a rule could be given");
    assert.deepEqual(rule, { kind: "command", pattern: "npm publish" });
    assert.equal(allow, null, "nobody allows that for always");
    assert.ok(refuse !== null && ask.ask.choices.includes(refuse), String(refuse));
  });

  test("is limited where more is charged for, and goes on where that is allowed", async () => {
    const steps = [{ overage: 1_795_000_000 }, { say: "paid for" }];
    const { stage, session } = await begin({ "*": [{ overage: 1_795_000_000 }, "hang"] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const events = await readTurn(session);
    const limit = events.find((event) => event.type === "limit");
    assert.deepEqual([limit?.limit.kind, limit?.limit.until], ["usage", 1_795_000_000_000]);
    assert.notEqual(endOf(events).end.result, "completed");

    const allowed = await begin({ "*": steps }, { overage: true });
    await using _stage = allowed.stage;
    await allowed.session.send(await allowed.stage.prompt(1));
    const told = await readTurn(allowed.session);
    assert.equal(endOf(told).says, "paid for");
    assert(!told.some((event) => event.type === "limit"));
  });

  test("edits its own workspace without a person under `edits`", async () => {
    const edit = { permission: { tool: "Write", text: "src/a.ts" } };
    const { stage, session } = await begin({ "*": [edit] }, { autonomy: "edits" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const events = await readTurn(session);
    assert.deepEqual(events.filter(isAsk), []);
    assert.equal(endOf(events).says, "Allowed: Write");
  });

  test("has its questions answered by choice, or by words of one's own", async () => {
    for (const answer of [{ choice: "Blue" }, { text: "Green" }]) {
      const { stage, session } = await begin({ "*": [{ question: "Which colour?" }] });
      await using _ = stage;
      await session.send(await stage.prompt(1));
      const ask = (await readUntil(session, isAsk)).at(-1);
      assert(ask !== undefined && isAsk(ask));
      assert.deepEqual(ask.ask.choices, ["Red", "Blue"]);
      const wrong = await session.answer?.(ask.ask.id, { choice: "Pink" });
      assert.match(wrong?.accepted === false ? wrong.why : "", /does not offer "Pink"/);
      await session.answer?.(ask.ask.id, answer);
      assert.match(endOf(await readTurn(session)).says, /^Answered: (Blue|Green)$/);
    }
  });

  test("closes what it asks with an interrupt of its turn", async () => {
    const { stage, session } = await begin({ "*": [permission] }, { autonomy: "ask" });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const ask = (await readUntil(session, isAsk)).at(-1);
    assert(ask !== undefined && isAsk(ask));
    await session.interrupt();
    const events = await readTurn(session);
    assert(events.some((event) => event.type === "ask_closed"));
    assert.deepEqual(endOf(events).end, { result: "interrupted" });
    const late = await session.answer?.(ask.ask.id, { choice: "Yes" });
    assert.equal(late?.accepted, false);
  });

  test("tells a limit before the turn that fails by it, and a retry as no work", async () => {
    const { stage, session } = await begin({ "*": [{ retrying: 2 }, { limit: "3am" }] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    const events = await readTurn(session);
    const types = events.map((event) => event.type);
    assert(types.indexOf("limit") > types.indexOf("retrying"));
    assert(types.indexOf("retrying") > 0);
    assert.equal(types.at(-1), "turn_ended");
    assert.equal(endOf(events).end.result, "failed");
    const states = events.flatMap((event) => (event.type === "state" ? event.state : []));
    assert.deepEqual(states, ["idle", "working", "retrying", "idle"]);
  });

  test("begins each task with an empty context, in the same process", async () => {
    const { stage, session } = await begin({ "*/1": [{ say: "one" }], "*/2": [{ say: "two" }] });
    await using _ = stage;
    await session.send(await stage.prompt(1));
    assert.equal(endOf(await readTurn(session)).says, "one");
    const first = stage.processes();
    // The fake agent counts its attempts by how often its context was emptied.
    await session.send({ ...(await stage.prompt(2)), kind: "task" });
    assert.equal(endOf(await readTurn(session)).says, "two");
    assert.deepEqual(stage.processes(), first);
  });

  test("is given words that look like a command by their file", async () => {
    const { stage, session } = await begin({ "*": [{ say: "read" }] });
    await using _ = stage;
    const prompt = await stage.prompt(1);
    await session.send({ ...prompt, text: "/clear\nand more" });
    const events = await readTurn(session);
    assert(
      events.some((event) => event.type === "activity" && event.says.includes("Read the file")),
    );
  });
});
