import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createPrompts } from "../../../src/prompts/create-prompts.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";
import type { PromptStyle } from "../../../src/prompts/section.ts";

function nudge(style: PromptStyle, isLast: boolean): Promise<string> {
  const prompts = createPrompts({
    style,
    template: null,
    target: "main",
    gates: [],
    stateDir: ".",
  });
  return prompts.nudge({
    order: sampleOrder(),
    why: "no progress for 10 min",
    isLast,
    leftMs: 600_000,
    taskFile: "/state/prompts/T-1/1/1.md",
  });
}

describe("the prompt to an agent without progress", () => {
  for (const style of ["headings", "xml"] as const) {
    test(`in the style ${style} says why, the three ways on, and where the task stands`, async () => {
      const text = await nudge(style, false);
      assert.match(text, /no progress for 10 min/);
      assert.match(text, /1\. go on[\s\S]*2\. name[\s\S]*temoin report blocked[\s\S]*3\. ask/);
      assert.ok(text.includes(sampleOrder().task.title));
      assert.ok(text.includes("/state/prompts/T-1/1/1.md"));
      assert.match(text, style === "xml" ? /<reminder>[\s\S]*<\/reminder>/ : /^## Reminder$/m);
    });

    test(`in the style ${style} the last one says that it is, and until when`, async () => {
      const text = await nudge(style, true);
      assert.match(text, /the last prompt of this attempt[\s\S]*about 10 min/);
      assert.match(text, /temoin report handoff/);
      assert.doesNotMatch(text, /three ways/);
    });
  }
});
