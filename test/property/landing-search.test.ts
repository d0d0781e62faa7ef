/** The search for what is red among changes that land together, against a world that knows. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { afterTest, nextStep, type Search } from "../../src/domain/landing.ts";

interface World {
  readonly count: number;
  /** Red by themselves. */
  readonly bad: ReadonlySet<number>;
  /** Red only where both are. */
  readonly pairs: readonly (readonly [number, number])[];
}

function search({ count, bad, pairs }: World) {
  let row = Array.from({ length: count }, (_, n) => n);
  let known: Search = { waiting: count, red: null };
  const landed: number[] = [];
  const refused: number[] = [];
  let tests = 0;
  const isGreen = (changes: readonly number[]): boolean =>
    !changes.some((one) => bad.has(one)) &&
    !pairs.some(([a, b]) => changes.includes(a) && changes.includes(b));
  for (;;) {
    const next = nextStep(known);
    assert.equal(known.waiting, row.length);
    if (next.step === "over") return { landed, refused, tests };
    if (next.step === "refuse") {
      assert.ok(!isGreen([...landed, row[0] ?? -1]), "it is red on what is green without it");
      refused.push(...row.splice(0, 1));
      known = { waiting: known.waiting - 1, red: null };
      continue;
    }
    assert.ok(next.count >= 1 && next.count <= row.length);
    tests += 1;
    const part = row.slice(0, next.count);
    const green = isGreen([...landed, ...part]);
    if (green) {
      landed.push(...part);
      row = row.slice(next.count);
    }
    known = afterTest(known, next.count, green);
    assert.ok(isGreen(landed), "the target stays green");
  }
}

const worlds = fc
  .integer({ min: 0, max: 64 })
  .chain((count) => {
    const one = fc.nat({ max: Math.max(0, count - 1) });
    const some = fc.array(one, { maxLength: count === 0 ? 0 : 6 });
    const pairs = fc.array(fc.tuple(one, one), { maxLength: count === 0 ? 0 : 4 });
    return fc.record({ count: fc.constant(count), bad: some, pairs });
  })
  .map(({ count, bad, pairs }): World => {
    return { count, bad: new Set(bad), pairs: pairs.filter(([a, b]) => a !== b) };
  });

test("the guilty are refused, of a pair one, never an innocent, in few tests", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { landed, refused, tests } = search(world);
      const { count, bad, pairs } = world;
      assert.equal(landed.length + refused.length, count);
      for (const one of bad) assert.ok(refused.includes(one), `${one} is bad`);
      for (const one of refused.filter((each) => !bad.has(each))) {
        const others = pairs.flatMap(([a, b]) => (a === one ? [b] : b === one ? [a] : []));
        assert.ok(
          others.some((other) => landed.includes(other)),
          `${one} is innocent`,
        );
      }
      const halvings = Math.ceil(Math.log2(Math.max(1, count)));
      assert.ok(tests <= refused.length * (halvings + 1) + 1, `${tests} tests of ${count}`);
    }),
    { numRuns: 500 },
  );
});

test("sixty green ones and three bad ones take at most 22 tests", () => {
  const { refused, tests } = search({ count: 63, bad: new Set([7, 31, 50]), pairs: [] });
  assert.deepEqual(refused, [7, 31, 50]);
  assert.ok(tests <= 22, String(tests));
});

test("what is all green takes one test, and one alone is refused after one", () => {
  assert.equal(search({ count: 32, bad: new Set(), pairs: [] }).tests, 1);
  assert.equal(search({ count: 1, bad: new Set([0]), pairs: [] }).tests, 1);
});
