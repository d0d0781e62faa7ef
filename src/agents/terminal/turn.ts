/**
 * When is a turn over? Judged from what is fused, never from one source alone. Pure.
 *
 * Invariants: a turn that has not visibly begun does not end because the agent is idle, unless it
 * stays so; nothing ends on a state that is not certain, or on a screen that is still being drawn.
 */

import type { Source } from "../../domain/agent.ts";
import type { Fusion } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import type { TurnEnd } from "../driver.ts";
import type { LimitWords } from "../limit-words.ts";
import type { Reading } from "../profile/profile.ts";
import type { ToldEnd } from "./companion.ts";
import { quietOf } from "./observe.ts";

export interface RunningTurn {
  readonly promptId: string;
  readonly acceptedAt: Instant;
  /** Work, or an ask, was seen since the prompt was accepted. */
  readonly hasBegun: boolean;
  readonly isInterrupted: boolean;
}

/** What is known at one moment of a session whose turn runs. */
export interface TurnSight {
  readonly now: Instant;
  readonly fusion: Pick<Fusion, "state" | "since" | "because" | "assertions">;
  readonly reading: Reading;
  /** When the screen was last seen at rest, if nothing was written since; else `null`. */
  readonly atRestSince: Instant | null;
  /** When the screen changed last. */
  readonly changedAt: Instant;
  /** The end of this turn, where the agent has told it by itself. */
  readonly told: ToldEnd | null;
  /** It tells of itself, so that such a word may come in a moment. */
  readonly tells: boolean;
}

/** Of one kind of agent. */
export interface TurnManners {
  readonly showsWork: boolean;
  readonly settleMs: number;
  readonly quietMs: number;
  readonly quietAfterEndMs: number;
}

export type TurnStep =
  | { readonly do: "watch" }
  /** Nothing may happen until then: judge again. */
  | { readonly do: "watch_until"; readonly until: Instant }
  | { readonly do: "end"; readonly end: TurnEnd; readonly limit: LimitWords | null }
  | { readonly do: "end_as_told"; readonly told: ToldEnd };

/**
 * An agent that shows its work does so sooner; if it has not for so long, its turn was over before
 * anybody could see it (chosen; measured: 100 to 700 ms from Enter to the first sign).
 */
const unseenTurnMs = 2_000;
/**
 * An agent that has told its end comes to rest at once, unless a hook of the person's own has kept
 * it from ending: then it shows so within this time (chosen; measured: its title moves each 960 ms,
 * on a busy machine seconds later). It costs time only where a witness of work says nothing more.
 */
const doubtMs = 8_000;
/**
 * While the person's own hooks run its title rests already, and its session file says that it is
 * busy (seen with 2.1.197): they may take as long as the CLI gives a hook.
 */
const busyDoubtMs = 60_000;
/** So long after a screen at rest the word of one that tells of itself is waited for (chosen). */
const wordMs = 5_000;
/** Those that tell work from rest by themselves. */
const ofWork: readonly Source[] = ["title", "osc", "transcript"];

/**
 * `hasBegun`, after what was seen now. A prompt may wait in the agent's own queue until it has
 * started: its screen shows that there is work, and its title that nobody does it yet.
 */
export function seeTurn(
  turn: RunningTurn,
  { state, assertions }: Pick<Fusion, "state" | "assertions">,
): RunningTurn {
  const isWork = state === "working" || state === "retrying";
  const isSeen = state === "asking" || (isWork && !assertions.some(isTitleOfRest));
  return isSeen && !turn.hasBegun ? { ...turn, hasBegun: true } : turn;
}

function isTitleOfRest({ source, states }: Fusion["assertions"][number]): boolean {
  return source === "title" && states.includes("idle");
}

export function judgeTurn(turn: RunningTurn, sight: TurnSight, manners: TurnManners): TurnStep {
  const { fusion, now, reading, told } = sight;
  const { state } = fusion;
  if (told !== null) return judgeTold(told, sight);
  if (state !== "idle" && state !== "failed" && state !== "limited") return { do: "watch" };
  const surely = surelyAt(turn, sight, manners);
  if (surely === null) return { do: "watch" };
  if (now < surely) return { do: "watch_until", until: surely };
  if (turn.isInterrupted) return { do: "end", end: { result: "interrupted" }, limit: null };
  switch (state) {
    case "idle":
      return { do: "end", end: { result: "completed" }, limit: null };
    case "failed":
      return { do: "end", end: { result: "failed", why: reading.says }, limit: null };
    case "limited": {
      const limit = { says: reading.says, until: reading.until };
      return { do: "end", end: { result: "failed", why: `limited: ${reading.says}` }, limit };
    }
  }
}

function judgeTold(told: ToldEnd, { fusion, now }: TurnSight): TurnStep {
  const { state } = fusion;
  if (state === "working" || state === "retrying") return { do: "watch" };
  if (isSeenAtRest(fusion)) return { do: "end_as_told", told };
  // What it was at may still have to be ended: until then it takes no prompt.
  if (told.end.result === "interrupted") return { do: "watch" };
  const isBusy = fusion.assertions.some(isBusyFile);
  const until = told.at + (isBusy ? busyDoubtMs : doubtMs);
  return now < until ? { do: "watch_until", until } : { do: "end_as_told", told };
}

/** No witness of work says that it works. Of a title beside its session file the file knows more. */
export function isSeenAtRest({ assertions }: Pick<Fusion, "assertions">): boolean {
  const witnesses = assertions.filter(({ source }) => ofWork.includes(source));
  if (witnesses.some(isBusyFile)) return false;
  return witnesses.length === 0 || witnesses.some(({ states }) => states.includes("idle"));
}

function isBusyFile({ source, states }: Fusion["assertions"][number]): boolean {
  return source === "transcript" && !states.includes("idle");
}

/** From when on the state is the end of the turn; `null`: a look at the screen is needed first. */
function surelyAt(
  { acceptedAt, hasBegun, isInterrupted }: RunningTurn,
  { fusion: { since, because, state }, atRestSince, changedAt, reading, tells }: TurnSight,
  manners: TurnManners,
): Instant | null {
  const { showsWork, settleMs } = manners;
  // A look from before the receipt will do: it may be that nothing was written since.
  if (atRestSince === null) return null;
  // An error or a limit is told by words on the screen, not by silence.
  if (state === "idle" && !showsWork && !because.some((one) => one.source === "silence")) {
    if (!because.some((one) => one.source === "osc" || one.source === "title")) return null;
  }
  const isMarked = because.some((one) => one.source === "osc" || one.source === "title");
  // An interrupt is told by nobody.
  const restMs = tells && !isInterrupted ? wordMs : isMarked ? 0 : settleMs;
  const settled = since + restMs;
  if (hasBegun || isInterrupted) return settled;
  const unseen =
    Math.max(acceptedAt, changedAt) + (showsWork ? unseenTurnMs : quietOf(manners, reading));
  return Math.max(settled, unseen);
}
