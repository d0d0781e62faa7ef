import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../../../src/agents/opencode/conversation.ts";
import type { ServerEvent } from "../../../../src/agents/opencode/server-event.ts";
import type { Fact } from "../../../../src/agents/protocol/line.ts";
import { contextAt, cwd, readRecorded, tell, turning, waiting } from "./recorded.ts";

const finished = "All done: the work is finished.";

async function told(name: string) {
  const events = await readRecorded(name);
  return { events, ...tell(events) };
}

function over(end: Extract<Fact, { type: "over" }>["end"], says = ""): Fact {
  return { type: "over", end, says };
}

function usages(facts: readonly Fact[]) {
  return facts.flatMap((fact) => (fact.type === "usage" ? fact.usage : []));
}

describe("a turn of opencode", () => {
  it("is found also where sessions of subagents are told to stand in a circle", () => {
    const child = (session: string, parent: string): ServerEvent => {
      return { type: "child", session, parent };
    };
    const events = [child("a", "b"), child("b", "a"), child("c", "c")];
    const { conversation } = tell([...events, busy("a")]);
    assert.deepEqual([...conversation.parents], [["a", "b"]]);
  });

  it("is received, works and is over, once", async () => {
    const { facts, signs, conversation } = await told("command");
    assert.deepEqual(signs, ["received"]);
    assert.deepEqual(turning(facts), [over({ result: "completed" }, finished)]);
    assert.equal(conversation.turn, null);
    const activity = facts.flatMap((fact) => (fact.type === "activity" ? fact.says : []));
    assert.equal(activity[0], "bash: echo hello > a.txt && ls -l a.txt");
    assert.equal(activity.at(-1), finished);
  });

  it("spends the tokens of all its steps; the last one tells what its conversation holds", async () => {
    const { facts } = await told("command");
    const by = "opencode's steps";
    const first = { inputTokens: 1200, cachedTokens: 1000, outputTokens: 34 };
    const both = { inputTokens: 2500, cachedTokens: 2000, outputTokens: 68 };
    assert.deepEqual(usages(facts), [
      { ...first, context: { used: 1200, size: 272_000, by } },
      { ...both, context: { used: 1300, size: 272_000, by } },
    ]);
  });

  it("is in the log once, whole, with what its commands have printed", async () => {
    const { facts, events } = await told("command");
    const log = (all: readonly Fact[]) =>
      all.flatMap((fact) => (fact.type === "output" ? fact.text : [])).join("");
    const text =
      "> bash: echo hello > a.txt && ls -l a.txt\n-rw-r--r-- 1 me me 6 Nov 28 19:25 a.txt\n" +
      `${finished}\n`;
    assert.equal(log(facts), text);
    // A part that is told again, as after a break of the stream, is neither logged nor counted.
    const again = events.slice(0, -2).flatMap((event) => [event, event]);
    const twice = tell(again);
    assert.equal(log(twice.facts), text);
    assert.equal(usages(twice.facts).at(-1)?.inputTokens, 2500);
  });

  it("asks for permissions one after the other, and hears who has answered", async () => {
    const { facts } = await told("permissions");
    const choices = ["Allow once", "Allow always", "Reject"];
    const [edit, gone, run] = turning(facts);
    assert(edit?.type === "asks" && run?.type === "asks" && gone?.type === "ask_gone");
    const ask = { id: edit.ask.id, kind: "permission", choices, takesText: true };
    assert.deepEqual(edit.ask, { ...ask, says: "May it edit b.txt?" });
    const action = { kind: "edit", paths: [`${cwd}/b.txt`] };
    assert.deepEqual(edit.wants, { action, allow: "Allow once", refuse: "Reject" });
    assert.deepEqual(gone, { type: "ask_gone", askId: edit.ask.id, says: "answered: once" });
    assert.equal(run.ask.says, "May it run `echo hi > c.txt`?");
    assert.deepEqual(run.wants?.action, { kind: "command", command: "echo hi > c.txt" });
  });

  it("goes on when a command was refused with words, or has failed", async () => {
    const { facts } = await told("rejected");
    assert.deepEqual(turning(facts).at(-1), over({ result: "completed" }, finished));
  });

  it("is over when the model has reached the limit of its output", async () => {
    const { facts } = await told("length");
    const completed = over({ result: "completed" }, "Fake answer: understood.");
    assert.deepEqual(turning(facts), [completed]);
  });

  it("asks a question, which only a person can answer", async () => {
    const { facts } = await told("question");
    const [asks, gone] = turning(facts);
    assert(asks?.type === "asks" && gone?.type === "ask_gone");
    const { id, ...ask } = asks.ask;
    const says = "Which colour should it be?";
    const choices = ["Red", "Blue"];
    assert.deepEqual(ask, { kind: "question", says, choices, takesText: true });
    assert.equal(asks.wants, null);
    assert.deepEqual(gone, { type: "ask_gone", askId: id, says: "answered: Blue" });
  });

  it("counts what its subagents do and spend as its own, and ends with itself alone", async () => {
    const { facts } = await told("subagent");
    const ends = turning(facts).filter(({ type }) => type === "over");
    assert.deepEqual(ends, [over({ result: "completed" }, finished)]);
    assert(facts.some((fact) => fact.type === "activity" && fact.says.includes("echo sub")));
    const [last] = usages(facts).slice(-1);
    assert.equal(last?.inputTokens, 5000);
    assert.equal(last.context?.used, 1300);
  });
});

describe("a turn of opencode that does not end well", () => {
  it("is over when its last message is closed, not when it is idle for the first time", async () => {
    const { events, facts, signs } = await told("refused-400");
    const why = "Invalid request (fake).";
    assert.deepEqual(turning(facts), [over({ result: "failed", why })]);
    assert.deepEqual(signs, ["received", "settling"]);
    const isIdle = (event: ServerEvent) => event.type === "status" && event.status.type === "idle";
    const { facts: early, conversation } = tell(events.slice(0, events.findIndex(isIdle) + 1));
    assert.deepEqual(turning(early), []);
    // Where the second time never comes, what is known by then has to do.
    const settled = settle(conversation, contextAt(0));
    assert.deepEqual(settled.facts, [over({ result: "failed", why })]);
    assert.equal(settled.conversation.turn, null);
    assert.deepEqual(settle(settled.conversation, contextAt(0)).facts, []);
  });

  it("was interrupted, also while it waited to ask the model again", async () => {
    for (const name of ["aborted", "aborted-retry"]) {
      const { facts } = await told(name);
      const ends = turning(facts).filter(({ type }) => type === "over");
      assert.deepEqual(
        ends.map((fact) => fact.type === "over" && fact.end),
        [{ result: "interrupted" }],
        name,
      );
    }
  });

  it("tells that a request is repeated, and then goes on", async () => {
    const { facts } = await told("repeated-once");
    const says = "The server had an error while processing your request. (try 2 follows)";
    const completed = over({ result: "completed" }, "Fake answer: understood.");
    assert.deepEqual(turning(facts), [{ type: "retrying", says }, completed]);
  });

  it("has a usage limit, and is stopped: opencode would repeat the request for ever", async () => {
    for (const [name, kind, says] of [
      ["usage-limit", "usage", "The usage limit has been reached"],
      [
        "billing",
        "billing",
        "You exceeded your current quota, please check your plan and billing details.",
      ],
    ] as const) {
      const events = await readRecorded(name);
      // The wait that opencode has chosen by itself tells no reset.
      const { facts, signs } = tell(events);
      assert.deepEqual(signs, ["received", "stop"]);
      assert.deepEqual(turning(facts), [
        { type: "limit", limit: { kind, until: null, says } },
        over({ result: "failed", why: says }),
      ]);
    }
  });

  it("has a limit where the provider names a time that is far away", async () => {
    const events = await readRecorded("rate-limit-with-reset");
    const until = nextOf(events);
    const { facts, signs } = tell(events, { now: until - 600_000 });
    const [limit] = turning(facts);
    assert(limit?.type === "limit");
    assert.deepEqual([limit.limit.kind, limit.limit.until], ["rate", until]);
    assert.deepEqual(signs, ["received", "stop"]);
  });

  it("fails for good where there is no such model", async () => {
    const { facts, signs } = await told("no-such-model");
    const why = "Model not found: fake/nope.";
    assert.deepEqual(turning(facts), [over({ result: "failed", why, isBroken: true })]);
    // What comes after the end is of no turn.
    assert.deepEqual(signs, ["received", "refused"]);
  });

  it("never begins where there is no such agent", async () => {
    const { facts, signs } = await told("no-such-agent");
    assert.deepEqual(facts, []);
    assert.deepEqual(signs, ["refused", "refused"]);
  });

  it("gives up a model that nobody can reach, after half a minute", () => {
    const session = "ses_1";
    const retry = (attempt: number): ServerEvent => ({
      type: "status",
      session,
      status: {
        type: "retry",
        attempt,
        message: "Cannot connect to API: Unable to connect.",
        next: 2_000 * 2 ** attempt,
        isPlanUsedUp: false,
      },
    });
    const events = [...prompted(session), retry(1), retry(4), retry(5), idle(session)];
    const { facts, signs } = tell(events);
    assert.deepEqual(signs, ["received", "stop"]);
    assert.deepEqual(
      turning(facts).map(({ type }) => type),
      ["retrying", "retrying", "over"],
    );
    const why = "Cannot connect to API: Unable to connect.";
    assert.deepEqual(facts.at(-1), over({ result: "failed", why, isBroken: true }));
  });
});

describe("a conversation of opencode that grows too long", () => {
  it("is compacted within its turn: the words that opencode puts in are no person's", async () => {
    for (const name of ["overflow", "compacted"]) {
      const { facts, signs } = await told(name);
      assert.deepEqual(signs, ["received"], name);
      const completed = over({ result: "completed" }, "Fake answer: understood.");
      const compacting = { type: "compacting", says: "it compacts the conversation" };
      assert.deepEqual(turning(facts), [compacting, completed], name);
      assert(facts.some((fact) => fact.type === "activity" && fact.says.includes("compacts")));
    }
  });

  it("is measured by its own steps, not by that which sums it up", async () => {
    const { facts } = await told("compacted");
    const used = usages(facts).map(({ context }) => context?.used);
    assert.deepEqual(used, [271_000, 271_000, 1_200]);
  });
});

describe("a person at the screen of opencode", () => {
  const session = "ses_1";

  it("begins a turn of their own, which is over like any other", () => {
    const events = [...prompted(session, null), busy(session), idle(session)];
    const { facts } = tell(events);
    assert.deepEqual(turning(facts), [{ type: "began" }, over({ result: "completed" })]);
  });

  it("is seen in other sessions as well", () => {
    const { facts } = tell([busy("ses_2"), idle("ses_2")], { from: waiting(prompted(session)) });
    assert.deepEqual(turning(facts), [{ type: "began" }, over({ result: "completed" })]);
  });

  it("writes into our turn: it stays ours, and ends when both are done", () => {
    const events = [...prompted(session), busy(session), ...prompted(session, null, "msg_2")];
    const { facts } = tell([...events, idle(session)]);
    assert.deepEqual(turning(facts), [over({ result: "completed" })]);
    assert(facts.some((fact) => fact.type === "activity" && fact.says.includes("a person")));
  });

  it("is at work when our prompt comes: the turn is ours from then on", () => {
    const own = prompted(session, null);
    const ours = prompted(session, "p-1", "msg_2");
    const { facts, signs } = tell([...own, busy(session), ...ours, idle(session)], {
      from: waiting(ours),
    });
    assert.deepEqual(signs, ["received"]);
    assert.deepEqual(
      turning(facts).map(({ type }) => type),
      ["began", "over"],
    );
  });
});

function nextOf(events: readonly ServerEvent[]): number {
  for (const event of events) {
    if (event.type === "status" && event.status.type === "retry") return event.status.next;
  }
  throw new Error("it has no retry");
}

function prompted(
  session: string,
  prompt: string | null = "p-1",
  message = "msg_1",
): readonly ServerEvent[] {
  const text = { type: "text", text: "Do it", isDone: false, isSynthetic: false, prompt } as const;
  return [
    { type: "message", session, message: { role: "user", id: message } },
    { type: "part", session, part: { id: `prt_${message}`, message, ...text } },
  ];
}

function busy(session: string): ServerEvent {
  return { type: "status", session, status: { type: "busy" } };
}

function idle(session: string): ServerEvent {
  return { type: "status", session, status: { type: "idle" } };
}
