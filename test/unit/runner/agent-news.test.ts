import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentEvent, AgentEventBody, Receipt, Session } from "../../../src/agents/driver.ts";
import type { AgentAsk, Answer } from "../../../src/domain/ask.ts";
import { parseTaskId } from "../../../src/domain/id.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { AgentNews } from "../../../src/runner/agent-news.ts";
import { Desk } from "../../../src/runner/desk.ts";
import { settle } from "../control/manual-clock.ts";

const ask: AgentAsk = {
  id: "a1",
  kind: "permission",
  says: "Run it?",
  choices: ["Yes", "No"],
  takesText: false,
};
const because = [{ at: 1, source: "screen", says: "a dialog" }] as const;

function open(answer?: (ask: string, answer: Answer) => Promise<Receipt>) {
  const session: Session = {
    events: (async function* () {})(),
    send: () => Promise.reject(new Error("not sent to")),
    interrupt: async () => undefined,
    ...(answer === undefined ? {} : { answer }),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const news = new AgentNews(session);
  const take = (body: AgentEventBody): void => {
    const event: AgentEvent = { ...body, at: 1, source: "screen" };
    news.take(event);
  };
  return { news, take };
}

function openDesk(said: RunnerInput[]): Desk {
  const data = { kind: "attempt", task: "T-1", attempt: 1 };
  const lease = { queue: "a-1", id: "T-1/1", fence: 1, runner: "here", expiresAt: 0, data };
  const say = async (input: RunnerInput) => {
    said.push(input);
    return "accepted" as const;
  };
  return new Desk(lease, say, async () => undefined);
}

function give(desk: Desk, answer: Answer): void {
  const task = parseTaskId("T-1");
  assert(task !== null);
  desk.put({ id: "1", kind: "answer", task, attempt: 1, agentAsk: "a1", answer });
}

test("what came while no attempt was served is told to the next one; what is over is not", async () => {
  const { news, take } = open();
  take({ type: "state", state: "asking", because });
  take({ type: "ask", ask });
  take({ type: "ask", ask: { ...ask, id: "a2" } });
  take({ type: "ask_closed", askId: "a2", says: "gone" });
  take({ type: "held", byPerson: true });
  const said: RunnerInput[] = [];
  await news.serve(openDesk(said))[Symbol.asyncDispose]();
  assert.deepEqual(said, [
    { type: "agent_seen", state: "asking", because },
    { type: "agent_held", byPerson: true },
    { type: "asked", ask },
  ]);
});

test("news keep their order; another witness of the same state is news, the same one is none", async () => {
  const { news, take } = open();
  const said: RunnerInput[] = [];
  await using serving = news.serve(openDesk(said));
  take({ type: "state", state: "working", because });
  take({ type: "state", state: "working", because });
  take({ type: "state", state: "working", because: [] });
  take({ type: "ask", ask });
  take({ type: "state", state: "asking", because });
  await serving[Symbol.asyncDispose]();
  assert.deepEqual(
    said.map((one) => (one.type === "agent_seen" ? one.state : one.type)),
    ["working", "working", "asked", "asking"],
  );
});

test("after its end an attempt hears nothing more", async () => {
  const { news, take } = open();
  const said: RunnerInput[] = [];
  await news.serve(openDesk(said))[Symbol.asyncDispose]();
  take({ type: "ask", ask });
  await settle();
  assert.deepEqual(said, []);
});

test("an answer goes to the session; one that it did not take is told, with its reason", async () => {
  const given: unknown[] = [];
  const { news } = open(async (id, answer) => {
    given.push([id, answer]);
    return given.length === 1
      ? { accepted: false, at: 1, why: "the dialog is another one" }
      : { accepted: true, at: 1 };
  });
  const said: RunnerInput[] = [];
  const desk = openDesk(said);
  await using serving = news.serve(desk);
  give(desk, { choice: "Yes" });
  await settle();
  give(desk, { choice: "No" });
  await settle();
  await serving[Symbol.asyncDispose]();
  assert.deepEqual(given, [
    ["a1", { choice: "Yes" }],
    ["a1", { choice: "No" }],
  ]);
  assert.deepEqual(said, [
    { type: "answer_refused", agentAsk: "a1", why: "the dialog is another one" },
  ]);
});

test("an answer to a session that takes none is refused, not lost", async () => {
  const { news } = open();
  const said: RunnerInput[] = [];
  const desk = openDesk(said);
  give(desk, { text: "go" });
  await news.serve(desk)[Symbol.asyncDispose]();
  assert.equal(said[0]?.type, "answer_refused");
});

test("when telling fails, the end of serving says so", async () => {
  const { news, take } = open();
  const data = { kind: "attempt", task: "T-1", attempt: 1 };
  const lease = { queue: "a-1", id: "T-1/1", fence: 1, runner: "here", expiresAt: 0, data };
  const desk = new Desk(
    lease,
    () => Promise.reject(new Error("no control")),
    async () => undefined,
  );
  const serving = news.serve(desk);
  take({ type: "ask", ask });
  await assert.rejects(async () => serving[Symbol.asyncDispose](), /no control/);
});
