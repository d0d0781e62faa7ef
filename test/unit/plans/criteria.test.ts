/** Criteria told apart: a gate, a goal, or words for a person. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { classify, proposedGates } from "../../../src/plans/criteria.ts";

const criteria: readonly (readonly [text: string, kind: string, value?: string])[] = [
  ["`cargo build --release` → Finished (no errors)", "gate", "cargo build --release"],
  ["cargo test: PASSED (all of them)", "gate", "cargo test"],
  ["TOUS les tests passent (cargo test)", "gate", "cargo test"],
  ["cargo clippy -- -D warnings", "gate", "cargo clippy -- -D warnings"],
  ["npm run lint must pass", "gate", "npm run lint"],
  ["`go test ./...` passes", "gate", "go test ./..."],
  ["`make check`", "gate", "make check"],
  ["cargo test oauth (doit passer)", "run", "cargo test oauth"],
  ["cargo test --test integration: PASSED", "run", "cargo test --test integration"],
  ["./check.sh passes", "run", "./check.sh"],
  ["`git diff --quiet` is clean", "run", "git diff --quiet"],
  ["README.md à jour", "changed", "README.md"],
  ["`docs/api.md` is up to date", "changed", "docs/api.md"],
  ["README.md documente tout", "prose"],
  ["make sure that it works", "prose"],
  ["go live", "prose"],
  ["test coverage > 90%", "prose"],
  ["The `order` table exists", "prose"],
];

for (const [text, kind, value] of criteria) {
  test(`the criterion ${JSON.stringify(text)} is ${kind}`, () => {
    const { kind: seen, ...rest } = classify(text);
    assert.deepEqual([seen, ...Object.values(rest)], value === undefined ? [kind] : [kind, value]);
  });
}

test("a gate is proposed once, in its stricter form", () => {
  assert.deepEqual(
    proposedGates(["cargo build --release", "cargo test", "cargo build", "cargo test"]),
    [{ run: "cargo build --release" }, { run: "cargo test" }],
  );
});
