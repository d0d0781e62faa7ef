import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../../../src/domain/policy.ts";
import {
  freshMs,
  lastWordMs,
  mostNudges,
  nextStep,
  personMs,
  type WatchStep,
  watchTimes,
} from "../../../src/domain/watch.ts";
import {
  beginWatch,
  takeNews,
  type WatchedTurn,
  type WatchNews,
} from "../../../src/domain/watched-turn.ts";

const second = 1_000;
const minute = 60 * second;
const times = watchTimes(defaultPolicy);
const start = 1_000_000_000;

/** Instants are told as lengths from the begin of the turn. */
type Told = WatchNews extends infer News ? (News extends WatchNews ? News : never) : never;

const said = (at: number, says = "Reads a file"): Told => ({
  type: "said",
  at: start + at,
  source: "protocol",
  says,
});
const printed = (at: number, says: string): Told => ({
  type: "said",
  at: start + at,
  source: "screen",
  says,
});
const state = (at: number, is: Extract<WatchNews, { type: "state" }>["state"]): Told => ({
  type: "state",
  at: start + at,
  state: is,
});
const looked = (at: number, parts: Partial<Extract<WatchNews, { type: "looked" }>> = {}): Told => ({
  type: "looked",
  at: start + at,
  life: null,
  typedAt: null,
  hasDialog: false,
  ...parts,
});
const nudged = (at: number): Told => ({ type: "nudged", at: start + at });
const lastPrompt = (at: number): Told => ({ type: "last_prompt", at: start + at });

function after(...news: readonly WatchNews[]): WatchedTurn {
  return news.reduce(takeNews, beginWatch(start, 0));
}

/** `wait 30000`, `quiet until 60000`, `look`, `nudge`, `last_prompt`, `end stalled`. */
function stepAt(now: number, ...news: readonly WatchNews[]): string {
  const step = nextStep(after(...news), times, start + now);
  if (step.do === "wait") return `${step.isQuiet ? "quiet" : "wait"} until ${step.until - start}`;
  return step.do === "end" ? `end ${step.outcome}` : step.do;
}

describe("the ladder", () => {
  const rows: readonly (readonly [string, number, readonly Told[], string])[] = [
    ["nothing is due before it has been quiet", 0, [], `wait until ${30 * second}`],
    ["progress puts it off", 29 * second, [said(20 * second)], `wait until ${50 * second}`],
    ["quiet, it is looked at", 30 * second, [], "look"],
    [
      "a look without life: it is quiet, and looked at again as long after",
      30 * second,
      [looked(30 * second)],
      `quiet until ${minute}`,
    ],
    [
      "a look that finds life is progress",
      31 * second,
      [looked(30 * second, { life: "a tool is at work" })],
      `wait until ${minute}`,
    ],
    ["nothing is said without a look after it was due", 10 * minute, [looked(9 * minute)], "look"],
    ["after that look it is reminded", 10 * minute, [looked(10 * minute)], "nudge"],
    [
      "and not again within the same time",
      15 * minute,
      [nudged(10 * minute), looked(15 * minute)],
      `quiet until ${15 * minute + 30 * second}`,
    ],
    [
      "`giveUp` counts from the last progress, not from the reminder",
      20 * minute,
      [nudged(10 * minute), looked(20 * minute)],
      "last_prompt",
    ],
    [
      "progress after a reminder begins the ladder anew",
      20 * minute,
      [nudged(10 * minute), said(11 * minute), looked(20 * minute)],
      `quiet until ${20 * minute + 30 * second}`,
    ],
    [
      "the last prompt has as long as a reminder has",
      29 * minute,
      [lastPrompt(20 * minute), looked(29 * minute)],
      `quiet until ${29 * minute + 30 * second}`,
    ],
    ["then it ends", 30 * minute, [lastPrompt(20 * minute), looked(30 * minute)], "end stalled"],
    [
      "one that goes on after it is let go on",
      30 * minute,
      [lastPrompt(20 * minute), said(29 * minute), looked(30 * minute)],
      `quiet until ${30 * minute + 30 * second}`,
    ],
    [
      "and there is no second one",
      50 * minute,
      [lastPrompt(20 * minute), said(21 * minute), looked(50 * minute)],
      "end stalled",
    ],
    [
      "`turn` is the same, however much it does",
      120 * minute,
      [said(119 * minute), looked(120 * minute)],
      "last_prompt",
    ],
    [
      "then it is out of time",
      130 * minute,
      [lastPrompt(120 * minute), said(129 * minute), looked(130 * minute)],
      "end timed_out",
    ],
    [
      "a last prompt that it has had already is not given again at `turn`",
      120 * minute,
      [lastPrompt(20 * minute), said(119 * minute), looked(120 * minute)],
      "end timed_out",
    ],
    [
      "one that repeats its request is not reminded",
      10 * minute,
      [state(minute, "retrying"), looked(10 * minute)],
      `wait until ${10 * minute + 30 * second}`,
    ],
    [
      "`retrying` has its own time",
      16 * minute,
      [state(minute, "retrying"), looked(16 * minute)],
      "last_prompt",
    ],
    [
      "which a state between does not begin anew",
      16 * minute,
      [
        state(minute, "retrying"),
        state(9 * minute, "working"),
        state(10 * minute, "retrying"),
      ].concat(looked(16 * minute)),
      "last_prompt",
    ],
    [
      "but progress does",
      16 * minute,
      [state(minute, "retrying"), said(9 * minute), looked(16 * minute)],
      `quiet until ${16 * minute + 30 * second}`,
    ],
    [
      "who has just come back from repeating is not interrupted for it",
      14 * minute,
      [state(minute, "retrying"), state(13 * minute, "working"), looked(14 * minute)],
      `quiet until ${14 * minute + 30 * second}`,
    ],
    [
      "one that asks is left alone",
      60 * minute,
      [state(minute, "asking")],
      `wait until ${120 * minute}`,
    ],
    [
      "the time in which it asked is no silence",
      65 * minute,
      [state(minute, "asking"), state(60 * minute, "working"), looked(65 * minute)],
      `quiet until ${65 * minute + 30 * second}`,
    ],
    [
      "at `turn` nothing is said to one that asks",
      120 * minute,
      [state(minute, "asking"), looked(120 * minute)],
      "end timed_out",
    ],
    [
      "a dialog is not written into",
      10 * minute,
      [looked(10 * minute, { hasDialog: true })],
      `quiet until ${10 * minute + 30 * second}`,
    ],
    [
      "not by a last prompt either",
      20 * minute,
      [looked(20 * minute, { hasDialog: true })],
      "end stalled",
    ],
    [
      "where its state is not certain nothing is said to it",
      10 * minute,
      [state(0, "unknown"), looked(10 * minute)],
      `quiet until ${10 * minute + 30 * second}`,
    ],
    ["and it ends", 20 * minute, [state(0, "unknown"), looked(20 * minute)], "end stalled"],
    [
      "a limited one is not reminded",
      10 * minute,
      [state(0, "limited"), looked(10 * minute)],
      `quiet until ${10 * minute + 30 * second}`,
    ],
    [
      "while a person types nothing is done",
      10 * minute,
      [looked(10 * minute, { typedAt: start + 10 * minute - 5 * second })],
      `quiet until ${10 * minute + 30 * second}`,
    ],
    [
      "a while after it is",
      11 * minute,
      [looked(11 * minute, { typedAt: start + 10 * minute - 5 * second })],
      "nudge",
    ],
  ];
  for (const [title, now, news, expected] of rows) {
    test(title, () => assert.equal(stepAt(now, ...news), expected));
  }

  test("reminders of one attempt are bounded", () => {
    const all: Told[] = [];
    for (let n = 0; n < mostNudges; n += 1) {
      const at = 10 * minute * (n + 1);
      assert.equal(stepAt(at, ...all, looked(at)), "nudge");
      all.push(looked(at), nudged(at), said(at));
    }
    const at = 10 * minute * (mostNudges + 1);
    assert.match(stepAt(at, ...all, looked(at)), /^quiet until/);
  });

  test("those before a restart of temoin count", () => {
    const turn = takeNews(beginWatch(start, mostNudges), looked(10 * minute));
    assert.equal(nextStep(turn, times, start + 10 * minute).do, "wait");
  });
});

describe("life", () => {
  test("a build of 20 minutes is work: the tool is seen at each look", () => {
    let turn = beginWatch(start, 0);
    for (let at = 0; at < 20 * minute; at += second) {
      const step = nextStep(turn, times, start + at);
      assert(step.do === "wait" || step.do === "look", step.do);
      if (step.do === "look") turn = takeNews(turn, looked(at, { life: "a tool is at work" }));
    }
  });

  test("a spinner is none: the same words with another frame and another number", () => {
    const frames = ["⠋ Thinking… 12s", "⠙ Thinking… 13s", "⠹ Pondering… 14s", "⠸ Thinking… 15s"];
    const spinner = Array.from({ length: 1_199 }, (_, n) =>
      printed((n + 1) * second, frames[n % frames.length] ?? ""),
    );
    const turn = after(...spinner);
    assert.equal(turn.progressAt, start + 3 * second, "each word counts once");
    assert.equal(stepAt(21 * minute, ...spinner, looked(21 * minute)), "last_prompt");
  });

  test("the same words of its own protocol are progress each time", () => {
    const turn = after(said(minute), said(9 * minute));
    assert.equal(turn.progressAt, start + 9 * minute);
  });
});

/** What happens to an agent, and in what order: an adversary without end, but for its typing. */
const happening = fc.record({
  afterMs: fc.integer({ min: 0, max: 12 * minute }),
  news: fc.oneof(
    fc.constant({ type: "said", source: "protocol" } as const),
    fc.record({ type: fc.constant("said" as const), source: fc.constant("screen" as const) }),
    fc.record({
      type: fc.constant("state" as const),
      state: fc.constantFrom("working", "retrying", "asking", "limited", "unknown", "idle"),
    }),
  ),
});
const sight = fc.record({
  hasLife: fc.boolean(),
  hasDialog: fc.boolean(),
  typedAgoMs: fc.option(fc.integer({ min: 0, max: 2 * minute })),
});

test("whatever an agent does: no word too early or to the wrong one, the caps hold, all ends", () => {
  fc.assert(
    fc.property(
      fc.array(happening, { maxLength: 200 }),
      fc.array(sight, { minLength: 1, maxLength: 50 }),
      (happenings, sights) => {
        let turn = beginWatch(start, 0);
        let now = start;
        let looks = 0;
        let typedAt = Number.NEGATIVE_INFINITY;
        let nudges = 0;
        let lastPrompts = 0;
        const coming = happenings.values();
        let next = coming.next().value;
        let nextAt = now + (next?.afterMs ?? Number.POSITIVE_INFINITY);
        for (let steps = 0; ; steps += 1) {
          assert(steps < 20_000, "it does not come to its end");
          const step: WatchStep = nextStep(turn, times, now);
          if (step.do === "wait") {
            assert(step.until > now, "a wait for what has passed");
            if (next !== undefined && nextAt <= step.until) {
              now = nextAt;
              const says = `words ${"x".repeat(steps % 7)}`;
              turn = takeNews(turn, { ...next.news, at: now, says } as WatchNews);
              next = coming.next().value;
              nextAt = now + (next?.afterMs ?? Number.POSITIVE_INFINITY);
            } else now = step.until;
            continue;
          }
          if (step.do === "look") {
            const { hasLife, hasDialog, typedAgoMs } = sights[looks % sights.length] ?? {};
            looks += 1;
            // Nobody types for ever.
            const isTyping = typedAgoMs != null && looks < 100;
            if (isTyping) typedAt = Math.max(typedAt, now - typedAgoMs);
            turn = takeNews(turn, {
              type: "looked",
              at: now,
              life: hasLife === true ? "a tool is at work" : null,
              hasDialog: hasDialog === true,
              typedAt: isTyping ? typedAt : null,
            });
            continue;
          }
          assert(now - (turn.looked?.at ?? 0) <= freshMs, "without a look");
          assert(now >= (turn.looked?.typedAt ?? 0) + personMs, "a person types");
          if (step.do === "end") break;
          assert.equal(turn.looked?.hasDialog, false, "into a dialog");
          assert(turn.state === "working" || (turn.state === "retrying" && step.do !== "nudge"));
          if (step.do === "nudge") {
            assert(now - turn.progressAt >= times.nudgeMs, "into a live turn");
            assert(now - (turn.nudgedAt ?? 0) >= times.nudgeMs, "without a pause");
            nudges += 1;
            turn = takeNews(turn, { type: "nudged", at: now });
          } else {
            const isOver = now >= start + times.turnMs;
            const repeatedMs = now - (turn.retryingSince ?? now);
            const isSilent = now - turn.progressAt >= times.giveUpMs;
            assert(isOver || isSilent || repeatedMs >= times.retryingMs, "into a live turn");
            lastPrompts += 1;
            turn = takeNews(turn, { type: "last_prompt", at: now });
          }
        }
        assert(nudges <= mostNudges);
        assert(lastPrompts <= 1);
        const typing = Number.isFinite(typedAt) ? Math.max(0, typedAt + personMs - start) : 0;
        const latest = Math.max(times.turnMs + lastWordMs(times), typing) + lastWordMs(times);
        assert(now - start <= latest + times.quietMs, `it ended after ${now - start} ms`);
      },
    ),
    { numRuns: 300 },
  );
});
