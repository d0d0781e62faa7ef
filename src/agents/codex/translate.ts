/**
 * What the server tells of one thread, as facts. It does nothing: `thread-line.ts` speaks.
 *
 * Others run beside it in the same server, as those that find a title; what they tell is nobody's.
 */

import { z } from "zod";
import type { Usage } from "../../domain/agent.ts";
import type { Answer } from "../../domain/ask.ts";
import type { Instant } from "../../domain/id.ts";
import { lastLine } from "../../lib/process-text.ts";
import { activity, type Fact } from "../protocol/line.ts";
import { type Item, logOf, pathsOf, readItem, sayBegun, sayDone } from "./items.ts";
import {
  failureOf,
  type LimitWindows,
  limitOf,
  quotaOf,
  rateLimits,
  sayRetry,
  type TurnError,
  turnError,
} from "./limit.ts";
import type { Incoming, RequestId } from "./peer.ts";
import { type CodexRequest, readRequest } from "./requests.ts";
import type { LeftTurn } from "./resumed.ts";
import { tokenUsage, UsageMeter } from "./usage-meter.ts";

export type Notice = Extract<Incoming, { readonly type: "notice" }>;
export type Request = Extract<Incoming, { readonly type: "request" }>;

/** As it is told, and as a thread that is taken up again has it. */
export const turn = z.object({
  id: z.string(),
  status: z.string(),
  error: turnError.nullish().catch(null),
});
export type Turn = z.infer<typeof turn>;

const ofThread = z.object({ threadId: z.string() });
const ofTurn = z.object({ turn });
const ofItem = z.object({ item: z.unknown().optional() });
const delta = z.object({ itemId: z.string(), delta: z.string() });
const failure = z.object({ error: turnError, willRetry: z.boolean() });
const usage = z.object({ tokenUsage });
const limits = z.object({ rateLimits });
const resolved = z.object({ requestId: z.union([z.string(), z.number()]) });
const warning = z.object({ message: z.string() });
const configWarning = z.object({ summary: z.string(), details: z.string().nullish() });

export interface TranslationParts {
  readonly threadId: string;
  /** Of the clock that codex reads, as `Europe/Paris`. */
  readonly zone: string;
}

/** An answer on its way; `result`: `null` while another question of the request is open. */
export interface Answering {
  readonly id: RequestId;
  readonly result: unknown;
}

interface Open {
  readonly request: CodexRequest;
  readonly given: Map<string, Answer>;
}

/** So much of a text that streams in is kept (chosen): its last line is shown. */
const keptOfText = 4_000;
/** Thoughts come a hundred times a second, and only the latest of many lines is shown (chosen). */
const thoughtEveryMs = 2_000;

export class Translation {
  readonly threadId: string;
  readonly #zone: string;
  readonly #meter = new UsageMeter();
  readonly #open = new Map<RequestId, Open>();
  /** Of what is to be edited, by the item that edits it. */
  readonly #paths = new Map<string, readonly string[]>();
  #windows: LimitWindows = {};
  /** Of the turn so far. */
  #used: Usage = {};
  #turnId: string | null = null;
  #says = "";
  #streaming = { itemId: "", text: "" };
  /** When a thought was told last, or came first in its turn. */
  #thoughtAt: Instant | null = null;

  constructor({ threadId, zone }: TranslationParts) {
    this.threadId = threadId;
    this.#zone = zone;
  }

  /** The turn that runs. */
  get turnId(): string | null {
    return this.#turnId;
  }

  /** `now`: where the server does not tell when it was. */
  hear({ method, params, at }: Notice, now: Instant): readonly Fact[] {
    switch (method) {
      case "account/rateLimits/updated":
        return this.#takeLimits(limits.safeParse(params).data);
      case "configWarning":
        return sayConfigWarning(configWarning.safeParse(params).data);
    }
    if (ofThread.safeParse(params).data?.threadId !== this.threadId) return [];
    switch (method) {
      case "turn/started":
        return this.begin(ofTurn.safeParse(params).data?.turn);
      case "turn/completed":
        return this.end(ofTurn.safeParse(params).data?.turn, at ?? now);
      case "item/started":
        return this.#beginItem(readItem(ofItem.safeParse(params).data?.item));
      case "item/completed":
        return this.#endItem(readItem(ofItem.safeParse(params).data?.item));
      case "item/agentMessage/delta":
      case "item/commandExecution/outputDelta":
        return this.#stream(delta.safeParse(params).data);
      case "item/reasoning/summaryTextDelta":
        return this.#think(delta.safeParse(params).data, at ?? now);
      case "thread/tokenUsage/updated":
        return this.#takeUsage(usage.safeParse(params).data);
      case "error":
        return sayError(failure.safeParse(params).data);
      case "warning":
        return log(warning.safeParse(params).data?.message);
      case "serverRequest/resolved":
        return this.#resolve(resolved.safeParse(params).data?.requestId);
      default:
        return [];
    }
  }

  /** `null`: nothing that a person could answer, or that we know. */
  ask({ id, method, params }: Request): readonly Fact[] | null {
    const pathsOf = (itemId: string) => this.#paths.get(itemId) ?? [];
    const request = readRequest({ method, params, key: String(id), pathsOf });
    if (request === null) return null;
    this.#open.set(id, { request, given: new Map() });
    return request.asks.map((asked) => ({ type: "asks", ...asked }));
  }

  /** `null`: it is not asked. */
  answer(askId: string, answer: Answer): Answering | null {
    for (const [id, { request, given }] of this.#open) {
      if (!request.asks.some(({ ask }) => ask.id === askId)) continue;
      given.set(askId, answer);
      return { id, result: request.answer(given) };
    }
    return null;
  }

  /** Is this request still to be answered, by whomever? */
  isOpen(id: RequestId): boolean {
    return this.#open.has(id);
  }

  /** Where the usage of the next turn begins, for `restore`. */
  mark(): string {
    return this.#meter.mark();
  }

  /** Of the turn that is taken up again. */
  restore(mark: string): void {
    this.#meter.restore(mark);
  }

  /** All that is to be told of a turn that ran, or has ended, while nobody listened. */
  recall(left: LeftTurn, now: Instant): readonly Fact[] {
    const begun = this.begin(left);
    const done = left.items.flatMap((item) => this.#endItem(readItem(item)));
    const told = [...begun, ...done.filter((fact) => fact.type !== "output")];
    return left.isRunning ? told : [...told, ...this.end(left, now)];
  }

  begin(begun: Turn | undefined): readonly Fact[] {
    if (begun === undefined) return [];
    this.#turnId = begun.id;
    this.#says = "";
    this.#thoughtAt = null;
    this.#meter.beginTurn();
    this.#used = {};
    return [{ type: "began" }];
  }

  end(ended: Turn | undefined, at: Instant): readonly Fact[] {
    if (ended === undefined) return [];
    this.#turnId = null;
    this.#open.clear();
    this.#paths.clear();
    const says = this.#says;
    const { status, error } = ended;
    if (status === "completed") {
      return [{ type: "over", end: { result: "completed" }, says }];
    }
    if (status === "interrupted" || !error) {
      return [{ type: "over", end: { result: "interrupted" }, says }];
    }
    return [...this.#limit(error, at), { type: "over", end: failureOf(error), says }];
  }

  #limit(error: TurnError, at: Instant): readonly Fact[] {
    const limit = limitOf(error, { windows: this.#windows, at, zone: this.#zone });
    return limit === null ? [] : [{ type: "limit", limit }];
  }

  #beginItem(item: Item | null): readonly Fact[] {
    if (item?.type === "fileChange") this.#paths.set(item.id, pathsOf(item));
    if (item === null) return [];
    const says = sayBegun(item);
    if (item.type !== "contextCompaction") return activity(says);
    return [...activity(says), { type: "compacting", says }];
  }

  #endItem(item: Item | null): readonly Fact[] {
    if (item === null) return [];
    const says = sayDone(item);
    if (item.type === "agentMessage" && says !== "") this.#says = says;
    return [...log(logOf(item)), ...activity(says)];
  }

  #stream(told: z.infer<typeof delta> | undefined): readonly Fact[] {
    if (told === undefined) return [];
    const before = told.itemId === this.#streaming.itemId ? this.#streaming.text : "";
    const text = (before + told.delta).slice(-keptOfText);
    this.#streaming = { itemId: told.itemId, text };
    return activity(lastLine(text));
  }

  /** A model that thinks for long tells nothing else meanwhile; but what it does is told before. */
  #think(told: z.infer<typeof delta> | undefined, now: Instant): readonly Fact[] {
    this.#thoughtAt ??= now;
    const facts = this.#stream(told);
    // Its clock may have been set back.
    if (Math.abs(now - this.#thoughtAt) < thoughtEveryMs) return [];
    this.#thoughtAt = now;
    return facts;
  }

  #takeUsage(told: z.infer<typeof usage> | undefined): readonly Fact[] {
    if (told === undefined) return [];
    const counted = this.#meter.take(told.tokenUsage);
    this.#used = counted;
    return this.#turnId === null ? [] : [{ type: "usage", usage: this.#withQuota(counted) }];
  }

  #withQuota(usage: Usage): Usage {
    const quota = quotaOf(this.#windows);
    return quota === null ? usage : { ...usage, quota };
  }

  #takeLimits(told: z.infer<typeof limits> | undefined): readonly Fact[] {
    const { primary, secondary } = told?.rateLimits ?? {};
    this.#windows = {
      ...this.#windows,
      ...(primary ? { primary } : {}),
      ...(secondary ? { secondary } : {}),
    };
    // With what was told of the turn before, which it stands beside.
    const isTold = primary ?? secondary ?? null;
    if (this.#turnId === null || isTold === null) return [];
    return [{ type: "usage", usage: this.#withQuota(this.#used) }];
  }

  #resolve(id: RequestId | undefined): readonly Fact[] {
    const open = id === undefined ? undefined : this.#open.get(id);
    if (id === undefined || open === undefined) return [];
    this.#open.delete(id);
    // Whoever has answered by us is told by that answer.
    const others = open.request.asks.filter(({ ask }) => !open.given.has(ask.id));
    const says = "it was answered at its own screen";
    return others.map(({ ask }) => ({ type: "ask_gone", askId: ask.id, says }));
  }
}

function log(text: string | undefined): readonly Fact[] {
  if (text === undefined || text === "") return [];
  return [{ type: "output", text: text.endsWith("\n") ? text : `${text}\n` }];
}

function sayError(told: z.infer<typeof failure> | undefined): readonly Fact[] {
  if (told === undefined) return [];
  const says = sayRetry(told.error);
  // Else the end of the turn follows, and tells it.
  return told.willRetry ? [...log(says), { type: "retrying", says }] : log(says);
}

function sayConfigWarning(told: z.infer<typeof configWarning> | undefined): readonly Fact[] {
  if (told === undefined) return [];
  return log(told.details ? `${told.summary} ${told.details}` : told.summary);
}
