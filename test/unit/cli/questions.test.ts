import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { openQuestions } from "../../../src/cli/questions.ts";
import { AppError } from "../../../src/lib/app-error.ts";

/** Types one of `keys` each time that the question is put. */
async function answer(keys: readonly string[], byEnter: boolean): Promise<boolean> {
  const input = new PassThrough();
  const output = new PassThrough();
  const left = [...keys];
  output.on("data", (shown) => {
    if (String(shown).includes("Use it?")) input.write(left.shift() ?? "\u0004");
  });
  using questions = openQuestions({ input, output });
  return await questions.askWhether("Use it?", byEnter);
}

describe("a question at the terminal", () => {
  const answers: readonly (readonly [typed: readonly string[], byEnter: boolean, is: boolean])[] = [
    [["\r"], true, true],
    [["\r"], false, false],
    [["y\r"], false, true],
    [["YES\r"], false, true],
    [["no\r"], true, false],
    [["nothing\r", "n\r"], true, false],
    [["maybe\r", "yes\r"], false, true],
  ];
  for (const [typed, byEnter, is] of answers) {
    it(`takes ${JSON.stringify(typed)} as ${is} where Enter means ${byEnter}`, async () => {
      assert.equal(await answer(typed, byEnter), is);
    });
  }

  for (const [name, key] of [
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ] as const) {
    it(`is left by ${name}, which is told as a choice and not as a failure`, async () => {
      const left = answer([key], true);
      await assert.rejects(left, (error) => error instanceof AppError && error.code === "refused");
    });
  }
});
