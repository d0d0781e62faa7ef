/**
 * What went wrong with a prompt, out of a JSON-RPC error: the agent's own words, the limit that they
 * tell of, and whether another prompt would fail in the same way. Pure.
 *
 * Met: claude-agent-acp 0.49 (`data.errorKind`), codex-acp 2.6 (`data.codexErrorInfo`, the words in
 * `data.message`), opencode 1.18 (`data.errorName`), gemini 0.61 (the HTTP status as `code`, the
 * words in JSON).
 */

import type { Limit } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import { isRecord } from "../../lib/json-text.ts";
import { plainLine } from "../../lib/process-text.ts";
import { readLimit } from "../limit-words.ts";

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

export interface Failure {
  readonly why: string;
  readonly limit: Limit | null;
  readonly isBroken: boolean;
}

export interface Time {
  readonly now: Instant;
  /** Of the clock that the agent reads. */
  readonly zone: string;
}

/** Of the protocol: it must be logged in first. */
export const authRequired = -32_000;

/** It has not even looked at the prompt: no such method, parameters or conversation. */
export function isRefusal({ code }: RpcError): boolean {
  return [-32_700, -32_600, -32_601, -32_602, -32_002].includes(code);
}

export function readFailure(error: RpcError, time: Time): Failure {
  const why = wordsOf(error);
  return { why, limit: limitOf(error, why, time), isBroken: isHopeless(error, why) };
}

/** For a turn that ended well by name alone: what it said is all that there is. */
export function readSilentFailure(words: string, time: Time): Failure {
  const why = unwrap(words) || "it ended with an error that it did not name";
  return readFailure({ code: 0, message: why, data: null }, time);
}

/** In the agent's own words, one line. */
export function wordsOf({ message, data }: RpcError): string {
  const told =
    typeof data === "string"
      ? data
      : ["message", "details"].map((key) => (isRecord(data) ? data[key] : null)).find(isText);
  const words = unwrap(told ?? message);
  return words === "" ? "it did not say why" : words;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** `{"error":{"message":…}}`, as some pass it on, and what the SDK puts before every error. */
function unwrap(words: string): string {
  const plain = words.trim().replace(/^Internal error:\s*/, "");
  if (!plain.startsWith("{")) return plainLine(plain);
  try {
    const value: unknown = JSON.parse(plain);
    const inner = isRecord(value) && isRecord(value["error"]) ? value["error"] : value;
    const message = isRecord(inner) ? inner["message"] : null;
    if (isText(message)) return plainLine(message);
  } catch {
    // No JSON after all: the words stand for themselves.
  }
  return plainLine(plain);
}

type Kind = Limit["kind"];

/** By the names that agents have for it, without their punctuation. */
const namedLimits: readonly (readonly [RegExp, Kind])[] = [
  [/usagelimit|quotaexceeded/, "usage"],
  [/billing|insufficientquota|credit/, "billing"],
  [/overload/, "overload"],
  [/ratelimit|toomanyrequests/, "rate"],
];

const limitWords =
  /usage limit|rate.?limit|too many requests|\b429\b|overloaded|\b529\b|credit balance|insufficient[_ ](?:quota|funds|credits)|exceeded your (?:current )?quota|exhausted your|resource (?:has been )?exhausted/i;

function limitOf(error: RpcError, says: string, { now, zone }: Time): Limit | null {
  const named = namedLimits.find(([name]) => name.test(nameOf(error.data)))?.[1] ?? null;
  const isLimit = named !== null || [429, 529].includes(error.code) || limitWords.test(says);
  if (!isLimit) return null;
  const read = readLimit({ says, until: null }, now, zone);
  const byWords = kindByWords(says);
  // Words are more exact than a name: a usage limit comes as `rate_limit` too.
  const byName = named ?? (error.code === 529 ? "overload" : "rate");
  return { ...read, kind: byWords ?? byName };
}

function kindByWords(says: string): Kind | null {
  if (/\b(?:usage|session|daily|weekly|monthly) (?:limit|quota)/i.test(says)) return "usage";
  if (/credit balance|billing|insufficient[_ ](?:quota|funds|credits)/i.test(says))
    return "billing";
  return /overloaded|\b529\b/i.test(says) ? "overload" : null;
}

/** What an agent calls the error, as small letters alone. */
function nameOf(data: unknown): string {
  if (!isRecord(data)) return "";
  const info = data["codexErrorInfo"] ?? data["codex_error_info"] ?? data["errorKind"];
  const name = isRecord(info) ? Object.keys(info)[0] : info;
  return typeof name === "string" ? name.toLowerCase().replace(/[^a-z]/g, "") : "";
}

function isHopeless(error: RpcError, why: string): boolean {
  if (error.code === authRequired || error.code === 401 || error.code === 403) return true;
  if (error.code === 404 && /\bmodel\b/i.test(why)) return true;
  if (/authenticationfailed|unauthorized|modelnotfound|oauth/.test(nameOf(error.data))) return true;
  return /api key|not logged in|log ?in (?:again|first)|\/login|unauthori[sz]ed|ECONNREFUSED|ENOTFOUND/i.test(
    why,
  );
}
