/** A turn of opencode: what is known of it while it runs, when it is given up, and how it ended. Pure. */

import type { Limit } from "../../domain/agent.ts";
import { plainLine } from "../../lib/process-text.ts";
import type { TurnEnd } from "../driver.ts";
import { type LimitContext, limitOfError, limitOfRetry, type Retry } from "./limits.ts";
import type { Message, ServerError } from "./server-event.ts";
import { noneSpent, type Spent } from "./spent.ts";

export interface Turn {
  readonly session: string;
  /** We have sent its prompt; else a person has, in whatever session. */
  readonly isOurs: boolean;
  readonly answer: Answer | null;
  /** The last one told. */
  readonly error: ServerError | null;
  /** Why it was stopped by us, since it would ask its model for ever. */
  readonly stopped: Stopped | null;
  /** It was idle, and its last message is still open. */
  readonly isSettling: boolean;
  readonly spent: Spent;
  /** Ids of parts that are counted and in the log. */
  readonly done: ReadonlySet<string>;
  readonly writing: { readonly part: string; readonly text: string };
  readonly says: string;
}

type Answer = Extract<Message, { readonly role: "assistant" }>;

interface Stopped {
  readonly why: string;
  /** `null`: its model cannot be reached. */
  readonly limit: Limit | null;
}

export interface Ending {
  readonly end: TurnEnd;
  readonly limit: Limit | null;
}

/** Its model was asked for half a minute, and nobody was there (chosen). */
const deadAttempts = 5;
const unreachable = /^Cannot connect to API/;

export function newTurn(session: string, isOurs: boolean): Turn {
  return {
    session,
    isOurs,
    answer: null,
    error: null,
    stopped: null,
    isSettling: false,
    spent: noneSpent,
    done: new Set(),
    writing: { part: "", text: "" },
    says: "",
  };
}

/** `null`: it may go on asking. */
export function whyStopped(retry: Retry, context: LimitContext): Stopped | null {
  const limit = limitOfRetry(retry, context);
  if (limit !== null) return { why: limit.says, limit };
  const isDead = retry.attempt >= deadAttempts && unreachable.test(retry.message);
  return isDead ? { why: plainLine(retry.message), limit: null } : null;
}

export function endOf({ answer, error: told, stopped }: Turn, context: LimitContext): Ending {
  if (stopped !== null) {
    const { why, limit } = stopped;
    const broken = limit === null ? { isBroken: true } : {};
    return { end: { result: "failed", why, ...broken }, limit };
  }
  // That of the last answer: earlier ones were got over. Where none was closed, the one told last.
  const error = answer?.isDone === true ? answer.error : told;
  if (error === null) {
    // Broken off while it waited to ask the model again, it has no error.
    const isWhole = answer === null || answer.finish !== null;
    return { end: { result: isWhole ? "completed" : "interrupted" }, limit: null };
  }
  if (error.name === "MessageAbortedError") return { end: { result: "interrupted" }, limit: null };
  const why = plainLine(error.message);
  const broken = isForGood(error) ? { isBroken: true } : {};
  return { end: { result: "failed", why, ...broken }, limit: limitOfError(error, context) };
}

/** Not logged in, not allowed, or no such model: each further turn would fail in the same way. */
function isForGood({ name, message, status }: ServerError): boolean {
  if (name === "ProviderAuthError" || /^Model not found/.test(message)) return true;
  return status === 401 || status === 403 || status === 404;
}
