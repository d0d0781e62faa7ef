/** What real agents of the protocol have told, read as facts. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { modeFor } from "../../../../src/agents/acp/mode.ts";
import type { Fact } from "../../../../src/agents/protocol/line.ts";
import { type Recording, sessionsOf, turnsOf } from "./recorded.ts";

function last<Type extends Fact["type"]>(facts: readonly Fact[], type: Type) {
  // The type was compared: there is no other way to tell the compiler.
  return facts.findLast((fact) => fact.type === type) as Extract<Fact, { type: Type }> | undefined;
}

/** Prompt, end, last words, limit. */
function endsOf(name: Recording) {
  return turnsOf(name).map(({ prompt, facts }) => {
    const over = last(facts, "over");
    const end = over?.end;
    const how = end?.result === "failed" ? end.why : (end?.result ?? "no end");
    const limit = last(facts, "limit")?.limit.kind ?? null;
    return [prompt, how, over?.says ?? "", limit, end && "isBroken" in end ? end.isBroken : false];
  });
}

function usageOf(name: Recording, prompt: string) {
  const turn = turnsOf(name).find((one) => one.prompt === prompt);
  return last(turn?.facts ?? [], "usage")?.usage;
}

const done = "All done: the work is finished.";
const rejected = "API Error: Request rejected (429) ·";

describe("a recorded agent of the protocol", () => {
  test("claude-agent-acp: turns end as they ended, an error is a limit where it is one", () => {
    const overloaded =
      "API Error: 529 Overloaded. This is a server-side issue, usually temporary — try again in a moment. If it persists, check your inference gateway";
    const ends = endsOf("claude-agent-acp-0.49.0");
    assert.deepEqual(ends.slice(0, -1), [
      ["TASK FILE=a.txt", "completed", done, null, false],
      ["CMD={{echo hello > b.txt}}", "completed", done, null, false],
      ["SAY={{two}}", "completed", "two", null, false],
      [
        "ERR400",
        "API Error: 400 bad request (fake)",
        "API Error: 400 bad request (fake)",
        null,
        false,
      ],
      ...[
        ["ERR429", `${rejected} This request would exceed your rate limit. (fake)`, "rate"],
        ["USAGELIMIT", `${rejected} You've hit your usage limit (fake)`, "usage"],
        ["QUOTA", "Credit balance is too low", "billing"],
      ].map(([prompt, why, limit]) => [prompt, why, why, limit, false]),
      [
        "ERR401",
        "Invalid API key · Fix external API key",
        "Invalid API key · Fix external API key",
        null,
        true,
      ],
    ]);
    const [prompt, why, , limit] = ends.at(-1) ?? [];
    assert.deepEqual([prompt, limit], ["ERR529", "overload"]);
    assert(String(why).startsWith(overloaded));
  });

  test("codex-acp: `end_turn` with a system error is none, and a limit tells its reset", () => {
    const limit =
      "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again at 1:02 AM.";
    const ends = endsOf("codex-acp-2.6.0");
    assert.deepEqual(
      ends.map(([prompt, how, , kind]) => [prompt, how, kind]),
      [
        ["TASK hello", "completed", null],
        ["ESCALATE one", "completed", null],
        ["ESCALATE two", "completed", null],
        ["PATCH FILE=acp2.txt", "completed", null],
        ["BIGUSAGE hi", "completed", null],
        ["HANG forever", "interrupted", null],
        ["ERR400 x", "Invalid request (fake).", null],
        ["USAGELIMIT z", limit, "usage"],
        ["RLHEADERS=88 t", "completed", null],
      ],
    );
    const limited = turnsOf("codex-acp-2.6.0").find((turn) => turn.prompt === "USAGELIMIT z");
    const until = last(limited?.facts ?? [], "limit")?.limit.until;
    assert.equal(until, Date.parse("2026-11-21T01:02:00Z"));
  });

  test("gemini: the status of a request is the code of its error, and its words are JSON", () => {
    assert.deepEqual(endsOf("gemini-0.61.0"), [
      ["TASK FILE=a.txt", "completed", done, null, false],
      ["CMD={{echo hello > b.txt}}", "completed", done, null, false],
      ["SAY={{two}}", "completed", "two", null, false],
      ["ERR400", "bad request (fake)", "", null, false],
      ["ERR401", "API key not valid (fake)", "", null, true],
      ["USAGELIMIT", "You have exhausted your daily quota on this model.", "", "usage", false],
      ["CUT", "terminated", "Fake answer: u", null, false],
    ]);
  });

  test("opencode: an error is one, and a turn of several steps ends once", () => {
    assert.deepEqual(endsOf("opencode-1.18.33").slice(0, 5), [
      ["TASK FILE=a.txt", "completed", done, null, false],
      ["TASKS=2", "completed", done, null, false],
      ["SAY={{two}}", "completed", "two", null, false],
      ["ERR400", "Invalid request (fake).", "", null, false],
      ["ERR401", "Incorrect API key provided: fake.", "", null, true],
    ]);
  });

  test("uses tokens that are counted in one way, whatever the agent counts apart", () => {
    const by = "the agent's usage update";
    const context = { used: 22_253, size: 1_000_000 };
    const claude = usageOf("claude-agent-acp-0.49.0", "TASK FILE=a.txt");
    assert.deepEqual(Object.keys(claude ?? {}).toSorted(), [
      "cachedTokens",
      "context",
      "costUsd",
      "inputTokens",
      "outputTokens",
    ]);
    assert.equal(claude?.context?.size, context.size);
    assert.equal(claude?.inputTokens, (claude?.cachedTokens ?? 0) + 24);
    assert.deepEqual(usageOf("codex-acp-2.6.0", "TASK hello"), {
      inputTokens: 2_500,
      cachedTokens: 2_000,
      outputTokens: 68,
      context: { used: 1_334, size: 258_400, by },
    });
    assert.deepEqual(usageOf("opencode-1.18.33", "TASK FILE=a.txt"), {
      inputTokens: 1_300,
      cachedTokens: 1_000,
      outputTokens: 34,
      costUsd: 0,
      context: { used: 1_300, size: 272_000, by },
    });
    assert.deepEqual(usageOf("gemini-0.61.0", "SAY={{two}}"), {
      inputTokens: 11_578,
      outputTokens: 12,
    });
  });

  test("keeps what the conversation holds where an error tells that it holds nothing", () => {
    const usage = usageOf("claude-agent-acp-0.49.0", "ERR400");
    assert.equal(usage?.context?.used, 22_089);
    assert.equal(usage?.costUsd, 0);
  });

  test("asks for what it is about to do, as an action that can be judged", () => {
    const asked = (name: Recording) =>
      turnsOf(name).flatMap(({ permissions }) =>
        permissions.map(({ ask, wants }) => [ask.says, wants?.action, wants?.allow]),
      );
    assert.deepEqual(asked("gemini-0.61.0"), [
      [
        "May it write /home/dev/project/a.txt?",
        { kind: "edit", paths: ["/home/dev/project/a.txt"] },
        "Allow",
      ],
      [
        "May it run `echo hello > b.txt`?",
        { kind: "command", command: "echo hello > b.txt" },
        "Allow",
      ],
    ]);
    const command = "echo hello > a.txt && ls -l a.txt";
    assert.deepEqual(asked("opencode-1.18.33")[0], [
      `May it run \`${command}\`?`,
      { kind: "command", command },
      "Allow once",
    ]);
    assert.deepEqual(asked("claude-agent-acp-0.49.0").at(-1), [
      "May it run `echo hello > b.txt`?",
      { kind: "command", command: "echo hello > b.txt" },
      "Allow",
    ]);
  });

  test("offers modes of which one fits each autonomy, or none", () => {
    const fitting = (name: Recording) => {
      const [session] = sessionsOf(name);
      return (["full", "edits", "ask"] as const).map((autonomy) => {
        const set = session === undefined ? null : modeFor(autonomy, session);
        return set?.params ?? null;
      });
    };
    assert.deepEqual(fitting("claude-agent-acp-0.49.0"), [
      { modeId: "bypassPermissions" },
      { modeId: "acceptEdits" },
      null,
    ]);
    assert.deepEqual(fitting("gemini-0.61.0"), [{ modeId: "yolo" }, { modeId: "autoEdit" }, null]);
    assert.deepEqual(fitting("codex-acp-2.6.0"), [
      { modeId: "agent-full-access" },
      { modeId: "read-only" },
      { modeId: "read-only" },
    ]);
    assert.deepEqual(fitting("opencode-1.18.33"), [null, null, null]);
  });
});
