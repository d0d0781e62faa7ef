/** A session of a script, as turns: what they used, and the limits that they met. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentEventBody, Prompt, Session } from "../../../src/agents/driver.ts";
import { EventStream } from "../../../src/agents/event-stream.ts";
import type { Limit, Usage } from "../../../src/domain/agent.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { defaultPolicy } from "../../../src/domain/policy.ts";
import { watchTimes } from "../../../src/domain/watch.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";
import {
  Conversation,
  type ConversationParts,
  type Turn,
} from "../../../src/runner/conversation.ts";
import { Desk } from "../../../src/runner/desk.ts";
import { FillWatch } from "../../../src/runner/fill-watch.ts";
import { ToolWatch } from "../../../src/runner/tool-watch.ts";
import { TurnWatch } from "../../../src/runner/turn-watch.ts";
import { ManualClock, settle } from "../control/manual-clock.ts";

const limit: Limit = { kind: "usage", until: 5, says: "You've hit your usage limit" };

class Stage {
  readonly clock = new ManualClock();
  readonly said: RunnerInput[] = [];
  readonly conversation: Conversation;
  /** What each turn tells between its receipt and its end. */
  readonly turns: (readonly AgentEventBody[])[] = [];
  #count = 0;
  #serving: AsyncDisposable | null = null;

  readonly #stream: EventStream;

  constructor(parts: ConversationParts = {}) {
    const { clock, turns } = this;
    const stream = new EventStream(clock);
    this.#stream = stream;
    const session: Session = {
      events: stream.events,
      async send({ id }: Prompt) {
        for (const body of turns.shift() ?? []) {
          stream.tell(body.type === "turn_ended" ? { ...body, promptId: id } : body);
        }
        return { accepted: true, at: clock.now() };
      },
      interrupt: async () => undefined,
      [Symbol.asyncDispose]: async () => stream.end("it is over"),
    };
    this.conversation = new Conversation(session, clock, parts);
  }

  /** Resolves when it has been read. */
  async tell(event: AgentEventBody): Promise<void> {
    this.#stream.tell(event);
    await settle();
  }

  serve(used: Usage | null = null): void {
    this.#serving = this.conversation.serve(deskOf(this.said), used);
  }

  /** Until all has been told. */
  async endServing(): Promise<void> {
    await this.#serving?.[Symbol.asyncDispose]();
  }

  take(...events: readonly AgentEventBody[]): Promise<Turn> {
    this.turns.push(events);
    this.#count += 1;
    const id = `p${this.#count}`;
    const prompt = { id, kind: "task", text: "do", file: "/dev/null", env: {} } as const;
    const watch = new TurnWatch({
      clock: this.clock,
      nudges: 0,
      times: watchTimes(defaultPolicy),
      desk: deskOf(this.said),
      workspace: { glance: async () => "" },
      tools: new ToolWatch(() => []),
      fill: new FillWatch(this.clock, sampleOrder(), false),
    });
    const how = { watch, signal: new AbortController().signal };
    return this.conversation.takeTurn(prompt, { ...how, onAccepted: async () => undefined });
  }
}

function deskOf(said: RunnerInput[]): Desk {
  const data = { kind: "attempt", task: "T-1", attempt: 1 };
  const lease = { queue: "a-1", id: "T-1/1", fence: 1, runner: "here", expiresAt: 0, data };
  const say = async (input: RunnerInput) => {
    said.push(input);
    return "accepted" as const;
  };
  return new Desk(lease, say, async () => undefined);
}

const completed: AgentEventBody = {
  type: "turn_ended",
  promptId: "",
  end: { result: "completed" },
  says: "done",
};
const failed: AgentEventBody = { ...completed, end: { result: "failed", why: "it cannot go on" } };

function used(usage: Usage): AgentEventBody {
  return { type: "usage", usage };
}

test("what the turns of an attempt used is added up, and the next attempt begins at nothing", async () => {
  const stage = new Stage();
  await using conversation = stage.conversation;
  stage.serve();
  await stage.take(
    used({ inputTokens: 10, context: { used: 100, size: 1_000 } }),
    used({ inputTokens: 30, outputTokens: 5 }),
    completed,
  );
  await stage.take(used({ inputTokens: 7, costUsd: 0.5 }), completed);
  assert.deepEqual(conversation.usage, {
    inputTokens: 37,
    outputTokens: 5,
    costUsd: 0.5,
    context: { used: 100, size: 1_000 },
  });
  await stage.endServing();
  const told = stage.said.flatMap((one) => (one.type === "agent_used" ? [one.usage] : []));
  assert.deepEqual(
    told.map((usage) => usage.inputTokens),
    [10, 30, 37],
    "the first word of it, and the end of each turn",
  );
  stage.serve();
  assert.equal(conversation.usage, null);
  await stage.take(used({ outputTokens: 1 }), completed);
  assert.deepEqual(conversation.usage, { outputTokens: 1 });
  await stage.endServing();
});

test("an attempt that is taken up again goes on from what it had used", async () => {
  const stage = new Stage();
  await using conversation = stage.conversation;
  stage.serve({ inputTokens: 100 });
  await stage.take(used({ inputTokens: 1 }), completed);
  assert.deepEqual(conversation.usage, { inputTokens: 101 });
  await stage.endServing();
});

test("within a turn its use is told at most every 30 s", async () => {
  const stage = new Stage();
  await using _conversation = stage.conversation;
  stage.serve();
  await stage.take(...Array.from({ length: 50 }, (_, n) => used({ inputTokens: n })), completed);
  await stage.endServing();
  assert.equal(stage.said.length, 2);
});

test("a limit belongs to the turn that it ended, and to no later one", async () => {
  const stage = new Stage();
  await using _conversation = stage.conversation;
  stage.serve();
  const met = await stage.take({ type: "limit", limit }, failed);
  assert.deepEqual([met.kind, met.limit], ["ended", limit]);
  const next = await stage.take(failed);
  assert.deepEqual([next.kind, next.limit], ["ended", null]);
  // A turn that came to its end all the same was not stopped by it.
  const well = await stage.take({ type: "limit", limit }, completed);
  assert.equal(well.limit, null);
  await stage.endServing();
});

test("a limit of a session that goes away with it is told", async () => {
  const stage = new Stage();
  await using conversation = stage.conversation;
  stage.serve();
  const taking = stage.take({ type: "limit", limit });
  await conversation[Symbol.asyncDispose]();
  const turn = await taking;
  assert.deepEqual([turn.kind, turn.limit], ["session_over", limit]);
  await stage.endServing();
});

test("a conversation is forgotten while its agent's program is gone, unless it outlives that", async () => {
  const because = [{ at: 0, source: "process", says: "it was ended by SIGKILL" }] as const;
  for (const outlives of [false, true]) {
    const stage = new Stage({ outlives });
    await using conversation = stage.conversation;
    await stage.tell({ type: "state", state: "idle", because: [] });
    assert.equal(conversation.forgotten, null);
    await stage.tell({ type: "state", state: "offline", because });
    const why = "its session has ended between two turns: it was ended by SIGKILL";
    assert.equal(conversation.forgotten, outlives ? null : why);
    await stage.tell({ type: "state", state: "idle", because: [] });
    assert.equal(conversation.forgotten, null, "the next prompt has started another one");
    await conversation[Symbol.asyncDispose]();
    assert.match(
      conversation.forgotten ?? "",
      /it is over$/,
      "nothing outlives the session itself",
    );
  }
});
