/**
 * What each hook of Claude Code says of the agent. Pure.
 *
 * Traps that were met (`docs/drivers.md`): no hook tells of an end by Esc, or by a no at the keys;
 * `SubagentStop` and `SessionStart` after a compaction are no ends; what a subagent does in the
 * background says nothing of the turn; a request that is repeated looks like work.
 */

import type { Observation, SeenState } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import { lastLine, plainLine } from "../../lib/process-text.ts";
import { sayToolUse } from "../hooks/say-tool.ts";
import type { CompanionWord } from "../terminal/companion.ts";
import { failedBy, limitOf } from "./failure.ts";
import type { HookPayload } from "./hook-payload.ts";

/** Those that are listened to; `PermissionRequest` alone waits for an answer. */
export const hookNames = [
  "SessionStart",
  "UserPromptSubmit",
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "Notification",
  "Stop",
  "StopFailure",
  "PreCompact",
  "PostCompact",
  "SubagentStop",
  "SessionEnd",
] as const;
export type HookName = (typeof hookNames)[number];

export function isHookName(name: string): name is HookName {
  return hookNames.some((one) => one === name);
}

const compacting = "Compacting the conversation";

/** `resetOf`: the reset time in words of the agent, or `null`. */
export function wordsOf(
  name: HookName,
  payload: HookPayload,
  at: Instant,
  resetOf: (words: string) => Instant | null,
): readonly CompanionWord[] {
  if (payload.agent_id !== undefined) return sayBackground(name, payload);
  const seen = (says: string, states: readonly SeenState[] | null): CompanionWord => {
    const observation: Observation = { at, source: "hook", says: `${name}: ${says}`, states };
    return { type: "seen", observation };
  };
  const works = (says: string) => [
    seen(says, ["working", "retrying"]),
    { type: "activity", says } as const,
  ];
  switch (name) {
    case "SessionStart":
      if (payload.source === "startup") return [seen("its session has begun", null)];
      if (payload.source !== "clear") return [];
      return [seen("its context is empty", ["idle"]), { type: "emptied", at }];
    case "UserPromptSubmit":
      return [
        seen("it has taken a prompt", ["working", "retrying"]),
        { type: "receipt", text: payload.prompt ?? "", at },
      ];
    case "PreToolUse":
    case "PostToolUse":
    case "PostToolUseFailure":
      return works(sayTool(payload));
    case "PermissionRequest":
      return [seen(sayTool(payload), ["asking"])];
    case "PreCompact":
      return [
        ...works(compacting),
        // At a person's word it is theirs.
        ...(payload.trigger === "manual"
          ? []
          : [{ type: "compacting", says: compacting } as const]),
      ];
    case "PostCompact":
      // Within a turn that goes on, or at a person's word, and then there was none.
      return payload.trigger === "manual" ? [seen("its conversation is compacted", null)] : [];
    case "Notification":
      // After a minute at rest, also where Esc has ended the turn.
      return payload.notification_type === "idle_prompt"
        ? [seen(payload.message ?? "it waits", ["idle", "failed", "limited"])]
        : [];
    case "Stop": {
      const says = lastLine(payload.last_assistant_message ?? "");
      const end = { result: "completed" } as const;
      return [seen("its turn is over", ["idle"]), { type: "over", at, end, limit: null, says }];
    }
    case "StopFailure":
      return sayFailure(payload, at, resetOf, seen);
    case "SubagentStop":
      return [];
    case "SessionEnd":
      return [seen("its session has ended", null)];
  }
}

function sayFailure(
  { error, last_assistant_message: message = "" }: HookPayload,
  at: Instant,
  resetOf: (words: string) => Instant | null,
  seen: (says: string, states: readonly SeenState[]) => CompanionWord,
): readonly CompanionWord[] {
  const words = plainLine(message) || error || "its turn has failed";
  const failure = { error: error ?? null, status: statusOf(words), resetsAt: null, says: words };
  const limit = limitOf(failure, resetOf);
  const state = limit === null ? "failed" : "limited";
  const says = lastLine(message);
  return [seen(words, [state]), { type: "over", at, end: failedBy(failure), limit, says }];
}

/** It goes on behind the turn, and may outlast it. */
function sayBackground(name: HookName, payload: HookPayload): readonly CompanionWord[] {
  return name === "PreToolUse" ? [{ type: "activity", says: sayTool(payload) }] : [];
}

/** As in `API Error: 529 Overloaded` or `Request rejected (429)`. */
function statusOf(words: string): number | null {
  const [, status] = /(?:API Error:? |\()([45]\d\d)\b/.exec(words) ?? [];
  return status === undefined ? null : Number(status);
}

function sayTool({ tool_name: tool = "a tool", tool_input: input }: HookPayload): string {
  return sayToolUse(tool, input);
}
