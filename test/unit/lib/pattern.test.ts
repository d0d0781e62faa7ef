import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { patternProblem } from "../../../src/lib/pattern.ts";

describe("patternProblem", () => {
  const refused = [
    "(a+)+b",
    "(a|aa)*b",
    "(?:a?b)+",
    "(?<name>a*)*",
    "(?:a{1,3}){20}",
    "((a))+(?:b|c)+",
    "^.*.*.*.*x",
    "a.*a.*a.*x",
    "x".repeat(501),
  ];
  const taken = [
    "",
    "^ *❯ \\d+\\. ",
    "(?:ab)+",
    "[)*+(]+",
    "\\(a\\)+",
    "^(?:\\d+[hms] ?){1,3}",
    "a*|b*|c*|d*|e*",
    "^(?=.*a)(?=.*b).*c",
    "(?<at>\\S)\\p{Lu}{2}\\u{1F600}",
  ];

  test("refuses what can take for ever on a row that almost fits", () => {
    for (const text of refused) assert.notEqual(patternProblem(text), null, text);
  });

  test("takes what costs little", () => {
    for (const text of taken) assert.equal(patternProblem(text), null, text);
  });

  test("says what is wrong with a pattern that is none", () => {
    assert.match(patternProblem("(") ?? "", /^must be a pattern: /);
    assert.match(patternProblem("a{2}{3}") ?? "", /^must be a pattern: /);
  });

  test("all that it takes is quick on the rows that are worst for it", () => {
    for (const text of taken) {
      const pattern = new RegExp(text, "du");
      for (const part of ["a", "ab", "(", "1. ", "  ❯ 1. "]) {
        const startedAt = performance.now();
        pattern.test(`${part.repeat(500).slice(0, 499)}!`);
        // A thousand times what it takes.
        assert(performance.now() - startedAt < 1_000, text);
      }
    }
  });
});
