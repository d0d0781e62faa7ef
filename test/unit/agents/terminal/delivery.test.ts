import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { advance } from "../../../../src/agents/terminal/advance-delivery.ts";
import {
  beginDelivery,
  type Delivery,
  type Sight,
  type Step,
} from "../../../../src/agents/terminal/delivery.ts";
import { echoOf } from "../../../../src/agents/terminal/echo.ts";
import { dialog, reading, withComposer } from "./readings.ts";

const text = "Write the parser, test it, and say what you have left out.";
const manners = { promptDelayMs: 200, showsWork: true };
const begun = beginDelivery(text, {
  phase: null,
  own: [],
  submittedAt: null,
  isAfterInterrupt: false,
  now: 1_000,
});

function sight(more: Partial<Sight> = {}): Sight {
  return {
    now: 1_000,
    reading: withComposer(""),
    screen: "",
    state: "idle",
    possible: ["idle"],
    drawnAt: more.now ?? 1_000,
    personAt: null,
    hasEnded: false,
    told: null,
    ...more,
  };
}

function stepOf(delivery: Delivery, more: Partial<Sight>): Step {
  return advance(delivery, sight(more), manners).step;
}

const written = advance(begun, sight(), manners).delivery;
const echoed = advance(written, sight({ reading: withComposer(text) }), manners).delivery;
const submitted = advance(
  echoed,
  sight({ now: 1_200, reading: withComposer(text) }),
  manners,
).delivery;

describe("a delivery", () => {
  test("writes into an empty composer, waits for the echo and the delay, and submits", () => {
    assert.deepEqual(stepOf(begun, {}), { do: "write" });
    assert.equal(stepOf(written, { now: 1_010 }).do, "wait");
    assert.equal(
      stepOf(written, { now: 1_010, reading: withComposer(text.slice(0, 30)) }).do,
      "wait",
    );
    const early = stepOf(echoed, { now: 1_199, reading: withComposer(text) });
    assert(early.do === "wait" && early.until === 1_200);
    assert.deepEqual(stepOf(echoed, { now: 1_200, reading: withComposer(text) }), { do: "submit" });
  });

  test("submits a long paste that is shown as one word, if it was written by us", () => {
    const folded = reading("draft", { composer: { text: "[Pasted 60 lines]", isFolded: true } });
    const { delivery } = advance(written, sight({ reading: folded }), manners);
    assert.equal(stepOf(delivery, { now: 1_300, reading: folded }).do, "submit");
    assert.equal(stepOf(begun, { now: 1_300, reading: folded }).do, "wait");
  });

  const proofs: readonly (readonly [string, Partial<Sight>])[] = [
    ["a turn runs", { state: "working", reading: withComposer(text, "working") }],
    ["the request is repeated", { state: "retrying" }],
    ["the composer is empty", { reading: withComposer("") }],
    ["a dialog has come", { reading: reading("asking_permission", { dialog: dialog(["Yes"]) }) }],
    ["the agent has ended", { hasEnded: true }],
  ];
  for (const [what, seen] of proofs) {
    test(`is accepted once ${what}`, () => {
      assert.equal(stepOf(submitted, { now: 1_210, ...seen }).do, "accept");
    });
  }

  const isEmpty = { state: "working", reading: withComposer("") } as const;

  test("waits for the agent's own word where it gives one, and takes the screen's without it", () => {
    const silent = { ...isEmpty, told: { taken: [] } };
    assert.equal(stepOf(submitted, { now: 6_199, ...silent }).do, "wait");
    assert.equal(stepOf(submitted, { now: 6_200, ...silent }).do, "accept");
    const holds = { ...silent, reading: withComposer(text) };
    assert.equal(stepOf(submitted, { now: 2_200, ...holds }).do, "wait");
    assert.equal(stepOf(submitted, { now: 2_200, ...holds, state: "idle" }).do, "submit");
    const told = { now: 1_210, state: "idle", told: { taken: ["else", `${text}\n`] } } as const;
    const step = stepOf(submitted, told);
    assert(step.do === "accept" && /says that it has the prompt/.test(step.says));
  });

  test("is not taken for gone with a turn by the screen of an agent that tells of its prompts", () => {
    const empty = { now: 1_010, state: "working", reading: withComposer("") } as const;
    assert.equal(stepOf(echoed, empty).do, "accept");
    assert.equal(stepOf(echoed, { ...empty, told: { taken: ["else"] } }).do, "wait");
    assert.equal(stepOf(written, { ...empty, told: { taken: [text] } }).do, "accept");
  });

  test("has not left a composer in which it was never seen, whatever the agent works on", () => {
    const empty = { now: 1_010, state: "working", reading: withComposer("") } as const;
    assert.equal(stepOf(written, empty).do, "wait");
  });

  test("that an earlier temoin has submitted is taken for gone with a turn by the screen", () => {
    const from = { phase: "submitted", own: [], isAfterInterrupt: false, now: 1_000 } as const;
    const resumed = beginDelivery(text, { ...from, submittedAt: 500 });
    const seen = { now: 1_010, told: { taken: [] }, ...isEmpty };
    assert.equal(stepOf(resumed, seen).do, "accept");
  });

  test("is refused once the agent says that it has taken other words, and ours are nowhere", () => {
    const other = { told: { taken: ["somebody else's"] } };
    const step = stepOf(submitted, { now: 1_210, ...isEmpty, ...other });
    assert(step.do === "refuse" && /other words \("somebody else's"\)/.test(step.why));
    const holds = { state: "idle", reading: withComposer(text) } as const;
    assert.equal(stepOf(submitted, { now: 2_200, ...holds, ...other }).do, "submit");
  });

  test("presses Enter once more while the composer still holds the text, and no third time", () => {
    const holds = { reading: withComposer(text) };
    assert.equal(stepOf(submitted, { now: 2_199, ...holds }).do, "wait");
    const again = advance(submitted, sight({ now: 2_200, ...holds }), manners);
    assert.equal(again.step.do, "submit");
    assert.equal(stepOf(again.delivery, { now: 3_199, ...holds }).do, "wait");
    assert.equal(stepOf(again.delivery, { now: 3_200, ...holds }).do, "refuse");
  });

  test("writes a second time only when nothing shows that the first was taken", () => {
    const drawn = advance(written, sight({ now: 1_050 }), manners).delivery;
    assert.equal(stepOf(drawn, { now: 4_049 }).do, "wait");
    assert.deepEqual(stepOf(drawn, { now: 4_050 }), { do: "write" });
    assert.equal(stepOf(drawn, { now: 4_050, screen: "something new" }).do, "refuse");
    const twice = advance(drawn, sight({ now: 4_050 }), manners).delivery;
    const again = advance(twice, sight({ now: 4_050 }), manners).delivery;
    assert.equal(stepOf(again, { now: 7_050 }).do, "refuse");
  });

  test("writes nothing more to an agent that draws nothing, which may be asleep", () => {
    assert.equal(stepOf(written, { now: 10_999, drawnAt: 900 }).do, "wait");
    assert.equal(stepOf(written, { now: 11_000, drawnAt: 900 }).do, "refuse");
    const woken = advance(written, sight({ now: 5_000 }), manners).delivery;
    assert.equal(stepOf(woken, { now: 7_999 }).do, "wait");
  });

  test("submits no paste that is folded twice, nor one with the words of a person beside it", () => {
    for (const shown of ["[Pasted #1][Pasted #2]", "[Pasted #1] and this"]) {
      const folded = reading("draft", { composer: { text: shown, isFolded: true } });
      const { delivery } = advance(written, sight({ reading: folded }), manners);
      assert.equal(stepOf(delivery, { now: 9_000, reading: folded }).do, "refuse", shown);
    }
  });

  test("leaves the draft of a person alone, and waits until it is gone, wherever the person is", () => {
    const draft = { reading: withComposer("my own words") };
    for (const more of [{ personAt: 0 - 60_000 }, { now: 10_999 }, { now: 10_000_000 }]) {
      const held = stepOf(begun, { ...draft, ...more });
      assert(held.do === "wait" && held.byPerson && held.until === null);
      assert.match(held.why, /my own words/);
    }
    assert.equal(stepOf(begun, { now: 10_000_000 }).do, "write");
  });

  test("presses Enter once more at most where an earlier temoin has pressed it", () => {
    const start = {
      phase: "submitted",
      own: [],
      submittedAt: null,
      isAfterInterrupt: false,
      now: 0,
    } as const;
    const resumed = beginDelivery(text, start);
    const still = { reading: withComposer(text) };
    const first = advance(resumed, sight({ ...still, now: 2_000 }), manners);
    assert.equal(first.step.do, "submit");
    assert.equal(stepOf(first.delivery, { ...still, now: 5_000 }).do, "refuse");
  });

  test("waits until a person has pressed no key for five seconds", () => {
    const step = stepOf(begun, { personAt: 0 });
    assert(step.do === "wait" && step.byPerson && step.until === 5_000);
    assert.equal(stepOf(begun, { now: 5_000, personAt: 0 }).do, "write");
  });

  test("clears what an interrupted agent has put back, and then writes", () => {
    const earlier = "The prompt that was given before this one.";
    const delivery = beginDelivery(text, {
      phase: null,
      own: [earlier],
      submittedAt: null,
      isAfterInterrupt: false,
      now: 1_000,
    });
    const back = { reading: withComposer(earlier) };
    assert.deepEqual(stepOf(delivery, back), { do: "clear" });
    const cleared = advance(delivery, sight(back), manners).delivery;
    assert.deepEqual(stepOf(cleared, { now: 1_050 }), { do: "write" });
    assert.equal(stepOf(cleared, { ...back, now: 1_400 }).do, "wait");
    assert.equal(stepOf(cleared, { ...back, now: 1_500 }).do, "refuse");
  });

  test("clears what was put back line by line, also what is too short to be known alone", () => {
    const earlier = "Fix it\n\nand say what you have left out of it.";
    const from = {
      phase: null,
      own: [earlier],
      submittedAt: null,
      isAfterInterrupt: true,
      now: 1_000,
    };
    const first = advance(
      beginDelivery(text, from),
      sight({ reading: withComposer(earlier) }),
      manners,
    );
    assert.equal(first.step.do, "clear");
    const rest = { reading: withComposer("Fix it"), screen: "shorter", now: 1_050 };
    const second = advance(first.delivery, sight(rest), manners);
    assert.equal(second.step.do, "clear");
    assert.equal(stepOf(second.delivery, { now: 1_100 }).do, "write");
  });

  test("clears a folded paste only where it may be ours, after an interrupt", () => {
    const folded = reading("draft", { composer: { text: "[Pasted 60 lines]", isFolded: true } });
    const from = { phase: null, submittedAt: null, own: ["sixty lines"], now: 1_000 };
    const after = beginDelivery(text, { ...from, isAfterInterrupt: true });
    const otherwise = beginDelivery(text, { ...from, isAfterInterrupt: false });
    assert.equal(stepOf(after, { reading: folded }).do, "clear");
    assert.equal(stepOf(otherwise, { reading: folded }).do, "wait");
  });

  test("waits for other work, and gives up where the state stays unknown", () => {
    assert.equal(stepOf(begun, { state: "working", now: 60_000 }).do, "wait");
    assert.equal(stepOf(begun, { state: "unknown", possible: ["idle", "asking"] }).do, "wait");
    assert.equal(
      stepOf(begun, { state: "unknown", possible: ["idle", "asking"], now: 11_000 }).do,
      "refuse",
    );
  });

  test("trusts an empty composer of an agent that does not show its work", () => {
    const seen = sight({ state: "unknown", possible: ["idle", "working"] });
    assert.equal(advance(begun, seen, { ...manners, showsWork: false }).step.do, "write");
  });

  test("waits for an answer as long as it takes when the agent asks", () => {
    const asks = {
      reading: reading("dialog", { dialog: dialog(["Yes"]) }),
      state: "asking" as const,
    };
    const step = stepOf(begun, { ...asks, now: 10_000_000 });
    assert(step.do === "wait" && step.until === null);
  });
});

describe("a delivery that an earlier temoin has begun", () => {
  const writing = beginDelivery(text, {
    phase: "written",
    own: [],
    submittedAt: null,
    isAfterInterrupt: false,
    now: 1_000,
  });
  const sent = beginDelivery(text, {
    phase: "submitted",
    own: [],
    submittedAt: null,
    isAfterInterrupt: false,
    now: 1_000,
  });

  test("submits the text that it finds in the composer", () => {
    const seen = { reading: withComposer(text) };
    const { delivery } = advance(writing, sight(seen), manners);
    assert.equal(stepOf(delivery, { ...seen, now: 1_200 }).do, "submit");
    assert.equal(stepOf(sent, { ...seen, now: 2_000 }).do, "submit");
  });

  test("is accepted where the composer is empty and a turn runs", () => {
    assert.equal(stepOf(writing, { state: "working" }).do, "accept");
    assert.equal(stepOf(sent, { state: "working" }).do, "accept");
  });

  test("is accepted where it was about to be submitted and is gone: its turn is over already", () => {
    assert.equal(stepOf(sent, {}).do, "accept");
  });

  test("is written where it was never submitted and is not there", () => {
    assert.equal(stepOf(writing, {}).do, "write");
  });
});

describe("in any world", () => {
  const anySight: fc.Arbitrary<Sight> = fc.record({
    now: fc.integer({ min: 0, max: 20_000 }),
    reading: fc.oneof(
      fc
        .constantFrom("", text, text.slice(0, 30), text.slice(30), `${text} more`, "else", "x")
        .map((shown) => withComposer(shown)),
      fc.constant(reading("draft", { composer: { text: "[Pasted]", isFolded: true } })),
      fc.constant(reading("dialog", { dialog: dialog(["Yes", "No"]) })),
      fc.constant(
        reading("dialog", {
          dialog: dialog(["Yes", "No"]),
          composer: { text: "", isFolded: false },
        }),
      ),
      fc.constant(reading("unknown")),
    ),
    screen: fc.constantFrom("a", "b"),
    state: fc.constantFrom("idle", "working", "asking", "failed", "limited", "unknown"),
    possible: fc.constant(["idle", "working"] as const),
    drawnAt: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 200_000 })),
    personAt: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 20_000 })),
    hasEnded: fc.boolean(),
    told: fc.constantFrom(null, { taken: [] }, { taken: ["else"] }, { taken: [text] }),
  });

  test("nothing is typed into a dialog, a foreign draft, or while a person types", () => {
    const phases = fc.constantFrom(null, "written" as const, "submitted" as const);
    fc.assert(
      fc.property(phases, fc.array(anySight, { maxLength: 25 }), (phase, sights) => {
        let delivery = beginDelivery(text, {
          phase,
          own: [],
          submittedAt: null,
          isAfterInterrupt: false,
          now: 0,
        });
        let now = 0;
        let hasWritten = phase !== null;
        for (const one of sights) {
          now += one.now;
          const at = { ...one, now, personAt: one.personAt && now - one.personAt };
          const { step, delivery: next } = advance(delivery, at, manners);
          const isKey = step.do === "write" || step.do === "submit" || step.do === "clear";
          if (isKey) {
            assert.equal(at.reading.dialog, null);
            assert.equal(at.hasEnded, false);
            assert(at.personAt === null || now - at.personAt >= 5_000);
            const { composer } = at.reading;
            assert(composer !== null);
            const echo = echoOf(composer, text);
            if (step.do === "write") assert.equal(echo, "empty");
            if (step.do === "clear") assert(echo === "whole" || echo === "part");
            if (step.do === "submit") {
              assert(echo === "whole" || (echo === "folded" && hasWritten));
            }
          }
          hasWritten ||= step.do === "write";
          delivery = next;
          if (step.do === "accept" || step.do === "refuse") break;
        }
        assert(delivery.submits <= 2);
        assert(delivery.writes <= 2);
      }),
      { numRuns: 2_000 },
    );
  });

  test("an agent that loses keys and shows things late has the prompt once, or we say that it has not", () => {
    const world = fc.record({
      lostEnters: fc.integer({ min: 0, max: 3 }),
      lostWrites: fc.integer({ min: 0, max: 3 }),
      echoMs: fc.integer({ min: 0, max: 2_000 }),
      workMs: fc.integer({ min: 0, max: 900 }),
      wakesAt: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9_900 })),
      isFolding: fc.boolean(),
    });
    fc.assert(
      fc.property(world, (made) => {
        const { received, step, composer } = live(made);
        if (step.do === "accept") {
          assert.deepEqual(received, [text]);
        } else {
          assert.deepEqual(received, []);
          assert(made.lostEnters >= 2 || made.lostWrites >= 2);
        }
        assert(composer === "" || composer === text);
      }),
      { numRuns: 1_000 },
    );
  });
});

interface World {
  readonly lostEnters: number;
  readonly lostWrites: number;
  readonly echoMs: number;
  readonly workMs: number;
  /** Until then it draws nothing, and what it is given waits for it. */
  readonly wakesAt: number;
  readonly isFolding: boolean;
}

/** Plays an agent with these manners, a look every 50 ms. */
function live({ lostEnters, lostWrites, echoMs, workMs, wakesAt, isFolding }: World) {
  const received: string[] = [];
  let composer = "";
  let shownAt = 0;
  let workAt = Number.POSITIVE_INFINITY;
  let enters = 0;
  let writes = 0;
  let delivery = beginDelivery(text, {
    phase: null,
    own: [],
    submittedAt: null,
    isAfterInterrupt: false,
    now: 0,
  });
  for (let now = 0; ; now += 50) {
    const shown = now >= shownAt ? composer : "";
    const isFolded = isFolding && shown !== "";
    const state = now >= workAt ? "working" : "idle";
    const seen = sight({
      now,
      state,
      reading: reading(state, { composer: { text: isFolded ? foldOf(shown) : shown, isFolded } }),
      screen: `${shown}${state}`,
      drawnAt: now < wakesAt ? null : now,
    });
    const { step, delivery: next } = advance(delivery, seen, manners);
    delivery = next;
    switch (step.do) {
      case "accept":
      case "refuse":
        return { received, step, composer };
      case "write":
        writes += 1;
        if (writes > lostWrites) composer += text;
        shownAt = Math.max(now, wakesAt) + echoMs;
        break;
      case "submit":
        enters += 1;
        if (enters > lostEnters) {
          received.push(composer);
          composer = "";
          shownAt = now + workMs;
          workAt = now + workMs;
        }
        break;
      case "clear":
        composer = "";
        break;
      case "wait":
        break;
    }
  }
}

function foldOf(shown: string): string {
  return "[Pasted]".repeat(shown.length / text.length);
}
