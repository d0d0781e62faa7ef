/**
 * The transcript that Claude Code keeps of a conversation, a line of JSON for each entry (measured:
 * 2.1.197), read for what a turn has used. Pure.
 *
 * Invariant: the entries of one message share its id and its usage, which is counted once.
 */

import { z } from "zod";
import type { Instant } from "../../domain/id.ts";
import { parseJson } from "../../lib/json-text.ts";
import { emptyTurnUse, type TurnUse, withStep } from "../hooks/turn-use.ts";

const tokens = z.number().nonnegative().catch(0);

const entry = z.object({
  type: z.string(),
  subtype: z.string().optional().catch(undefined),
  timestamp: z.string().optional().catch(undefined),
  /** Of a hook, as of a tool: all hooks of one end share it. */
  toolUseID: z.string().optional().catch(undefined),
  hookErrors: z.array(z.unknown()).optional().catch(undefined),
  attachment: z
    .object({ type: z.string(), hookEvent: z.string(), toolUseID: z.string() })
    .optional()
    .catch(undefined),
  isSidechain: z.boolean().catch(false),
  /** Of `user`: the same for all of one turn. */
  promptId: z.string().optional().catch(undefined),
  message: z
    .object({
      content: z.unknown().optional(),
      id: z.string().catch(""),
      model: z.string().catch(""),
      stop_reason: z.string().nullish().catch(null),
      usage: z
        .object({
          input_tokens: tokens,
          cache_creation_input_tokens: tokens,
          cache_read_input_tokens: tokens,
          output_tokens: tokens,
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** All hooks of an end have run. */
export interface Stop {
  readonly at: Instant;
  readonly id: string;
  /** One of them has failed, or has sent it back to work: that is written apart. */
  readonly hasErrors: boolean;
}

export interface TranscriptUse extends TurnUse {
  /** The turn that it has come to. */
  readonly promptId: string | null;
  /** What the conversation held at its last step; `null`: there was none. */
  readonly contextUsed: number | null;
  /** Its last words are written, so that nothing of it is missing. */
  readonly isWhole: boolean;
  /** The person has ended it at the keys. */
  readonly isInterrupted: boolean;
  /** The last ends that the turn has come to, of which only the last can be one. */
  readonly stops: readonly Stop[];
  /** By their ids, those at which a hook of the person's own has sent it back to work. */
  readonly sentBack: ReadonlySet<string>;
  /** It has come to rest. */
  readonly isOver: boolean;
}

/** Of a turn (chosen): an agent may write as many as it likes. */
const mostEnds = 100;

export const emptyTranscript: TranscriptUse = {
  promptId: null,
  ...emptyTurnUse,
  contextUsed: null,
  isWhole: false,
  isInterrupted: false,
  stops: [],
  sentBack: new Set(),
  isOver: false,
};

/** After one more line, without its end. One that cannot be read says nothing. */
export function readEntry(before: TranscriptUse, line: string): TranscriptUse {
  const read = parse(line);
  if (read === null) return before;
  const { type, isSidechain, promptId, message } = read;
  if ((type === "system" || type === "attachment") && !isSidechain)
    return readOfHooks(before, read);
  if (type === "user" && promptId !== undefined && promptId !== before.promptId) {
    return { ...emptyTranscript, contextUsed: before.contextUsed, promptId };
  }
  if (type === "user" && isSidechain === false) {
    const isInterrupted = saysInterrupt(message?.content);
    return { ...before, isWhole: false, isInterrupted };
  }
  if (type !== "assistant" || message === undefined) return before;
  const { id, model, usage, stop_reason: stop } = message;
  const isWhole = isSidechain === true ? before.isWhole : stop !== "tool_use";
  // An error of the API has words, and is no step of the model.
  if (usage === undefined || model === "<synthetic>") return { ...before, isWhole };
  const input =
    usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
  const step = { input, cached: usage.cache_read_input_tokens, output: usage.output_tokens };
  return {
    ...before,
    ...withStep(before, id, step),
    contextUsed: isSidechain === true ? before.contextUsed : input,
    isWhole,
  };
}

/** These entries come in no certain order (met with 2.1.197). */
function readOfHooks(
  before: TranscriptUse,
  { subtype, timestamp, toolUseID: id = "", hookErrors = [], attachment }: z.infer<typeof entry>,
): TranscriptUse {
  if (attachment?.type === "hook_blocking_error" && attachment.hookEvent === "Stop") {
    const sentBack = [...before.sentBack].slice(1 - mostEnds);
    return { ...before, sentBack: new Set([...sentBack, attachment.toolUseID]) };
  }
  if (subtype === "turn_duration") return { ...before, isOver: true };
  const at = Date.parse(timestamp ?? "");
  if (subtype !== "stop_hook_summary" || Number.isNaN(at)) return before;
  const stops = before.stops.slice(1 - mostEnds);
  return { ...before, stops: [...stops, { at, id, hasErrors: hookErrors.length > 0 }] };
}

/**
 * What became of the end at which a hook was called at that time: the turn is over, or was sent back
 * to work; `null`: that is not written yet.
 */
export function fateOf(use: TranscriptUse, calledAt: Instant): "over" | "sent_back" | null {
  const stop = use.stops.find(({ at }) => at >= calledAt);
  if (stop === undefined) return null;
  if (use.sentBack.has(stop.id)) return "sent_back";
  return !stop.hasErrors || use.isOver ? "over" : null;
}

/** As `[Request interrupted by user for tool use]`. */
function saysInterrupt(content: unknown): boolean {
  return JSON.stringify(content ?? "").includes('"text":"[Request interrupted by user');
}

function parse(line: string): z.infer<typeof entry> | null {
  return entry.safeParse(parseJson(line)).data ?? null;
}
