import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyTurnUse, sumOf, withStep } from "../../../../src/agents/hooks/turn-use.ts";

test("of a step that is told several times counts the last, however many steps there are", () => {
  let use = emptyTurnUse;
  for (let n = 0; n < 1_000; n += 1) {
    for (const output of [1, 3]) use = withStep(use, `step-${n}`, { input: 2, cached: 1, output });
  }
  assert.deepEqual(sumOf(use), { input: 2_000, cached: 1_000, output: 3_000 });
  assert.equal(use.steps.size, 100);
  use = withStep(use, "step-950", { input: 0, cached: 0, output: 0 });
  assert.deepEqual(sumOf(use), { input: 1_998, cached: 999, output: 2_997 });
});
