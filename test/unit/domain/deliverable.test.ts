import assert from "node:assert/strict";
import { test } from "node:test";
import { deliverablePaths, missingDeliverables } from "../../../src/domain/deliverable.ts";

test("only what is plainly a path is taken for one", () => {
  for (const [item, path] of [
    ["docs/api.md", "docs/api.md"],
    ["- [ ] `src/a/b.rs` – the loop", "src/a/b.rs"],
    ["[x] ./src/a.ts: written", "src/a.ts"],
    ["README.md (updated)", "README.md"],
    ["`src/strategies/`", "src/strategies/"],
    ["`bin/tool` that starts it", "bin/tool"],
    ["CHANGELOG.md", "CHANGELOG.md"],
    ["the API is documented in docs/api.md", null],
    ["README.md has a section about it", null],
    ["`npm test` passes", null],
    ["`Config.load` reads both", null],
    ["Node.js 24 is supported", null],
    ["src/**/*.ts", null],
    ["../outside.md", null],
    ["https://example.org/a.md", null],
    ["input/output", null],
    ["", null],
  ] as const) {
    assert.deepEqual(deliverablePaths({ deliverables: [item] }), path === null ? [] : [path], item);
  }
});

test("a path that is not there or as it was is missing; of a folder one file is enough", () => {
  const isThere = new Set(["a.md", "b.md", "src/"]);
  const changed = ["a.md", "src/x.ts", "gone.md"];
  assert.deepEqual(missingDeliverables(["a.md", "b.md", "src/", "gone.md"], { changed, isThere }), [
    "b.md is a deliverable, and was not changed",
    "gone.md is a deliverable, and is not there",
  ]);
});
