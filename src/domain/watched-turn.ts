/**
 * What is known of a turn that is being watched, as the ladder (`watch.ts`) needs it. Pure.
 *
 * Life is progress: an item of the agent's own protocol, hooks or transcript, a tool at work, a
 * change in the workspace. Words that a program prints are one only when they are new: a spinner
 * says the same again and again, with another frame and another number.
 */

import type { Source } from "./agent.ts";
import type { SeenState } from "./evidence.ts";
import type { Instant } from "./id.ts";

/** `unknown`: what is seen leaves more than one possibility, and nothing may be done on it. */
export type WatchState = "working" | "retrying" | "asking" | "limited" | "unknown";

export interface WatchedTurn {
  /** When the agent had the words of this turn; a reminder begins no other one. */
  readonly beganAt: Instant;
  readonly state: WatchState;
  readonly progressAt: Instant;
  /** What the last progress was; empty: there was none since it began. */
  readonly progress: string;
  /** When it began to repeat a request, with no progress since; `null`: it has not. */
  readonly retryingSince: Instant | null;
  /** Since when it waits for an answer; `null`: it does not. */
  readonly askingSince: Instant | null;
  /** When it came back to work, from an ask, a limit or a request that it repeated. */
  readonly workingSince: Instant;
  readonly looked: ClosestLook | null;
  /** Reminders of the whole attempt, the last prompt not among them. */
  readonly nudges: number;
  readonly nudgedAt: Instant | null;
  readonly lastPromptAt: Instant | null;
  /** The words that were heard last, without what changes in a spinner. */
  readonly heard: readonly string[];
}

/** What the last closer look has found, beside life. */
export interface ClosestLook {
  readonly at: Instant;
  /** The last key of a person who could type to the agent; `null`: there is none. */
  readonly typedAt: Instant | null;
  /** What is typed now would answer a dialog. */
  readonly hasDialog: boolean;
}

export type WatchNews =
  | { readonly type: "said"; readonly at: Instant; readonly source: Source; readonly says: string }
  | { readonly type: "state"; readonly at: Instant; readonly state: SeenState | "unknown" }
  /** `life`: what was found to be at work or changed; `null`: nothing. */
  | ({ readonly type: "looked"; readonly life: string | null } & ClosestLook)
  | { readonly type: "nudged"; readonly at: Instant }
  | { readonly type: "last_prompt"; readonly at: Instant };

const drawn: readonly Source[] = ["process", "screen", "output", "title", "osc", "bell"];

/** Do its words come from a screen or an output, where a spinner lives? */
export function isDrawn(source: Source): boolean {
  return drawn.includes(source);
}

/** More lines than a program shows in turn while it waits (chosen). */
const heardKept = 100;

export function beginWatch(at: Instant, nudges: number): WatchedTurn {
  return {
    beganAt: at,
    state: "working",
    progressAt: at,
    progress: "",
    retryingSince: null,
    askingSince: null,
    workingSince: at,
    looked: null,
    nudges,
    nudgedAt: null,
    lastPromptAt: null,
    heard: [],
  };
}

export function takeNews(turn: WatchedTurn, news: WatchNews): WatchedTurn {
  switch (news.type) {
    case "said":
      return takeWords(turn, news);
    case "state":
      return takeState(turn, watchState(news.state), news.at);
    case "looked": {
      const { at, typedAt, hasDialog, life } = news;
      const looked = { ...turn, looked: { at, typedAt, hasDialog } };
      // A tool that is still at work says nothing of a request that is being repeated.
      return life === null ? looked : { ...looked, progressAt: at, progress: life };
    }
    case "nudged":
      return { ...turn, nudges: turn.nudges + 1, nudgedAt: news.at };
    case "last_prompt":
      return { ...turn, lastPromptAt: news.at };
  }
}

function takeWords(
  turn: WatchedTurn,
  { at, source, says }: Extract<WatchNews, { type: "said" }>,
): WatchedTurn {
  if (!isDrawn(source)) {
    // An item of its own protocol also says that its request has come through.
    const isThrough = source === "protocol" && turn.state === "retrying";
    const through: WatchedTurn = isThrough ? { ...turn, state: "working" } : turn;
    return progressed(through, at, says);
  }
  const key = says.replace(/[^\p{L}]+/gu, "");
  if (key === "" || turn.heard.includes(key)) return turn;
  return progressed({ ...turn, heard: [...turn.heard, key].slice(-heardKept) }, at, says);
}

function progressed(turn: WatchedTurn, at: Instant, progress: string): WatchedTurn {
  const retryingSince = turn.state === "retrying" ? at : null;
  return { ...turn, progressAt: Math.max(turn.progressAt, at), progress, retryingSince };
}

function takeState(turn: WatchedTurn, state: WatchState, at: Instant): WatchedTurn {
  const before = turn.state;
  if (state === before) return turn;
  const isBack = state === "working" && before !== "unknown";
  // The time in which it waited for a person is nobody's silence.
  const askedMs = turn.askingSince === null ? 0 : Math.max(0, at - turn.askingSince);
  return {
    ...turn,
    state,
    progressAt: turn.progressAt + askedMs,
    askingSince: state === "asking" ? at : null,
    retryingSince: state === "retrying" ? (turn.retryingSince ?? at) : turn.retryingSince,
    workingSince: isBack ? at : turn.workingSince,
  };
}

/** While its turn has not ended, an agent at rest owes its next step as one at work does. */
function watchState(seen: SeenState | "unknown"): WatchState {
  switch (seen) {
    case "retrying":
    case "asking":
    case "limited":
    case "unknown":
      return seen;
    case "starting":
    case "idle":
    case "working":
    case "failed":
    case "offline":
      return "working";
  }
}
