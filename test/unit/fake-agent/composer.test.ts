/** The composer holds what was written, byte for byte, also where it shows less. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Composer,
  clearLine,
  emptyComposer,
  eraseLast,
  isFolded,
  paste,
  shownOf,
  textOf,
  write,
} from "../../fake-agent/tui/composer.ts";
import { mannersOf } from "../../fake-agent/tui/manners.ts";

const { folding } = mannersOf("claude", {});
const sixty = Array.from({ length: 60 }, (_, n) => `line ${n}`).join("\n");

describe("the composer", () => {
  test("holds all that was written and pasted into it, whatever is folded", () => {
    const piece = fc.record({ isPaste: fc.boolean(), text: fc.string({ maxLength: 2000 }) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const noRepeat = { ...folding, isUnfoldedByRepeat: false };
        const composer = pieces.reduce<Composer>(
          (all, { isPaste, text }) => (isPaste ? paste(all, text, noRepeat) : write(all, text)),
          emptyComposer,
        );
        const expected = pieces.map(({ isPaste, text }) =>
          isPaste ? text.replace(/\r\n?/g, "\n") : text,
        );
        assert.equal(textOf(composer), expected.join(""));
      }),
    );
  });

  test("folds a long paste into the agent's own words, and shows it when it is pasted again", () => {
    const once = paste(write(emptyComposer, "see "), sixty, folding);
    assert.equal(shownOf(once), "see [Pasted text #1 +59 lines]");
    assert.equal(isFolded(once), true);
    const twice = paste(once, sixty, folding);
    assert.equal(shownOf(twice), `see ${sixty}`);
    assert.equal(textOf(twice), `see ${sixty}`);
    const codex = paste(emptyComposer, "x".repeat(1024), mannersOf("codex", {}).folding);
    assert.equal(shownOf(codex), "[Pasted Content 1024 chars]");
  });

  test("is emptied line by line", () => {
    const shown: string[] = [];
    let composer = paste(write(emptyComposer, "first\nsecond"), sixty, folding);
    while (composer.length > 0) {
      composer = clearLine(composer);
      shown.push(textOf(composer));
    }
    assert.deepEqual(shown, ["first\n", "first", ""]);
  });

  test("loses one character to a backspace, and a folded paste as a whole", () => {
    assert.equal(textOf(eraseLast(write(emptyComposer, "a🎉"))), "a");
    assert.equal(textOf(eraseLast(paste(write(emptyComposer, "a"), sixty, folding))), "a");
    assert.deepEqual(eraseLast(emptyComposer), emptyComposer);
  });
});
