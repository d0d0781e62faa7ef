/** Which file scopes can meet. Every row is read in both directions. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import picomatch from "picomatch";
import { globsMeet, outsideScope, scopesMeet } from "../../../src/domain/scope.ts";

const meeting: readonly (readonly [string, string])[] = [
  ["src/a.ts", "src/a.ts"],
  ["./src/a.ts", "src/a.ts"],
  ["/src/a.ts", "src/a.ts"],
  ["src/**", "src/a.ts"],
  ["src/", "src/deep/a.ts"],
  ["**", "anything/at/all"],
  ["**/a.ts", "a.ts"],
  ["**/a.ts", "src/deep/a.ts"],
  ["src/**/x.ts", "src/x.ts"],
  ["src/**", "**/x.ts"],
  ["src/*.ts", "src/a*"],
  ["src/a?.ts", "src/*b.ts"],
  ["*a", "b*"],
  ["src/{a,b}.ts", "src/b.ts"],
  ["src/{a}/{b,c}.ts", "src/a/c.ts"],
  ["{src,test}/{a,{b,c}}.ts", "test/c.ts"],
  ["src/[ab].ts", "src/z.ts"],
  ["a/**/b/**/c", "a/x/b/y/z/c"],
  ["{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}/x/y", "aaaaaaa/x/y"],
];

const apart: readonly (readonly [string, string])[] = [
  ["src/a.ts", "src/b.ts"],
  ["src/*.ts", "src/deep/a.ts"],
  ["src/**", "test/a.ts"],
  ["src/*.ts", "src/*.js"],
  ["src/a?.ts", "src/a.ts"],
  ["src/{a,b}.ts", "src/c.ts"],
  ["src/{a}/{b,c}.ts", "src/a/d.ts"],
  ["**/a.ts", "src/b.ts"],
  ["a/**/c", "a/b"],
  ["docs/", "docs.md"],
  ["", "src/a.ts"],
];

describe("scopes", () => {
  for (const [a, b] of meeting) {
    test(`${a} meets ${b}`, () => {
      assert.equal(globsMeet(a, b), true);
      assert.equal(globsMeet(b, a), true);
    });
  }

  for (const [a, b] of apart) {
    test(`${a} and ${b} stay apart`, () => {
      assert.equal(globsMeet(a, b), false);
      assert.equal(globsMeet(b, a), false);
    });
  }

  test("an unknown scope holds nobody up", () => {
    assert.equal(scopesMeet([], ["**"]), false);
    assert.equal(scopesMeet(["a", "src/**"], ["b", "src/x"]), true);
  });

  test("any two globs that match one path meet", () => {
    const segment = fc.constantFrom("a", "b", "ab", "*", "a*", "?", "**", "{a,b}", "*b");
    const glob = fc.array(segment, { minLength: 1, maxLength: 4 }).map((all) => all.join("/"));
    const path = fc
      .array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 4 })
      .map((all) => all.join("/"));
    let matches = 0;
    fc.assert(
      fc.property(glob, glob, path, (left, right, file) => {
        const both = [left, right].every((one) => picomatch.isMatch(file, one));
        if (!both) return;
        matches += 1;
        assert.equal(globsMeet(left, right), true, `${left} and ${right} match ${file}`);
      }),
      { numRuns: 3_000 },
    );
    assert(matches > 20, `only ${matches} pairs were compared`);
  });
});

describe("a change", () => {
  test("is outside its scope where no glob covers it", () => {
    const rows: readonly (readonly [string, string, boolean])[] = [
      ["src/a.ts", "src/a.ts", false],
      ["src/a.ts", "src/**", false],
      ["src/deep/a.ts", "src", false],
      ["src/deep/a.ts", "src/", false],
      ["src/deep/a.ts", "src/*", false],
      ["srcs/a.ts", "src", true],
      ["src/a.ts", "src/b.ts", true],
      ["src/a.ts", "{docs,src}/*.ts", false],
      ["docs/a.md", "**/*.md", false],
      // What stands in a path stands for itself.
      ["src/*", "src/b", true],
      ["a{b,c}", "ab", true],
      ["src/**", "src/?*", false],
    ];
    for (const [path, glob, isOutside] of rows) {
      assert.equal(outsideScope([path], [glob]).length > 0, isOutside, `${path} in ${glob}`);
    }
    assert.deepEqual(outsideScope(["any"], []), []);
  });

  test("inside a scope meets every scope that names its path", () => {
    const words = fc.stringMatching(/^[ab]{1,3}$/);
    const paths = fc.array(words, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const parts = fc.constantFrom("a", "b", "*", "?", "a*", "**", "{a,b}");
    const globs = fc.array(parts, { minLength: 1, maxLength: 3 }).map((all) => all.join("/"));
    fc.assert(
      fc.property(paths, globs, (path, glob) => {
        const isMatched = picomatch.isMatch(path, glob);
        if (isMatched) assert.deepEqual(outsideScope([path], [glob]), []);
        const isCovered = outsideScope([path], [glob]).length === 0;
        if (isCovered) assert(globsMeet(path, glob) || globsMeet(path, `${glob}/**`));
      }),
      { numRuns: 500 },
    );
  });
});
