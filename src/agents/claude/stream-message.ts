/**
 * The messages of `claude -p --output-format stream-json`, as far as we read them (measured: 2.1.197).
 * Unknown kinds and fields are passed over: new ones come with each version.
 */

import { z } from "zod";

const tokens = z.number().nonnegative().catch(0);

const usage = z.object({
  input_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_read_input_tokens: tokens,
  output_tokens: tokens,
});

const block = z.object({
  type: z.string(),
  text: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
});

const system = z.object({
  type: z.literal("system"),
  subtype: z.string(),
  /** Of `api_retry`. */
  attempt: z.number().optional(),
  max_retries: z.number().optional(),
  retry_delay_ms: z.number().optional(),
  error_status: z.number().nullish(),
  error: z.string().optional(),
  /** Of `status`. */
  status: z.string().nullish(),
  /** Of `init`. */
  model: z.string().optional().catch(undefined),
});

const assistant = z.object({
  type: z.literal("assistant"),
  message: z.object({
    id: z.string(),
    model: z.string().optional(),
    content: z.array(block).catch([]),
    usage: usage.optional(),
  }),
  /** Set for what a subagent says. */
  parent_tool_use_id: z.string().nullish(),
  error: z.string().optional(),
});

const result = z.object({
  type: z.literal("result"),
  subtype: z.string(),
  is_error: z.boolean().catch(false),
  api_error_status: z.number().nullish(),
  num_turns: z.number().catch(0),
  result: z.string().optional(),
  errors: z.array(z.string()).optional(),
  total_cost_usd: z.number().catch(0),
  usage: usage.optional(),
  modelUsage: z
    .record(z.string(), z.object({ contextWindow: z.number().optional() }))
    .catch({})
    .optional(),
  permission_denials: z
    .array(z.object({ tool_name: z.string() }))
    .catch([])
    .optional(),
});

const rateLimit = z.object({
  type: z.literal("rate_limit_event"),
  rate_limit_info: z.object({
    status: z.string(),
    /** Seconds since 1970. */
    resetsAt: z.number().optional(),
    isUsingOverage: z.boolean().optional(),
    /** The share that is used, 1 for all of it; `five_hour` and the like. */
    utilization: z.number().nonnegative().optional().catch(undefined),
    rateLimitType: z.string().optional().catch(undefined),
  }),
});

/** The CLI asks us. */
const controlRequest = z.object({
  type: z.literal("control_request"),
  request_id: z.string(),
  request: z.object({
    subtype: z.string(),
    tool_name: z.string().optional(),
    input: z.record(z.string(), z.unknown()).optional(),
    description: z.string().optional(),
  }),
});

/** It no longer does. */
const controlCancel = z.object({
  type: z.literal("control_cancel_request"),
  request_id: z.string(),
});

/** What we have asked is answered. */
const controlResponse = z.object({
  type: z.literal("control_response"),
  response: z.object({
    subtype: z.string(),
    request_id: z.string(),
    error: z.string().optional(),
    response: z
      .object({
        /** Of `mcp_status`. */
        mcpServers: z
          .array(z.object({ name: z.string(), status: z.string() }))
          .optional()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
});

const message = z.discriminatedUnion("type", [
  system,
  assistant,
  result,
  rateLimit,
  controlRequest,
  controlCancel,
  controlResponse,
]);

export type StreamMessage = z.output<typeof message>;
export type MessageOf<Type extends StreamMessage["type"]> = Extract<StreamMessage, { type: Type }>;
export type StepUsage = z.output<typeof usage>;
export type PermissionRequest = MessageOf<"control_request">;

/** `null`: nothing that we read. */
export function parseMessage(value: unknown): StreamMessage | null {
  const parsed = message.safeParse(value);
  return parsed.success ? parsed.data : null;
}
