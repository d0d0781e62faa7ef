import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cleanPrompt, textOf } from "../../../../src/agents/terminal/clean-prompt.ts";

/** Texts in which everything that a terminal takes for a key or a sequence is likely. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\u001b[201~",
        "\u009b201~",
        "\u001b",
        "\r\n",
        "\r",
        "\u0000",
        "\u0003",
        "\n",
      ),
      fc.constantFrom("\t", "\u007f", "\u0085", "é", "日本", "👩‍👩‍👧", "Enter", "\ud800"),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

describe("a cleaned prompt", () => {
  test("holds no control character but tabs and line feeds, whatever it was", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const character of cleanPrompt(text)) {
          const code = character.codePointAt(0) ?? 0;
          const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
          assert(!isControl || character === "\n" || character === "\t", `U+${code.toString(16)}`);
        }
      }),
    );
  });

  test("ends no bracketed paste before its end, also after what is cut out has closed up", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const pasted = `\u001b[200~${cleanPrompt(text)}\u001b[201~`;
        assert.equal(pasted.indexOf("\u001b[201~"), pasted.length - 6);
        assert(!pasted.includes("\u009b"));
      }),
    );
    assert.equal(cleanPrompt("a\u001b\u001b[201~[201~b"), "a[201~[201~b");
  });

  test("is cleaned once and for all", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assert.equal(cleanPrompt(cleanPrompt(text)), cleanPrompt(text));
      }),
    );
  });

  test("keeps its words, and every line break as one line feed", () => {
    assert.equal(
      cleanPrompt("one\r\ntwo\rthree\n\nfour\tfive\n\n  "),
      "one\ntwo\nthree\n\nfour\tfive",
    );
    assert.equal(cleanPrompt("C-c Enter \\; ; -x"), "C-c Enter \\; ; -x");
  });
});

describe("the text that is written", () => {
  const prompt = { text: "first\nsecond\n", file: "/somewhere/prompt.md" };
  const byFile = "Read the file /somewhere/prompt.md and do what it says.";

  test("is the prompt itself where the program takes pastes", () => {
    const how = { takesPaste: true, longestBytes: 100 };
    assert.deepEqual(textOf(prompt, how), { text: "first\nsecond", isByFile: false });
  });

  test("names the file where each line would be a key, and not for a single line", () => {
    const how = { takesPaste: false, longestBytes: 100 };
    assert.deepEqual(textOf(prompt, how), { text: byFile, isByFile: true });
    const single = textOf({ ...prompt, text: "first\n" }, how);
    assert.deepEqual(single, { text: "first", isByFile: false });
  });

  test("names the file where the agent would carry the prompt out instead of reading it", () => {
    const how = { takesPaste: true, longestBytes: 100 };
    for (const text of ["!touch it", "/clear", " /clear\nand go on", "exit", ":q!", "Quit\n"]) {
      assert.equal(textOf({ ...prompt, text }, how).isByFile, true, text);
    }
    for (const text of ["# T-1: exit", "<task>", "exit with 1", "either/or", "Stop!"]) {
      assert.equal(textOf({ ...prompt, text }, how).isByFile, false, text);
    }
  });

  test("names the file where the prompt is too long, counted in bytes", () => {
    const how = { takesPaste: true, longestBytes: 9 };
    assert.equal(textOf({ ...prompt, text: "ééééé" }, how).isByFile, true);
    assert.equal(textOf({ ...prompt, text: "éééé" }, how).isByFile, false);
  });
});
