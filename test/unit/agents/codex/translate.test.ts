import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Incoming, Peer } from "../../../../src/agents/codex/peer.ts";
import { Translation } from "../../../../src/agents/codex/translate.ts";
import type { Fact } from "../../../../src/agents/protocol/line.ts";

const recorded = join(import.meta.dirname, "../../../fixtures/streams/codex");
/** Just before the recordings. */
const now = Date.UTC(2026, 10, 28, 19, 30);

function linesOf(name: string): readonly unknown[] {
  const text = readFileSync(join(recorded, name, "stream.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function read(lines: readonly unknown[], translation = newTranslation()): readonly Fact[] {
  return incomingOf(lines).flatMap((incoming) => {
    if (incoming.type === "notice") return translation.hear(incoming, now);
    return translation.ask(incoming) ?? [];
  });
}

function incomingOf(lines: readonly unknown[]): readonly Incoming[] {
  const peer = new Peer(() => true);
  return lines.flatMap((line) => peer.take(line) ?? []);
}

function newTranslation(threadId = "T"): Translation {
  return new Translation({ threadId, zone: "UTC" });
}

function only<Type extends Fact["type"]>(facts: readonly Fact[], type: Type) {
  // The type was compared: there is no other way to tell the compiler.
  return facts.filter((fact) => fact.type === type) as Extract<Fact, { type: Type }>[];
}

function factsOf(name: string): readonly Fact[] {
  return read(linesOf(name));
}

describe("what an app-server tells of its thread", () => {
  it("ends each turn once, as it ended", () => {
    for (const [name, ...ends] of [
      ["two-turns", "completed", "completed"],
      ["edit-asked", "completed"],
      ["command-declined", "completed"],
      ["question", "completed"],
      ["cut-once", "completed"],
      ["overflow", "completed", "failed", "completed"],
      ["usage-limit", "failed"],
      ["quota", "failed"],
      ["rate", "failed"],
      ["overload", "failed"],
      ["model-unknown", "failed"],
      ["unauthorized", "failed"],
    ] as const) {
      const facts = factsOf(name);
      const told = only(facts, "over").map((fact) => fact.end.result);
      assert.deepEqual(told, ends, name);
      assert.equal(only(facts, "began").length, ends.length, name);
    }
  });

  it("is told with what was done and said last", () => {
    const facts = factsOf("two-turns");
    const says = only(facts, "activity").map((fact) => fact.says);
    assert(says.includes("Planning the work"));
    assert(says.includes("Runs echo hello > a.txt && ls -l a.txt"), says.join("\n"));
    assert.deepEqual(
      only(facts, "over").map((fact) => fact.says),
      ["All done: the work is finished.", "second"],
    );
    const log = only(facts, "output")
      .map((fact) => fact.text)
      .join("");
    assert.match(log, /\$ echo hello .*\n-rw.*a\.txt\n\(exit code 0\)\n/);
    assert.match(log, /All done: the work is finished\.\n.*second\n/s);
  });

  it("is heard to think before its thoughts are whole", () => {
    const lines = linesOf("two-turns");
    const thought = lines.findIndex((line) => JSON.stringify(line).includes("summaryTextDelta"));
    const translation = newTranslation();
    read(lines.slice(0, thought), translation);
    const [notice] = incomingOf(lines.slice(thought, thought + 1));
    assert(notice?.type === "notice");
    const hear = (afterMs: number) => translation.hear({ ...notice, at: null }, now + afterMs);
    assert.deepEqual(hear(0), [], "what it does is told before what it thinks");
    assert.deepEqual(hear(1_999), []);
    const [told, ...more] = hear(2_000);
    assert.deepEqual([told?.type, more], ["activity", []]);
    assert.match(told?.type === "activity" ? told.says : "", /I think about it\.$/);
    assert.deepEqual(hear(2_500), []);
    assert.equal(hear(4_000).length, 1);
  });

  it("counts of a turn what it has used itself, though codex counts the whole thread", () => {
    const by = "codex's token count";
    const facts = factsOf("two-turns");
    const second = facts.slice(facts.findIndex((fact) => fact.type === "over"));
    assert.deepEqual(only(facts, "usage")[1]?.usage, {
      inputTokens: 2500,
      cachedTokens: 2000,
      outputTokens: 68,
      context: { used: 1300, size: 258_400, by },
    });
    assert.deepEqual(only(second, "usage").at(-1)?.usage, {
      inputTokens: 1200,
      cachedTokens: 1000,
      outputTokens: 34,
      context: { used: 1200, size: 258_400, by },
    });
  });

  it("tells how much of the plan is used, of the fullest of its windows", () => {
    const quotas = only(factsOf("usage-limit"), "usage").flatMap(({ usage }) => usage.quota ?? []);
    assert.deepEqual(
      quotas.map(({ percent, by }) => [percent, by]),
      [[100, "codex's 5 h limit"]],
    );
    assert((quotas[0]?.resetsAt ?? 0) > 1_795_000_000_000);
  });

  it("announces that it makes its conversation shorter", () => {
    assert(only(factsOf("overflow"), "compacting").length > 0);
    assert.equal(only(factsOf("two-turns"), "compacting").length, 0);
  });

  it("takes what an overflow makes of the count for no spending", () => {
    const usage = only(factsOf("overflow"), "usage").map((fact) => fact.usage);
    assert(usage.every(({ inputTokens = 0 }) => inputTokens <= 2400));
    // The third turn: a compaction and an answer.
    assert.equal(usage.at(-1)?.inputTokens, 2400);
    assert(usage.some(({ context }) => (context?.used ?? 0) > 250_000));
  });

  it("asks for a command and for an edit, with all that must be known to answer", () => {
    assert.deepEqual(only(factsOf("command-declined"), "asks")[0]?.wants, {
      action: { kind: "command", command: "echo x > a.txt" },
      allow: "accept",
      refuse: "decline",
    });
    const [edit] = only(factsOf("edit-asked"), "asks");
    assert.deepEqual(edit?.ask, {
      id: edit?.ask.id,
      kind: "permission",
      says: "May it edit /w/sub/p.txt?",
      choices: ["accept", "acceptForSession", "decline", "cancel"],
      takesText: false,
    });
    const action = { kind: "edit", paths: ["/w/sub/p.txt"] };
    assert.deepEqual(edit?.wants, { action, allow: "accept", refuse: "decline" });
  });

  it("says of an ask that another has answered, and nothing of one that we have", () => {
    const lines = linesOf("edit-asked");
    const translation = newTranslation();
    const at = incomingOf(lines).findIndex((incoming) => incoming.type === "request");
    const [asks] = only(read(lines.slice(0, at + 1), translation), "asks");
    const askId = asks?.ask.id ?? "";
    const elsewhere = only(factsOf("edit-asked"), "ask_gone");
    assert.deepEqual(
      elsewhere.map((fact) => fact.askId),
      [askId],
    );
    const answering = translation.answer(askId, { choice: "accept" });
    assert.deepEqual(answering, { id: 0, result: { decision: "accept" } });
    assert.equal(translation.isOpen(0), true);
    assert.deepEqual(only(read(lines.slice(at + 1), translation), "ask_gone"), []);
    assert.equal(translation.isOpen(0), false);
    assert.equal(translation.answer(askId, { choice: "accept" }), null);
  });

  it("asks a question with its choices, and takes words", () => {
    const lines = linesOf("question");
    const translation = newTranslation();
    const at = incomingOf(lines).findIndex((incoming) => incoming.type === "request");
    const [asks] = only(read(lines.slice(0, at + 1), translation), "asks");
    assert.equal(asks?.wants, null);
    assert.equal(asks?.ask.says, "Which colour should it be?");
    assert.deepEqual(asks?.ask.choices, ["Red (Recommended)", "Blue"]);
    const { id, result } = translation.answer(asks?.ask.id ?? "", { text: "Green" }) ?? {};
    assert.deepEqual([id, result], [2, { answers: { q1: { answers: ["Green"] } } }]);
  });

  it("tells a limit before the end of its turn, with when it is over", () => {
    const facts = factsOf("usage-limit");
    const types = facts.map((fact) => fact.type);
    assert(types.indexOf("limit") >= 0 && types.indexOf("limit") < types.indexOf("over"));
    const until = only(facts, "limit")[0]?.limit.until ?? 0;
    assert(until > now && until < now + 2 * 3_600_000);
  });

  it("names the kind of a limit, and none where a turn failed otherwise", () => {
    for (const [name, kind] of [
      ["usage-limit", "usage"],
      ["quota", "billing"],
      ["rate", "rate"],
      ["overload", "overload"],
      ["model-unknown", undefined],
      ["unauthorized", undefined],
    ] as const) {
      assert.equal(only(factsOf(name), "limit")[0]?.limit.kind, kind, name);
    }
  });

  it("says the next step where each turn would fail in the same way", () => {
    for (const [name, next] of [
      ["unauthorized", /codex login/],
      ["model-unknown", /-m, MODEL/],
    ] as const) {
      const end = only(factsOf(name), "over")[0]?.end;
      assert(end?.result === "failed");
      assert.match(end.why, next);
      assert.equal(end.isBroken, true);
    }
  });

  it("tells a request that is repeated, and then that it works again", () => {
    const types = factsOf("cut-once").map((fact) => fact.type);
    assert(types.indexOf("retrying") > 0);
    assert(types.lastIndexOf("activity") > types.indexOf("retrying"));
    const [retrying] = only(factsOf("cut-once"), "retrying");
    assert.match(retrying?.says ?? "", /^Reconnecting\.\.\. 1\/5: stream disconnected/);
  });

  it("has nothing of other threads", () => {
    for (const name of ["two-turns", "usage-limit", "overflow"]) {
      assert.deepEqual(read(linesOf(name), newTranslation("another")), [], name);
    }
  });

  it("bears anything", () => {
    const methods = [...new Set(incomingOf(linesOf("edit-asked")).map((one) => one.method))];
    fc.assert(
      fc.property(fc.constantFrom(...methods), fc.jsonValue(), (method, params) => {
        const translation = newTranslation();
        translation.hear({ type: "notice", method, params, at: null }, now);
        translation.ask({ type: "request", id: 1, method, params });
      }),
    );
  });
});
