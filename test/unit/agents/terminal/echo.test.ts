import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { readCases } from "../../../../bench/detection-cases.ts";
import { loadProfile } from "../../../../src/agents/profile/load-profile.ts";
import { type Echo, echoOf } from "../../../../src/agents/terminal/echo.ts";

const long = "Write the parser of the plan, test it on the three plans, and say what you left out.";

describe("the echo of a text in a composer", () => {
  const cases: readonly (readonly [string, string, string, Echo])[] = [
    ["nothing is written", "  ", long, "empty"],
    ["all of it is there", long, long, "whole"],
    ["it was wrapped and indented", long.replaceAll(" ", "\n   "), long, "whole"],
    ["only its end can be seen", long.slice(30), long, "whole"],
    ["its end is missing", long.slice(0, 50), long, "part"],
    ["a word of it could be anybody's", "parser", long, "other"],
    ["its last word could be anybody's", "out.", long, "other"],
    ["somebody has written on behind it", `${long} And more`, long, "other"],
    ["somebody has written before it", `Wait. ${long}`, long, "other"],
    ["it is there twice", `${long}${long}`, long, "other"],
    ["a short text is all there", "go on", "go on", "whole"],
    ["a short text is not all there", "go", "go on", "other"],
    ["it has few letters", "1 + ?", "1 + ?", "whole"],
    ["its pictures were not drawn", "tres bien  fin", "tres bien 👩‍👩‍👧 fin", "whole"],
  ];
  for (const [what, shown, text, echo] of cases) {
    test(`is ${echo} where ${what}`, () => {
      assert.equal(echoOf({ text: shown, isFolded: false }, text), echo);
    });
  }

  test("is folded where the composer shows a word for a long paste", () => {
    const composer = { text: "[Pasted text #1 +59 lines]", isFolded: true };
    assert.equal(echoOf(composer, long), "folded");
    const twice = { text: "[Pasted text #1 +59 lines][Pasted text #2 +59 lines]", isFolded: true };
    assert.equal(echoOf(twice, long), "other");
  });

  test("is whole for every text, however it is wrapped", () => {
    const words = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 80 }), (parts, width) => {
        const text = parts.join(" ").trim();
        fc.pre(text !== "" && text === text.normalize("NFC"));
        const rows = text.match(new RegExp(`.{1,${width}}`, "gsu")) ?? [];
        assert.equal(echoOf({ text: rows.join("\n  "), isFolded: false }, text), "whole");
      }),
    );
  });
});

/** What was pasted into the real codex, as its composer shows it in `test/fixtures/screens`. */
const recorded = {
  "draft-indented": "Fix this:\n\n    const a = 1;\n        deeper();\n\nThen run the tests.",
  "draft-like-footer":
    "See\n  ? for shortcuts\n  gpt-5 default · ~/demo\n  esc to interrupt\nand answer.",
  "draft-taller": Array.from({ length: 36 }, (_, n) => `- x${n}`).join("\n"),
};

describe("the echo of a text in a recorded composer", async () => {
  const root = fileURLToPath(new URL("../../../fixtures/screens", import.meta.url));
  const { cases } = await readCases(root);
  const codex = await loadProfile({ profile: "codex", root });
  for (const [name, text] of Object.entries(recorded)) {
    test(`is whole: ${name}`, () => {
      const shown = cases.find((one) => one.name === `codex/${name}`);
      assert(shown !== undefined);
      const { composer } = codex.read(shown.screen);
      assert(composer !== null);
      assert.equal(echoOf(composer, text), "whole");
    });
  }

  test("is none where nothing tells that the last prompt on the screen is a composer", () => {
    const shown = cases.find((one) => one.name === "codex/draft-taller");
    assert(shown !== undefined);
    assert.equal(codex.read({ ...shown.screen, cursor: null }).composer, null);
  });
});
