/**
 * What the parts of an answer add to its turn: what it says and does, what it spends. A part is told
 * again and again while it grows; whole, it is counted and in the log once. Pure.
 */

import { lastLine } from "../../lib/process-text.ts";
import { activity, type Fact } from "../protocol/line.ts";
import { logText, logTool, sayTool } from "./part-words.ts";
import type { Part, ServerEvent } from "./server-event.ts";
import { addStep, usageOf } from "./spent.ts";
import type { Turn } from "./turn.ts";

export interface SeenPart {
  readonly turn: Turn;
  readonly facts: readonly Fact[];
}

/** How much a model takes, in tokens; `null`: unknown. */
export type SizeOf = (provider: string, model: string) => number | null;

/** So much of a text that is being written is kept (chosen): its last line is shown. */
const keptOfText = 1_000;

export function seePart(
  turn: Turn,
  { session, part }: Extract<ServerEvent, { readonly type: "part" }>,
  sizeOf: SizeOf,
): SeenPart {
  switch (part.type) {
    case "text":
    case "reasoning":
      return seeText(turn, part, session === turn.session);
    case "tool": {
      const facts = part.status === "pending" ? [] : activity(sayTool(part));
      const isFinished = part.status === "completed" || part.status === "error";
      return isFinished ? finish(turn, part, logTool(part), facts) : { turn, facts };
    }
    case "step_finish": {
      if (turn.done.has(part.id)) return { turn, facts: [] };
      const { answer } = turn;
      const isOwn = session === turn.session && answer !== null && !answer.isSummary;
      const size = isOwn ? sizeOf(answer.provider, answer.model) : null;
      const spent = addStep(turn.spent, part, isOwn ? { size } : null);
      const next = { ...turn, spent, done: new Set(turn.done).add(part.id) };
      return { turn: next, facts: turn.isOurs ? [{ type: "usage", usage: usageOf(spent) }] : [] };
    }
    case "compaction":
      return { turn, facts: [] };
  }
}

/** More of a text that is being written. */
export function seeDelta(
  turn: Turn,
  { part, text: more }: Extract<ServerEvent, { readonly type: "delta" }>,
): SeenPart {
  const before = turn.writing.part === part ? turn.writing.text : "";
  const text = `${before}${more}`.slice(-keptOfText);
  return { turn: { ...turn, writing: { part, text } }, facts: activity(lastLine(text)) };
}

function seeText(
  turn: Turn,
  part: Extract<Part, { readonly type: "text" | "reasoning" }>,
  isRoot: boolean,
): SeenPart {
  const says = lastLine(part.text);
  if (!part.isDone) return { turn, facts: activity(says) };
  const isAnswer = isRoot && part.type === "text" && says !== "";
  const next = isAnswer ? { ...turn, says } : turn;
  return finish(next, part, logText(part.text), activity(says));
}

/** A part that is whole goes into the log, once. */
function finish(turn: Turn, { id }: Part, text: string, facts: readonly Fact[]): SeenPart {
  if (turn.done.has(id)) return { turn, facts: [] };
  const output: readonly Fact[] = text === "" ? [] : [{ type: "output", text }];
  return { turn: { ...turn, done: new Set(turn.done).add(id) }, facts: [...output, ...facts] };
}
