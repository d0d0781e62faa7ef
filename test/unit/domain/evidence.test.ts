import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Source } from "../../../src/domain/agent.ts";
import {
  type Fusion,
  nothingSeen,
  type Observation,
  observe,
  type SeenState,
  seenStates,
} from "../../../src/domain/evidence.ts";

const notWorking = ["idle", "asking", "failed", "limited"] as const;

function seen(...observations: readonly Observation[]): Fusion {
  return observations.reduce(observe, nothingSeen(0));
}

function says(
  at: number,
  source: Source,
  states: readonly SeenState[] | null,
  yieldsTo: readonly Source[] = [],
): Observation {
  return { at, source, states, says: `${source} at ${at}`, yieldsTo };
}

describe("fusing observations", () => {
  test("of nothing the state is unknown", () => {
    const { state, possible, because } = nothingSeen(7);
    assert.deepEqual(
      { state, possible, because },
      { state: "unknown", possible: seenStates, because: [] },
    );
  });

  test("a title that cannot tell idle from asking leaves the state unknown", () => {
    assert.equal(seen(says(1, "title", notWorking)).state, "unknown");
  });

  test("what one source leaves open another one settles, whichever came later", () => {
    for (const order of [
      [1, 2000],
      [2000, 1],
    ] as const) {
      const all = [says(order[0], "title", notWorking), says(order[1], "hook", ["asking"])];
      assert.equal(seen(...all.toSorted((a, b) => a.at - b.at)).state, "asking");
    }
  });

  test("after Esc no hook comes, and the later screen contradicts the hook that said working", () => {
    const fused = seen(says(1, "hook", ["working"]), says(900, "screen", ["idle"]));
    assert.equal(fused.state, "idle");
    assert.deepEqual(
      fused.contradicted.map((one) => one.source),
      ["hook"],
    );
  });

  test("a source that yields to another refines it and never contradicts it", () => {
    const title = says(1, "title", ["working", "retrying"]);
    assert.equal(seen(title, says(900, "screen", ["idle"], ["title"])).state, "working");
    assert.equal(seen(title, says(900, "screen", ["retrying"], ["title"])).state, "retrying");
  });

  test("what is refined counts with what refines it, against an older word of a third", () => {
    // As met with Gemini CLI: hook and title of one moment, then a limit over the running turn.
    const fused = seen(
      says(1_004, "title", ["working", "retrying", "limited"]),
      says(1_000, "hook", ["working", "retrying"]),
      says(3_000, "screen", ["limited"], ["title", "osc"]),
    );
    assert.equal(fused.state, "limited");
    assert.deepEqual(
      fused.contradicted.map((one) => one.source),
      ["hook"],
    );
  });

  test("what a source takes back holds no longer", () => {
    const fused = seen(says(1, "hook", ["asking"]), says(500, "hook", null));
    assert.equal(fused.state, "unknown");
  });

  test("of the same moment the higher rank counts, in whichever order it arrives", () => {
    const hook = says(1000, "hook", ["asking"]);
    const screen = says(1010, "screen", ["idle"]);
    assert.equal(seen(hook, screen).state, "asking");
    assert.equal(seen(screen, { ...hook, at: 1015 }).state, "asking");
    assert.equal(seen(hook, { ...screen, at: 1100 }).state, "idle");
  });

  test("where only working and retrying remain, it works", () => {
    assert.equal(seen(says(1, "title", ["working", "retrying"])).state, "working");
  });

  test("since is when the state began, not when it was last confirmed", () => {
    const fused = seen(
      says(10, "screen", ["working"]),
      says(500, "title", ["working"]),
      says(900, "title", ["working"]),
    );
    assert.deepEqual([fused.state, fused.since], ["working", 10]);
  });

  const observations = fc
    .array(
      fc.record({
        gap: fc.integer({ min: 0, max: 3000 }),
        source: fc.constantFrom<Source>("hook", "title", "screen", "osc", "silence", "report"),
        states: fc.option(fc.subarray([...seenStates], { minLength: 1 })),
        yieldsTo: fc.subarray<Source>(["title", "osc"]),
      }),
    )
    .map((all) => {
      let at = 0;
      return all.map(({ gap, ...rest }): Observation => {
        at += gap;
        return { ...rest, at, says: "seen" };
      });
    });

  test("after the end of the process nothing else counts", () => {
    fc.assert(
      fc.property(observations, observations, (before, after) => {
        const end = says((before.at(-1)?.at ?? 0) + 1, "process", ["offline"]);
        const late = after.map((one) => ({ ...one, at: one.at + end.at }));
        assert.equal(seen(...before, end, ...late).state, "offline");
      }),
    );
  });

  test("the latest that yields to nobody and stands alone in its moment always holds", () => {
    fc.assert(
      fc.property(
        observations,
        fc.subarray([...seenStates], { minLength: 1 }),
        (before, states) => {
          const at = (before.at(-1)?.at ?? 0) + 1000;
          const { possible } = seen(...before, says(at, "screen", states));
          assert(possible.length > 0 && possible.every((state) => states.includes(state)));
        },
      ),
    );
  });

  test("a state is only named when some source has said it, and its reason is told", () => {
    fc.assert(
      fc.property(observations, (all) => {
        const fused = seen(...all);
        if (fused.state === "unknown") return;
        const { state } = fused;
        assert(fused.because.length > 0);
        assert(
          all.some((one) => one.states?.some((each) => each === state || each === "retrying")),
        );
      }),
    );
  });
});
