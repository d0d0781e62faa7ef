/**
 * When is a turn over? Judged from what is fused, never from one source alone. Pure.
 *
 * Invariants: a turn that has not visibly begun does not end because the agent is idle, unless it
 * stays so; nothing ends on a state that is not certain, or on a screen that is still being drawn.
 */

import type { Fusion } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import type { TurnEnd } from "../driver.ts";
import type { Reading } from "../profile/profile.ts";
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
  readonly fusion: Pick<Fusion, "state" | "since" | "because">;
  readonly reading: Reading;
  /** When the screen was last seen at rest, if nothing was written since; else `null`. */
  readonly atRestSince: Instant | null;
  /** When the screen changed last. */
  readonly changedAt: Instant;
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
  | { readonly do: "end"; readonly end: TurnEnd; readonly limit: Limit | null };

export interface Limit {
  readonly says: string;
  /** Words of the reset's time, as the screen has them. */
  readonly until: string | null;
}

/**
 * An agent that shows its work does so sooner; if it has not for so long, its turn was over before
 * anybody could see it (chosen; measured: 100 to 700 ms from Enter to the first sign).
 */
const unseenTurnMs = 2_000;

/** `hasBegun`, after what was seen now. */
export function seeTurn(turn: RunningTurn, { state }: Pick<Fusion, "state">): RunningTurn {
  const isSeen = state === "working" || state === "retrying" || state === "asking";
  return isSeen && !turn.hasBegun ? { ...turn, hasBegun: true } : turn;
}

export function judgeTurn(turn: RunningTurn, sight: TurnSight, manners: TurnManners): TurnStep {
  const { fusion, now, reading } = sight;
  const { state } = fusion;
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

/** From when on the state is the end of the turn; `null`: a look at the screen is needed first. */
function surelyAt(
  { acceptedAt, hasBegun, isInterrupted }: RunningTurn,
  { fusion: { since, because, state }, atRestSince, changedAt, reading }: TurnSight,
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
  const settled = isMarked ? since : since + settleMs;
  if (hasBegun || isInterrupted) return settled;
  const unseen =
    Math.max(acceptedAt, changedAt) + (showsWork ? unseenTurnMs : quietOf(manners, reading));
  return Math.max(settled, unseen);
}
