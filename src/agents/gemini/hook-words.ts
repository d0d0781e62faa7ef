/**
 * What each hook of Gemini CLI says of the agent (measured: 0.61.0). Pure.
 *
 * Traps that were met (`docs/drivers.md`): `AfterAgent` comes after an error and after Esc too, and
 * repeats pieces of the answer, so that only the transcript tells how a turn has ended; after Esc at a
 * dialog it does not come at all; `PreCompress` comes at every call of the model and means nothing.
 */

import { z } from "zod";
import type { SeenState } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import { plainLine } from "../../lib/process-text.ts";
import { sayToolUse } from "../hooks/say-tool.ts";
import type { CompanionWord } from "../terminal/companion.ts";

/** Those that are listened to. None of them can allow anything, so none waits. */
export const hookNames = [
  "SessionStart",
  "BeforeAgent",
  "BeforeTool",
  "AfterTool",
  "Notification",
  "AfterAgent",
  "SessionEnd",
] as const;
export type HookName = (typeof hookNames)[number];

export function isHookName(name: string): name is HookName {
  return hookNames.some((one) => one === name);
}

const words = z.string().optional().catch(undefined);

const schema = z.object({
  transcript_path: z.string().catch(""),
  source: words,
  prompt: words,
  tool_name: words,
  tool_input: z.record(z.string(), z.unknown()).catch({}),
  notification_type: words,
  message: words,
});

export type HookPayload = z.infer<typeof schema>;

/** `null`: it is no payload at all. */
export function parseHook(value: unknown): HookPayload | null {
  return schema.safeParse(value).data ?? null;
}

export function wordsOf(
  name: HookName,
  payload: HookPayload,
  at: Instant,
): readonly CompanionWord[] {
  const seen = (says: string, states: readonly SeenState[] | null): CompanionWord => ({
    type: "seen",
    observation: { at, source: "hook", says: `${name}: ${says}`, states },
  });
  const isAtWork = ["working", "retrying"] as const;
  switch (name) {
    case "SessionStart":
      if (payload.source !== "clear") return [seen("its session has begun", null)];
      return [seen("its context is empty", ["idle"]), { type: "emptied", at }];
    case "BeforeAgent":
      return [
        seen("it has taken a prompt", isAtWork),
        { type: "receipt", text: payload.prompt ?? "", at },
      ];
    case "BeforeTool":
    case "AfterTool": {
      const says = sayToolUse(payload.tool_name ?? "a tool", payload.tool_input);
      return [seen(says, isAtWork), { type: "activity", says }];
    }
    case "Notification":
      return payload.notification_type === "ToolPermission"
        ? [seen(plainLine(payload.message ?? "it asks for a permission"), ["asking"])]
        : [];
    case "AfterAgent":
      // How it is over, and what that makes of the agent, stands in the transcript.
      return [];
    case "SessionEnd":
      return [seen("its session has ended", null)];
  }
}
