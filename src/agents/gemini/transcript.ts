/**
 * The transcript that Gemini CLI keeps of a conversation, a line of JSON for each entry (measured:
 * 0.61.0): what a turn has used, and how it has ended. Pure.
 *
 * An entry is written again when more of it is known: the last one of an id counts. What the CLI
 * shortens or takes back is written as `$set`, and says nothing of the turn.
 */

import { z } from "zod";
import type { Instant } from "../../domain/id.ts";
import { parseJson } from "../../lib/json-text.ts";
import { lastLine } from "../../lib/process-text.ts";
import { emptyTurnUse, type TurnUse, withStep } from "../hooks/turn-use.ts";

const tokens = z.number().nonnegative().catch(0);

const entry = z.object({
  id: z.string(),
  type: z.string(),
  timestamp: z.string().optional().catch(undefined),
  content: z.unknown().optional(),
  toolCalls: z.array(z.unknown()).optional().catch(undefined),
  tokens: z
    .object({ input: tokens, cached: tokens, output: tokens, thoughts: tokens })
    .nullish()
    .catch(undefined),
});

export interface TranscriptUse extends TurnUse {
  /** What the conversation held at its last step; `null`: there was none. */
  readonly contextUsed: number | null;
  /** How the turn has ended so far; `null`: it goes on. */
  readonly end: "completed" | "failed" | "interrupted" | null;
  /** When that was written. */
  readonly endedAt: Instant;
  /** Its last words, or those of the error; one line. */
  readonly says: string;
}

export const emptyTranscript: TranscriptUse = {
  ...emptyTurnUse,
  contextUsed: null,
  end: null,
  endedAt: 0,
  says: "",
};

/** After one more line, without its end. One that cannot be read says nothing. */
export function readEntry(before: TranscriptUse, line: string): TranscriptUse {
  const read = parse(line);
  if (read === null) return before;
  const { type, content } = read;
  const endedAt = Date.parse(read.timestamp ?? "") || 0;
  const says = lastLine(textOf(content));
  switch (type) {
    case "user":
      // What the CLI says of the surroundings is no prompt, nor is the answer of a tool.
      if (!isPrompt(content)) return { ...before, end: endAfter(before) };
      return { ...emptyTranscript, contextUsed: before.contextUsed };
    case "gemini":
      return { ...readAnswer(before, read, says), endedAt };
    case "error":
      return { ...before, end: "failed", endedAt, says: errorOf(textOf(content)) };
    case "info":
      return says === "Request cancelled."
        ? { ...before, end: "interrupted", endedAt, says: "" }
        : before;
    default:
      return before;
  }
}

function readAnswer(
  before: TranscriptUse,
  { id, tokens: used, toolCalls }: z.infer<typeof entry>,
  says: string,
): TranscriptUse {
  // Without tokens it is an old one, written again.
  if (used === null || used === undefined) return before;
  const step = { input: used.input, cached: used.cached, output: used.output + used.thoughts };
  const isLast = toolCalls === undefined || toolCalls.length === 0;
  return {
    ...before,
    ...withStep(before, id, step),
    contextUsed: used.input,
    end: isLast ? "completed" : endAfter(before),
    says: says === "" ? before.says : says,
  };
}

/** More work undoes a good end, and no other. */
function endAfter({ end }: TranscriptUse): TranscriptUse["end"] {
  return end === "completed" ? null : end;
}

function isPrompt(content: unknown): boolean {
  const text = textOf(content);
  return text !== "" && !text.startsWith("<session_context>");
}

/** `[API Error: …]`, and after it what the CLI advises. */
function errorOf(text: string): string {
  const [, inner] = /^\[API Error: (.*)\]/s.exec(text) ?? [];
  return inner ?? text;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: unknown) =>
      typeof part === "object" && part !== null && "text" in part ? String(part.text) : "",
    )
    .join("");
}

function parse(line: string): z.infer<typeof entry> | null {
  return entry.safeParse(parseJson(line)).data ?? null;
}
