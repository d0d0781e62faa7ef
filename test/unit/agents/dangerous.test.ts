import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandPolicy } from "../../../src/agents/dangerous.ts";
import { dangerOf } from "../../../src/domain/danger.ts";

const policy = commandPolicy();

describe("a dangerous command", () => {
  for (const entry of policy.dangerous) {
    test(`is one that ${entry.why}`, () => {
      for (const hit of entry.hits)
        assert.equal(dangerOf(hit, { ...policy, dangerous: [entry] }), entry.why, hit);
      for (const spared of entry.spares) assert.equal(dangerOf(spared, policy), null, spared);
    });
  }

  test("is found in the midst of others, and is looked for in no time that matters", () => {
    assert.notEqual(dangerOf("npm ci && (cd x; rm -rf ~) | tee log", policy), null);
    const parts = [
      "git ",
      "rm ",
      "- ",
      "/ ",
      "chmod ",
      "a",
      "$(",
      "aws ",
      "( ) {",
      "curl ",
      "`",
      "sh -c ",
      "A=b ",
      "python3 -c 'rm ",
      "node <<E 'a' ",
      "curl -o a ",
      "find / | xargs ",
      "fetch( eval ",
      "$a -r ",
      '"',
      "'\\",
    ];
    for (const part of parts) {
      // It ends: that is all that is said here.
      dangerOf(part.repeat(9_000 / part.length), policy);
    }
  });
});
