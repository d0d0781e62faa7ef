/** A table behaves like a map, and a fork leaves its parent alone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Table } from "../../../src/domain/table.ts";

const steps = fc.array(
  fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    value: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
  }),
);

/** `null` deletes. */
function change(
  table: { set(k: string, v: number): unknown; delete(k: string): unknown },
  all: {
    readonly key: string;
    readonly value: number | null;
  }[],
): void {
  for (const { key, value } of all) {
    if (value === null) table.delete(key);
    else table.set(key, value);
  }
}

test("a fork reads like a changed copy, while its parent stays as it was", () => {
  fc.assert(
    fc.property(steps, steps, (before, after) => {
      const parent = new Table<string, number>();
      const model = new Map<string, number>();
      change(parent, before);
      change(model, before);
      const kept = new Map(model);
      const fork = parent.fork();
      change(fork, after);
      change(model, after);
      assert.deepEqual(new Map(fork.entries()), model);
      assert.equal([...fork.keys()].length, model.size);
      assert.equal(fork.size, model.size);
      for (const key of ["a", "b", "c", "d"]) {
        assert.equal(fork.get(key), model.get(key));
        assert.equal(fork.has(key), model.has(key));
      }
      assert.deepEqual(new Map(parent.entries()), kept);
    }),
  );
});

test("a fork keeps the order of its parent, and puts what is new behind it", () => {
  const parent = new Table<string, number>();
  for (const key of ["b", "a", "c"]) parent.set(key, 0);
  const fork = parent.fork();
  fork.set("d", 1);
  fork.delete("b");
  fork.set("a", 1);
  fork.set("b", 2);
  assert.deepEqual([...fork.keys()], ["b", "a", "c", "d"]);
  assert.deepEqual([...fork.values()], [2, 1, 0, 1]);
});
