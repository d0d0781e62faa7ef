import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { harmless, harmlessJson } from "../../../src/lib/terminal-text.ts";

describe("harmless", () => {
  for (const [what, text, left] of [
    ["a title", "a\u001b]0;evil\u0007b", "ab"],
    ["a title that ends by ST", "a\u001b]2;evil\u001b\\b", "ab"],
    ["a clipboard in 8 bits", "a\u009d52;c;ZXZpbA==\u009cb", "ab"],
    ["a title without its end, which takes no further line", "a\u001b]0;evil\nb", "a\nb"],
    ["a device string", "a\u001bP1;2|evil\u001b\\b", "ab"],
    ["a cleared screen", "a\u001b[2J\u001b[Hb", "ab"],
    ["the alternate screen", "a\u001b[?1049hb", "ab"],
    ["an 8-bit sequence", "a\u009b2Jb", "ab"],
    ["a reset", "a\u001bcb", "ab"],
    ["a line that is written over", "bad\rgood", "badgood"],
    ["a backspace, a bell, a NUL", "a\b\u0007\u0000b", "ab"],
  ] as const) {
    it(`takes out ${what}`, () => assert.equal(harmless(text), left));
  }

  it("leaves colours, lines, tabs and all letters", () => {
    const text = "\u001b[1;31mrot\u001b[0m\tÜ 🙂\nzwei\u001b[38:2::1:2:3m";
    assert.equal(harmless(text), text);
  });

  it("leaves nothing that a terminal obeys but colours, whatever the text", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b", "\u001b[", "\u009b", "\u001b]", "\u0007", "31m", ";", "2J", "\\"),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const left = harmless(parts.join(""));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
        assert.doesNotMatch(left.replace(/\x1b\[[\d;:]*m/g, ""), /[^\P{Cc}\n\t]/u);
      }),
    );
  });
});

describe("harmlessJson", () => {
  it("says the same, in characters that no terminal obeys", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = harmlessJson(JSON.stringify({ text }));
        assert.doesNotMatch(json, /\p{Cc}/u);
        assert.equal(JSON.parse(json).text, text);
      }),
    );
  });
});
