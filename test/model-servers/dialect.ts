/**
 * What a provider's protocol makes of a scripted answer. A dialect is pure: it reads a request's
 * body and returns what is to be sent, in frames; the server sends them, waits, cuts and hangs.
 */

import type { Conversation } from "./conversation.ts";
import type { Fault, Step } from "./script.ts";

export type Api = "anthropic" | "responses" | "chat" | "gemini";

export interface Incoming {
  readonly model: string;
  /**
   * `side`: what the program asks for by itself, such as a title or a summary. Its answer is fixed,
   * and no script is read for it.
   */
  readonly kind: "main" | "side";
  readonly conversation: Conversation;
  readonly isStream: boolean;
  readonly inputTokens: number;
  /** Names of the tools that are offered. */
  readonly tools: readonly string[];
  /** Where the program works, when it says so. */
  readonly cwd: string | null;
  /** The text of an answer to a side request. */
  readonly sideText: string;
}

/** A call as the protocol names it. `raw` is for tools that take free text. */
export interface ToolCall {
  readonly name: string;
  readonly namespace?: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly raw?: string;
}

export interface Reply {
  readonly text: string;
  readonly pieces: readonly string[];
  readonly call: ToolCall | null;
  readonly thinkMs: number | null;
  readonly isTruncated: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Percent of a usage window; `null`: nothing is told of one. */
  readonly used: number | null;
}

/** Something to be sent at once. */
export interface Frame {
  readonly data: string;
  /** It is in the midst of the answer: a cut or a hang comes after it, and so does the gap. */
  readonly isPiece?: boolean;
  /** Waited after it. */
  readonly pauseMs?: number;
}

/** An answer that is an error of HTTP. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What makes answers of one request different from those of another. */
export interface Moment {
  readonly id: number;
  readonly nowMs: number;
}

export interface Dialect {
  readonly api: Api;
  read(body: unknown, path: string): Incoming;
  /** `null` when no tool is offered that does such a thing. */
  call(step: Step, incoming: Incoming): ToolCall | null;
  refuse(fault: Fault, moment: Moment): Refusal;
  /** More headers of a good answer. */
  headers(reply: Reply, moment: Moment): Readonly<Record<string, string>>;
  stream(reply: Reply, incoming: Incoming, moment: Moment): Iterable<Frame>;
  /** An error within a stream that has begun well. */
  streamError(fault: Fault, incoming: Incoming, moment: Moment): Iterable<Frame>;
  /** The same answer in one body. */
  whole(reply: Reply, incoming: Incoming, moment: Moment): unknown;
}

/** The step as a line for a shell; `null` when it needs a tool of its own. */
export function shellLine(step: Step): string | null {
  switch (step.does) {
    case "run":
      return step.command;
    case "write":
    case "patch":
      return `${madeFolder(step.file)}printf '%s\\n' ${quoted(step.text)} > ${quoted(step.file)}`;
    case "append":
      return `${madeFolder(step.file)}printf '%s\\n' ${quoted(step.text)} >> ${quoted(step.file)}`;
    default:
      return null;
  }
}

/** The data of an answer in Server-Sent Events. */
export function sse(data: unknown, event?: string): string {
  const head = event === undefined ? "" : `event: ${event}\n`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/** Whole seconds since 1970. */
export function inSeconds(nowMs: number, plusSeconds = 0): number {
  return Math.floor(nowMs / 1000 + plusSeconds);
}

/** A person's words without what the program has put among them. */
export function withoutReminders(text: string): string {
  return text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, "").trim();
}

function madeFolder(file: string): string {
  const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
  return folder === "" ? "" : `mkdir -p ${quoted(folder)} && `;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
