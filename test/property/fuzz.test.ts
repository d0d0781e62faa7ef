/** Words that others have written, broken in all ways. `npm run bench -- fuzz` tries many more. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzOnce } from "../fuzz/fuzz.ts";
import { loadTargets } from "../fuzz/targets.ts";

test("no parser of what others write crashes on any input, and each is tried", async () => {
  const targets = await loadTargets();
  for (const { name, seeds } of targets) assert(seeds.length > 0, `${name} has no inputs`);
  const tried = new Set<string>();
  for (let seed = 1; seed <= 4_000; seed += 1) {
    const { target, crash } = await fuzzOnce(targets, seed);
    tried.add(target);
    assert.equal(crash, null, `${target}: npm run bench -- fuzz --inputs 1 --seed ${seed}`);
  }
  assert.deepEqual([...tried].toSorted(), targets.map(({ name }) => name).toSorted());
});
