/** Fences inside fences: the rules of `fences.ts`, and that nothing else is touched. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { repairFences } from "../../../src/plans/fences.ts";
import { loadMarkdown } from "../../../src/plans/markdown.ts";

/** `open-close` of each outer fence, by index of line; `…` where nothing closes it. */
function fencesOf(lines: readonly string[]): readonly string[] {
  return repairFences(lines).fences.map(
    ({ open, close, isOpenEnded }) => `${open}-${isOpenEnded ? "…" : close}`,
  );
}

const rules: readonly (readonly [rule: string, text: string, fences: readonly string[]])[] = [
  ["a bare line closes", "```\na\n```\nb", ["0-2"]],
  ["a longer bare line closes", "```\na\n`````\nb", ["0-2"]],
  ["a shorter or other line does not", "````\n```\n~~~~\n````", ["0-3"]],
  ["a fence with info nests", "```\n```md\nx\n```\n```\nb", ["0-4"]],
  ["two levels deep", "```\n```md\n```js\n```\n```\n```\nb", ["0-5"]],
  ["two one after the other", "```\n```a\n```\nx\n```b\n```\n```\ny", ["0-6"]],
  ["of another character it is content", "~~~\n```md\n~~~\nb", ["0-2"]],
  ["a shorter one is content", "````\n```md\n````\nb", ["0-2"]],
  ["not closed again it is content", "```\n```md\nx\n```\nb", ["0-3"]],
  [
    "a forgotten end does not swallow the rest",
    "```a\nx\n```b\ny\n```\n```c\nz\n```",
    ["0-4", "5-7"],
  ],
  ["never closed", "a\n```\nb\n```js", ["1-…"]],
  ["a list item ends it", "- ```js\n  a\nb\n```\nc\n```", ["0-1", "3-5"]],
  ["a deeper item ends it", "- x\n\n  ```js\n  a\n- y\n\n```\nc\n```", ["2-3", "6-8"]],
  ["a block quote ends it", "> ```\n> a\nb\n```\nc\n```", ["0-1", "3-5"]],
  ["backticks in its info make it code in a line", "```a``` b\n```\nc\n```", ["1-3"]],
];

for (const [rule, text, fences] of rules) {
  test(`fences: ${rule}`, () => {
    assert.deepEqual(fencesOf(text.split("\n")), fences);
  });
}

interface Tree {
  readonly info: string;
  readonly body: readonly (string | Tree)[];
}

const info = fc.constantFrom("js", "markdown", "bash x", "yaml task");
const words = fc.constantFrom(
  "",
  "a word",
  "# x",
  "- [ ] x",
  "    deep",
  "`a`",
  "~~~~",
  "``",
  "---",
);

/** Fences as people nest them: each inner one has an info string, all are closed. */
const { tree } = fc.letrec<{ tree: Tree; body: readonly (string | Tree)[] }>((tie) => ({
  tree: fc.record({ info, body: tie("body") }),
  body: fc.array(fc.oneof({ maxDepth: 3, withCrossShrink: true }, words, tie("tree")), {
    maxLength: 4,
  }),
}));

function linesOf({ info: own, body }: Tree): readonly string[] {
  return [
    `\`\`\`${own}`,
    ...body.flatMap((part) => (typeof part === "string" ? [part] : linesOf(part))),
    "```",
  ];
}

test("nested fences, all closed, are one block of code each with just the lines inside", async () => {
  const parse = await loadMarkdown();
  const documents = fc.array(fc.record({ outer: tree, isBare: fc.boolean() }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(documents, async (blocks) => {
      const codes = blocks.map(({ outer, isBare }) =>
        linesOf(isBare ? { ...outer, info: "" } : outer),
      );
      const text = codes.map((lines) => `Words.\n\n${lines.join("\n")}\n`).join("\n");
      const read = parse(text).blocks;
      assert.deepEqual(
        read.map((block) => (block.kind === "code" ? block.value : block.kind)),
        codes.flatMap((lines) => ["paragraph", lines.slice(1, -1).join("\n")]),
      );
    }),
  );
});

const anyLine = fc.constantFrom(
  "",
  "x",
  "```",
  "````",
  "~~~",
  "  ```",
  "- a",
  "> ```",
  "    x",
  "# h",
);

test("without an info string inside a fence, no line is changed", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 30 }), (lines) => {
      assert.deepEqual(repairFences(lines).lines, lines);
    }),
  );
});

test("whatever the lines, their number stays and outer fences do not overlap", () => {
  const line = fc.oneof(anyLine, fc.constantFrom("```js", "~~~md", "- ```x", "````a", "> ```b"));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const repaired = repairFences(lines);
      assert.equal(repaired.lines.length, lines.length);
      let last = -1;
      for (const { open, close } of repaired.fences) {
        assert.ok(open > last && close >= open && close < lines.length);
        last = close;
      }
    }),
  );
});
