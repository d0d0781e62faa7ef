/**
 * What Claude Code gives to a hook (measured: 2.1.197), as far as we read it. Unknown fields are
 * passed over, and missing ones are as if nothing was said: each version has its own.
 */

import { z } from "zod";
import type { QuotaUse } from "../../domain/agent.ts";
import { fullestQuota } from "../../domain/fullness.ts";
import { quotaName } from "./window.ts";

const words = z.string().optional().catch(undefined);

const schema = z.object({
  session_id: z.string().catch(""),
  transcript_path: z.string().catch(""),
  cwd: z.string().catch(""),
  /** The same for all of one turn. */
  prompt_id: words,
  /** Set for what a subagent does. */
  agent_id: words,
  /** Of `SessionStart`: `startup`, `clear`, `resume`, `compact`. */
  source: words,
  /** Of `UserPromptSubmit`. */
  prompt: words,
  tool_name: words,
  tool_input: z.record(z.string(), z.unknown()).catch({}),
  /** Of `Notification`. */
  notification_type: words,
  message: words,
  /** Of `PostCompact`: `auto`, within a turn, or `manual`. */
  trigger: words,
  /** Of `StopFailure`. */
  error: words,
  last_assistant_message: words,
});

export type HookPayload = z.infer<typeof schema>;

/** `null`: it is no payload at all. */
export function parseHook(value: unknown): HookPayload | null {
  return schema.safeParse(value).data ?? null;
}

const statusSchema = z.object({
  cost: z.object({ total_cost_usd: z.number().nonnegative() }).optional().catch(undefined),
  context_window: z
    .object({ context_window_size: z.number().positive() })
    .optional()
    .catch(undefined),
  /** Only where the plan has such: by `five_hour`, `seven_day`. */
  rate_limits: z
    .record(
      z.string(),
      z
        .object({
          used_percentage: z.number().nonnegative(),
          /** Seconds since 1970. */
          resets_at: z.number().nullish().catch(null),
        })
        .nullish()
        .catch(null),
    )
    .optional()
    .catch(undefined),
});

/** What its status line is given. */
export interface StatusPayload {
  /** Of all that its process has done so far. */
  readonly costUsd: number | null;
  /** What the model takes at most, in tokens. */
  readonly contextSize: number | null;
  /** Of its plan's windows the fullest. */
  readonly quota: QuotaUse | null;
}

export function parseStatus(value: unknown): StatusPayload {
  const {
    cost,
    context_window: window,
    rate_limits: limits,
  } = statusSchema.safeParse(value).data ?? {};
  const quotas = Object.entries(limits ?? {}).flatMap(([kind, limit]): QuotaUse[] => {
    if (!limit) return [];
    const { used_percentage: percent, resets_at: at } = limit;
    return [{ percent, resetsAt: at ? at * 1000 : null, by: quotaName(kind) }];
  });
  return {
    costUsd: cost?.total_cost_usd ?? null,
    contextSize: window?.context_window_size ?? null,
    quota: fullestQuota(quotas),
  };
}
