/** What an agent at an unattended seat asks is refused, by the way that it offers. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AgentEvent, Session } from "../../../src/agents/driver.ts";
import type { AgentAsk, Answer } from "../../../src/domain/ask.ts";
import { unattended } from "../../../src/runner/unattended.ts";

function ask(parts: Partial<AgentAsk>): AgentAsk {
  const usual = { kind: "permission", says: "May I?", choices: ["Yes", "No"], takesText: false };
  return { id: "A-1", ...usual, ...parts } as AgentAsk;
}

/** What is answered, and what is still told. */
async function meet(asked: AgentAsk) {
  const answers: (readonly [string, Answer])[] = [];
  const at = { at: 1, source: "protocol" } as const;
  const session: Session = {
    events: (async function* (): AsyncGenerator<AgentEvent> {
      yield { type: "ready", ...at };
      yield { type: "ask", ask: asked, ...at };
      yield { type: "ask_closed", askId: asked.id, says: "answered", ...at };
      yield { type: "ended", why: "over", ...at };
    })(),
    send: () => assert.fail("nothing is sent"),
    interrupt: () => Promise.resolve(),
    answer: async (id, answer) => {
      answers.push([id, answer]);
      return { accepted: true, at: 1 };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const told: string[] = [];
  for await (const event of unattended(session).events) told.push(event.type);
  assert.deepEqual(told, ["ready", "ended"]);
  return answers;
}

describe("an ask at an unattended seat", () => {
  test("is refused by the choice that says no", async () => {
    assert.deepEqual(await meet(ask({})), [["A-1", { choice: "No" }]]);
    const choices = ["Always allow", "Allow once", "Reject"];
    assert.deepEqual(await meet(ask({ choices })), [["A-1", { choice: "Reject" }]]);
    const rule = { kind: "command", pattern: "make" } as const;
    const forAlways = { rule, allow: "Yes", refuse: "Not now" };
    const named = ask({ choices: ["Yes", "Not now"], forAlways });
    assert.deepEqual(await meet(named), [["A-1", { choice: "Not now" }]]);
  });

  test("a permission by words where it takes them: a bare no would end the turn of some", async () => {
    const [given] = await meet(ask({ takesText: true }));
    assert.match(given !== undefined && "text" in given[1] ? given[1].text : "", /^Nobody is here/);
  });

  test("by words where no choice says no; where neither can be, it ends with its call", async () => {
    const [given] = await meet(ask({ kind: "question", choices: ["A", "B"], takesText: true }));
    assert.match(given !== undefined && "text" in given[1] ? given[1].text : "", /^Nobody is here/);
    assert.deepEqual(await meet(ask({ kind: "question", choices: ["A", "B"] })), []);
  });
});
