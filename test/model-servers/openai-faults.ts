/** The errors of OpenAI, the same for both of its protocols. Pure. */

import { inSeconds, type Moment, type Refusal } from "./dialect.ts";
import type { Fault } from "./script.ts";

export function openaiRefusal(fault: Fault, moment: Moment): Refusal {
  const { kind, retryAfterSeconds, resetSeconds } = fault;
  const errorOf = (usual: string, type: string, code: string | null): unknown => ({
    error: { message: fault.message ?? usual, type, param: null, code },
  });
  const headers: Readonly<Record<string, string>> =
    retryAfterSeconds === null ? {} : { "retry-after": `${retryAfterSeconds}` };
  if (kind === "usage_limit") {
    const error = {
      type: "usage_limit_reached",
      message: fault.message ?? "The usage limit has been reached",
      plan_type: "plus",
      resets_at: inSeconds(moment.nowMs, resetSeconds),
      resets_in_seconds: resetSeconds,
    };
    const told = { ...headers, ...windowHeaders(100, resetSeconds, moment) };
    return { status: 429, headers: told, body: { error } };
  }
  if (kind === "quota") {
    const message = "You exceeded your current quota, please check your plan and billing details.";
    return {
      status: 429,
      headers,
      body: errorOf(message, "insufficient_quota", "insufficient_quota"),
    };
  }
  if (kind === "context") {
    const message = "This model's maximum context length is 272000 tokens.";
    const body = errorOf(message, "invalid_request_error", "context_length_exceeded");
    return { status: 400, headers, body };
  }
  if (kind === 429) {
    const wait = `Please try again in ${retryAfterSeconds ?? 2}s.`;
    const message = `Rate limit reached for the model on tokens per min (TPM): Limit 30000, Used 29000, Requested 5000. ${wait}`;
    return { status: 429, headers, body: errorOf(message, "tokens", "rate_limit_exceeded") };
  }
  const status = typeof kind === "number" ? (kind === 529 ? 503 : kind) : 500;
  const [message, type, code] = errors[status] ?? ["Bad gateway", "server_error", null];
  return { status, headers, body: errorOf(message, type, code) };
}

/** What codex is told of its usage windows, of 5 hours and of a week. */
export function windowHeaders(
  percent: number,
  resetSeconds: number,
  { nowMs }: Moment,
): Readonly<Record<string, string>> {
  return {
    "x-codex-active-limit": "codex",
    "x-codex-plan-type": "plus",
    "x-codex-primary-used-percent": percent.toFixed(1),
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-at": `${inSeconds(nowMs, resetSeconds)}`,
    "x-codex-secondary-used-percent": "40",
    "x-codex-secondary-window-minutes": "10080",
    "x-codex-secondary-reset-at": `${inSeconds(nowMs, 3 * 86_400)}`,
  };
}

type Words = readonly [message: string, type: string, code: string | null];

const errors: Readonly<Record<number, Words>> = {
  400: ["The request is not valid.", "invalid_request_error", "invalid_value"],
  401: ["Incorrect API key provided.", "invalid_request_error", "invalid_api_key"],
  403: [
    "Country, region, or territory not supported",
    "request_forbidden",
    "unsupported_country_region_territory",
  ],
  404: ["The model does not exist.", "invalid_request_error", "model_not_found"],
  500: ["The server had an error while processing your request.", "server_error", null],
  502: ["Bad gateway", "server_error", null],
  503: [
    "The engine is currently overloaded, please try again later",
    "server_error",
    "server_is_overloaded",
  ],
};
