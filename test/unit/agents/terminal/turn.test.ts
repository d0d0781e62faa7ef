import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ToldEnd } from "../../../../src/agents/terminal/companion.ts";
import {
  judgeTurn,
  type RunningTurn,
  seeTurn,
  type TurnSight,
  type TurnStep,
} from "../../../../src/agents/terminal/turn.ts";
import type { Evidence, Source } from "../../../../src/domain/agent.ts";
import type { Fusion, SeenState } from "../../../../src/domain/evidence.ts";
import { reading } from "./readings.ts";

const manners = { showsWork: true, settleMs: 150, quietMs: 30_000, quietAfterEndMs: 5_000 };
const begun: RunningTurn = {
  promptId: "T-1/1/1",
  acceptedAt: 1_000,
  hasBegun: true,
  isInterrupted: false,
};

interface Seen extends Partial<Omit<TurnSight, "fusion">> {
  readonly state: SeenState | "unknown";
  readonly since?: number;
  readonly sources?: readonly Evidence["source"][];
  readonly assertions?: TurnSight["fusion"]["assertions"];
}

function judge(turn: RunningTurn, seen: Seen, how = manners): TurnStep {
  const { state, since = 5_000, sources = ["screen"], assertions = [], ...more } = seen;
  const because = sources.map((source) => ({ at: since, source, says: `${source} says so` }));
  return judgeTurn(
    turn,
    {
      now: 6_000,
      reading: reading(state === "failed" || state === "limited" ? state : "idle"),
      atRestSince: 5_900,
      changedAt: 5_000,
      told: null,
      tells: false,
      ...more,
      fusion: { state, since, because, assertions },
    },
    how,
  );
}

describe("a turn", () => {
  for (const state of [
    "working",
    "retrying",
    "asking",
    "unknown",
    "starting",
    "offline",
  ] as const) {
    test(`goes on while the agent is ${state}`, () => {
      assert.deepEqual(judge(begun, { state }), { do: "watch" });
    });
  }

  test("is completed when the agent is idle, and the screen was seen at rest since", () => {
    const end = { do: "end", end: { result: "completed" }, limit: null };
    assert.deepEqual(judge(begun, { state: "idle" }), end);
    // Its receipt may come later than its end.
    assert.deepEqual(judge(begun, { state: "idle", since: 900, atRestSince: 999 }), end);
    assert.deepEqual(judge(begun, { state: "idle", atRestSince: null }), { do: "watch" });
  });

  test("is over at once on a mark, and after the settling time on the screen alone", () => {
    const at = { state: "idle", now: 5_100, atRestSince: 5_100 } as const;
    assert.deepEqual(judge(begun, at), { do: "watch_until", until: 5_150 });
    assert.equal(judge(begun, { ...at, sources: ["title", "screen"] }).do, "end");
  });

  test("that has not visibly begun is over only when nothing has moved for a while", () => {
    const unseen = { ...begun, hasBegun: false };
    const at = { state: "idle", since: 500, changedAt: 1_200, atRestSince: 1_400 } as const;
    assert.deepEqual(judge(unseen, { ...at, now: 1_400 }), { do: "watch_until", until: 3_200 });
    assert.equal(judge(unseen, { ...at, now: 3_200 }).do, "end");
  });

  test("has begun once work or an ask was seen", () => {
    const unseen = { ...begun, hasBegun: false };
    const assertions: Fusion["assertions"] = [];
    assert.equal(seeTurn(unseen, { state: "idle", assertions }).hasBegun, false);
    assert.equal(seeTurn(unseen, { state: "working", assertions }).hasBegun, true);
    assert.equal(seeTurn(unseen, { state: "asking", assertions }).hasBegun, true);
  });

  test("has not begun while its prompt waits in the agent's own queue, under the title of rest", () => {
    const unseen = { ...begun, hasBegun: false };
    const at = { at: 2_000, says: "" };
    const assertions: Fusion["assertions"] = [
      { ...at, source: "title", states: ["idle", "working", "asking"] },
      { ...at, source: "screen", states: ["working"] },
    ];
    assert.equal(seeTurn(unseen, { state: "working", assertions }).hasBegun, false);
    const spins: Fusion["assertions"] = [{ ...at, source: "title", states: ["working"] }];
    assert.equal(seeTurn(unseen, { state: "working", assertions: spins }).hasBegun, true);
  });

  test("fails with the words of the screen, and a limit is told besides", () => {
    const failed = judge(begun, {
      state: "failed",
      reading: reading("failed", { says: "API Error" }),
    });
    assert.deepEqual(failed, {
      do: "end",
      end: { result: "failed", why: "API Error" },
      limit: null,
    });
    const shown = reading("limited", { says: "usage limit reached", until: "3pm" });
    const limited = judge(begun, { state: "limited", reading: shown });
    assert(limited.do === "end" && limited.end.result === "failed");
    assert.deepEqual(limited.limit, { says: "usage limit reached", until: "3pm" });
  });

  test("that was interrupted ends so, whatever the screen shows then", () => {
    const stopped = { ...begun, isInterrupted: true };
    const step = judge(stopped, { state: "failed" });
    assert(step.do === "end");
    assert.deepEqual(step.end, { result: "interrupted" });
  });

  test("of an agent that does not show its work ends by silence alone", () => {
    const quiet = { ...manners, showsWork: false };
    assert.deepEqual(judge(begun, { state: "idle" }, quiet), { do: "watch" });
    const silent = { state: "idle", sources: ["screen", "silence"] } as const;
    assert.equal(judge(begun, silent, quiet).do, "end");
  });

  test("of an agent that tells of itself waits for its word, but not after an interrupt", () => {
    const seen = { state: "idle", sources: ["title"], tells: true, atRestSince: 5_500 } as const;
    assert.deepEqual(judge(begun, { ...seen, now: 9_999 }), { do: "watch_until", until: 10_000 });
    assert.equal(judge(begun, { ...seen, now: 10_000 }).do, "end");
    assert.equal(judge({ ...begun, isInterrupted: true }, { ...seen, now: 5_600 }).do, "end");
  });

  describe("whose end the agent has told", () => {
    const told: ToldEnd = {
      type: "over",
      at: 5_500,
      end: { result: "completed" },
      limit: null,
      says: "Done.",
    };
    const saying = (source: Source, states: readonly SeenState[]) =>
      ({ at: 5_000, source, says: `${source} says so`, states }) as const;
    const spinner = saying("title", ["working", "retrying"]);
    const star = saying("title", ["idle", "asking"]);
    const busy = saying("transcript", ["working"]);
    const end = { do: "end_as_told", told };

    test("is over at once, whatever the screen shows", () => {
      for (const state of ["idle", "failed", "asking", "unknown"] as const) {
        assert.deepEqual(judge(begun, { state, told, atRestSince: null, now: 5_510 }), end);
      }
    });

    test("is over when another witness of work has come to rest, or none has moved for long", () => {
      const seen = { state: "idle", told, now: 5_510 } as const;
      const until = { do: "watch_until", until: 13_500 };
      const atRest = saying("transcript", ["idle", "failed"]);
      assert.deepEqual(judge(begun, { ...seen, assertions: [spinner] }), until);
      assert.deepEqual(judge(begun, { ...seen, assertions: [spinner], now: 13_500 }), end);
      assert.deepEqual(judge(begun, { ...seen, assertions: [star] }), end);
      assert.deepEqual(judge(begun, { ...seen, assertions: [spinner, atRest] }), end);
    });

    test("is not over while its session file is busy, whatever its title says: hooks run", () => {
      const seen = { state: "idle", told, assertions: [star, busy] } as const;
      const until = { do: "watch_until", until: 65_500 };
      assert.deepEqual(judge(begun, { ...seen, now: 5_510 }), until);
      assert.deepEqual(judge(begun, { ...seen, now: 20_000 }), until);
      assert.deepEqual(judge(begun, { ...seen, now: 65_500 }), end);
    });

    test("that was interrupted is over when it rests, however long that takes", () => {
      const cut: ToldEnd = { ...told, end: { result: "interrupted" } };
      const seen = { state: "idle", told: cut, now: 90_000 } as const;
      assert.deepEqual(judge(begun, { ...seen, assertions: [spinner] }), { do: "watch" });
      assert.deepEqual(judge(begun, { ...seen, assertions: [star] }), {
        do: "end_as_told",
        told: cut,
      });
    });

    test("goes on where it works on, as a hook of the person's own has told it to", () => {
      for (const state of ["working", "retrying"] as const) {
        assert.deepEqual(judge(begun, { state, told, now: 9_000 }), { do: "watch" });
      }
    });
  });
});
