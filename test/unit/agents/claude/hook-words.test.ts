import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseHook, parseStatus } from "../../../../src/agents/claude/hook-payload.ts";
import { hookNames, isHookName, wordsOf } from "../../../../src/agents/claude/hook-words.ts";
import type { CompanionWord } from "../../../../src/agents/terminal/companion.ts";

const folder = join(import.meta.dirname, "../../../fixtures/streams/claude-hooks");

interface Line {
  readonly ev: string;
  readonly t: number;
  readonly in: unknown;
}

/** A line for each hook of a recording: its name, and what it says in short. */
async function read(name: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, name, "hooks.jsonl"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  // Recorded by a program of the form above.
  return lines.map((line) => sayHook(JSON.parse(line) as Line));
}

function sayHook({ ev, t, in: given }: Line): string {
  const payload = parseHook(given);
  assert(payload !== null && isHookName(ev), ev);
  return [ev, ...wordsOf(ev, payload, t, () => null).map(sayWord)].join(" | ");
}

function sayWord(word: CompanionWord): string {
  switch (word.type) {
    case "seen":
      return word.observation.states?.join("/") ?? "takes back";
    case "over":
      return `over ${word.end.result} ${word.limit?.kind ?? "-"} "${word.says}"`;
    case "receipt":
      return `receipt "${word.text}"`;
    case "activity":
      return `does "${word.says}"`;
    default:
      return word.type;
  }
}

/** Only those whose line begins with one of these. */
function only(lines: readonly string[], ...names: readonly string[]): readonly string[] {
  return lines.filter((line) => names.includes(line.split(" | ")[0] ?? ""));
}

describe("the recorded hooks of Claude Code", () => {
  test("tell prompts, tools, asks and ends; an end by Esc is told by none", async () => {
    const lines = await read("tui-question-plan");
    assert.deepEqual(lines.slice(0, 8), [
      "SessionStart | takes back",
      'UserPromptSubmit | working/retrying | receipt "DELAY=2000 TASK go"',
      'PreToolUse | working/retrying | does "Write /home/dev/project/hello.txt"',
      "PermissionRequest | asking",
      "Notification",
      'PostToolUse | working/retrying | does "Write /home/dev/project/hello.txt"',
      'Stop | idle | over completed - "All done: the work is finished."',
      "Notification | idle/failed/limited",
    ]);
    assert.equal(only(lines, "UserPromptSubmit").length, 5);
    assert.equal(only(lines, "Stop", "StopFailure").length, 2);
    assert.equal(lines.at(-1), "SessionEnd | takes back");
  });

  test("tell a limit with the words of the error", async () => {
    const lines = await read("tui-429");
    assert.deepEqual(only(lines, "StopFailure"), [
      'StopFailure | limited | over failed rate "API Error: Request rejected (429) · This request would exceed your rate limit. (fake)"',
    ]);
  });

  test("tell no end, no start and no work by a compaction, nor by a subagent", async () => {
    const lines = await read("tui-compaction");
    const told = only(lines, "PreCompact", "SubagentStop", "PostCompact").slice(0, 6);
    assert.deepEqual(told, [
      'PreCompact | working/retrying | does "Compacting the conversation"',
      "SubagentStop",
      "PostCompact | takes back",
      'PreCompact | working/retrying | does "Compacting the conversation" | compacting',
      "SubagentStop",
      "PostCompact",
    ]);
    const [, ...more] = only(lines, "SessionStart");
    assert.deepEqual([...new Set(more)], ["SessionStart"]);
  });
});

describe("a hook", () => {
  const say = (name: string, payload: unknown) => sayHook({ ev: name, t: 1, in: payload });

  test("of a subagent says nothing of the turn", () => {
    const payload = { agent_id: "a1", tool_name: "Bash", tool_input: { command: "make" } };
    assert.equal(say("PreToolUse", payload), 'PreToolUse | does "Bash make"');
    for (const name of ["PostToolUse", "Stop", "StopFailure", "UserPromptSubmit"]) {
      assert.equal(say(name, payload), name);
    }
  });

  test("of a start after /clear says that the context is empty", () => {
    assert.equal(say("SessionStart", { source: "clear" }), "SessionStart | idle | emptied");
  });

  test("of a failure tells what no prompt can mend, and which limit it is", () => {
    const failure = (error: string, words: string) => {
      const payload = parseHook({ error, last_assistant_message: words });
      assert(payload !== null);
      const over = wordsOf("StopFailure", payload, 1, () => 99).find(({ type }) => type === "over");
      assert(over?.type === "over");
      return [over.end, over.limit];
    };
    const [end, limit] = failure("authentication_failed", "Not logged in · Please run /login");
    assert.deepEqual(end, {
      result: "failed",
      why: "Not logged in · Please run /login",
      isBroken: true,
    });
    assert.equal(limit, null);
    const words = "API Error: 529 Overloaded. This is a server-side issue";
    assert.deepEqual(failure("server_error", words)[1], {
      kind: "overload",
      until: 99,
      says: words,
    });
    assert.deepEqual(failure("", "")[0], { result: "failed", why: "its turn has failed" });
  });

  test("with any payload is read or passed over, and never thrown at", () => {
    const anything = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(fc.constantFrom(...hookNames), anything, (name, value) => {
        const payload = parseHook(value);
        if (payload !== null) wordsOf(name, payload, 1, () => null);
        parseStatus(value);
      }),
    );
  });
});

describe("the status line of Claude Code", () => {
  test("tells the window, and of the plan the limit that is used up first", () => {
    const told = parseStatus({
      context_window: { context_window_size: 200_000, used_percentage: 75 },
      rate_limits: {
        five_hour: { used_percentage: 34.5, resets_at: 1_795_221_968 },
        seven_day: { used_percentage: 92, resets_at: null },
        other: null,
      },
    });
    assert.equal(told.contextSize, 200_000);
    assert.deepEqual(told.quota, { percent: 92, resetsAt: null, by: "claude's 7 d limit" });
    assert.equal(parseStatus({ context_window: {} }).quota, null);
  });
});
