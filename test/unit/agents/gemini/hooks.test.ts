import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  hookNames,
  isHookName,
  parseHook,
  wordsOf,
} from "../../../../src/agents/gemini/hook-words.ts";
import { parseSettings, settingsOf } from "../../../../src/agents/gemini/launch-files.ts";
import type { CompanionWord } from "../../../../src/agents/terminal/companion.ts";

function say(name: string, given: unknown): readonly string[] {
  const payload = parseHook(given);
  assert(payload !== null && isHookName(name));
  return wordsOf(name, payload, 1).map(sayWord);
}

function sayWord(word: CompanionWord): string {
  if (word.type === "seen") return word.observation.states?.join("/") ?? "takes back";
  return "says" in word ? `${word.type} ${word.says}` : word.type;
}

describe("a hook of Gemini CLI", () => {
  // As recorded with 0.61.0, without what is the same in all.
  const tool = { tool_name: "write_file", tool_input: { file_path: "a.txt", content: "words" } };
  const permission = {
    notification_type: "ToolPermission",
    message: "Tool Confirm Write: a.txt requires editing",
  };
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["SessionStart", { source: "startup" }, ["takes back"]],
    ["SessionStart", { source: "clear" }, ["idle", "emptied"]],
    ["BeforeAgent", { prompt: "Do it" }, ["working/retrying", "receipt"]],
    ["BeforeTool", tool, ["working/retrying", "activity write_file a.txt"]],
    ["AfterTool", tool, ["working/retrying", "activity write_file a.txt"]],
    ["Notification", permission, ["asking"]],
    ["Notification", { notification_type: "other" }, []],
    ["AfterAgent", { prompt_response: "All done. done." }, []],
    ["SessionEnd", { reason: "exit" }, ["takes back"]],
  ];
  for (const [name, payload, words] of cases) {
    test(`${name} says: ${words.join(", ") || "nothing"}`, () => {
      assert.deepEqual(say(name, payload), words);
    });
  }

  test("with any payload is read or passed over, and never thrown at", () => {
    const anything = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(fc.constantFrom(...hookNames), anything, (name, value) => {
        const payload = parseHook(value);
        if (payload !== null) wordsOf(name, payload, 1);
      }),
    );
  });
});

describe("the settings of a launch of Gemini CLI", () => {
  test("are the person's own, their hooks before ours", () => {
    const mine = { hooks: [{ type: "command", command: "mine" }] };
    const own = { ui: { theme: "x" }, hooks: { BeforeTool: [mine], BeforeModel: [mine] } };
    const { ui, hooks, hooksConfig } = settingsOf(own, "/private/hook.sh", null);
    const told = hooks as Record<string, unknown[]>;
    assert.deepEqual(ui, { theme: "x" });
    assert.deepEqual(hooksConfig, { notifications: false });
    assert.deepEqual(told["BeforeTool"]?.[0], mine);
    assert.equal(told["BeforeTool"]?.length, 2);
    assert.deepEqual(told["BeforeModel"], [mine]);
  });

  test("keep hooks switched off that the person has switched off", () => {
    const { hooksConfig } = settingsOf(
      { hooksConfig: { enabled: false } },
      "/private/hook.sh",
      null,
    );
    assert.deepEqual(hooksConfig, { notifications: false, enabled: false });
  });

  test("are read with their comments, which are not in a text", () => {
    const text = '// mine\n{ "a": "http://x/*y*/", /* two\nlines */ "b": "\\"//" } // end';
    assert.deepEqual(parseSettings(text), { a: "http://x/*y*/", b: '"//' });
    assert.equal(parseSettings("[]"), null);
    assert.equal(parseSettings("{ a: 1 }"), null);
  });
});
