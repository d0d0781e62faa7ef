import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  judgeTurn,
  type RunningTurn,
  seeTurn,
  type TurnSight,
  type TurnStep,
} from "../../../../src/agents/terminal/turn.ts";
import type { Evidence } from "../../../../src/domain/agent.ts";
import type { SeenState } from "../../../../src/domain/evidence.ts";
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
}

function judge(turn: RunningTurn, seen: Seen, how = manners): TurnStep {
  const { state, since = 5_000, sources = ["screen"], ...more } = seen;
  const because = sources.map((source) => ({ at: since, source, says: `${source} says so` }));
  return judgeTurn(
    turn,
    {
      now: 6_000,
      reading: reading(state === "failed" || state === "limited" ? state : "idle"),
      atRestSince: 5_900,
      changedAt: 5_000,
      ...more,
      fusion: { state, since, because },
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
    assert.equal(seeTurn(unseen, { state: "idle" }).hasBegun, false);
    assert.equal(seeTurn(unseen, { state: "working" }).hasBegun, true);
    assert.equal(seeTurn(unseen, { state: "asking" }).hasBegun, true);
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
});
