/**
 * Delivery with a receipt, as a state machine: what it knows of itself, what it sees, which steps it
 * has. The next step is in `delivery-step.ts`. Pure.
 *
 *   before ──write──▶ written ──submit──▶ submitted ──▶ accepted
 *
 * Invariants: nothing is written but into an empty composer, and twice only when the agent has drawn
 * since and the first left no trace (one that draws nothing may be asleep, and wake to both); nothing
 * is submitted but a composer that holds our text and no other, and at most twice; nothing at all is
 * typed into a dialog, into somebody else's draft or while a person types.
 */

import type { SeenState } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import type { Reading } from "../profile/profile.ts";

/** Where a prompt is on its way; kept with the window, so that a later temoin can go on. */
export type Phase = "before" | "written" | "submitted";

export interface Delivery {
  readonly text: string;
  readonly phase: Phase;
  /** The composer may hold the text from an earlier try, even where it shows no words of it. */
  readonly isResumed: boolean;
  /** Earlier texts of ours: an interrupted agent may have put one back into the composer. */
  readonly own: readonly string[];
  /** The last turn was interrupted: a long paste that nobody can read may be one of them. */
  readonly isAfterInterrupt: boolean;
  readonly begunAt: Instant;
  /** When Enter was pressed first; `null`: it was not yet. */
  readonly submittedAt: Instant | null;
  /** Our last key or paste, or the beginning. */
  readonly actedAt: Instant;
  /** When the agent was first seen to draw after that. */
  readonly reactedAt: Instant | null;
  /** The composer has shown the text since then. */
  readonly echoAt: Instant | null;
  /** The composer has shown it at some time since it was written. */
  readonly wasEchoed: boolean;
  readonly writes: number;
  readonly submits: number;
  readonly clears: number;
  /** The screen when we last acted, and what its composer held. */
  readonly shown: string;
  readonly held: string;
}

/** All that is known at one moment. */
export interface Sight {
  readonly now: Instant;
  /** Read from a screen that was looked at just now. */
  readonly reading: Reading;
  /** The text of that screen. */
  readonly screen: string;
  readonly state: SeenState | "unknown";
  readonly possible: readonly SeenState[];
  /** When the agent has written to its terminal last; `null`: not since the delivery began. */
  readonly drawnAt: Instant | null;
  /** The last key of a person at this window; `null`: nobody who could type is there. */
  readonly personAt: Instant | null;
  readonly hasEnded: boolean;
  /** What the agent itself tells of prompts; `null`: it tells nothing. */
  readonly told: ToldPrompts | null;
}

export interface ToldPrompts {
  /** The words of each that it has taken since our Enter, or since this delivery began. */
  readonly taken: readonly string[];
}

export type Step =
  /** Until something changes, and no longer than `until`; `byPerson`: a person is in the way. */
  | {
      readonly do: "wait";
      readonly until: Instant | null;
      readonly byPerson: boolean;
      readonly why: string;
    }
  /** Empty one line of the composer. */
  | { readonly do: "clear" }
  | { readonly do: "write" }
  | { readonly do: "submit" }
  | { readonly do: "accept"; readonly says: string }
  | { readonly do: "refuse"; readonly why: string };

/** Of one kind of agent. */
export interface Manners {
  /** From the echo of a text to the key that submits it. */
  readonly promptDelayMs: number;
  /** Does the agent always show that it works? If not, an empty composer has to do. */
  readonly showsWork: boolean;
}

/** A person who has pressed no key for so long is not typing (chosen). */
export const personQuietMs = 5_000;
export interface DeliveryStart {
  /** Where an earlier try of the same prompt came to; `null`: there was none. */
  readonly phase: Phase | null;
  /** When it has pressed Enter; `null`: it has not. */
  readonly submittedAt: Instant | null;
  readonly own: readonly string[];
  readonly isAfterInterrupt: boolean;
  readonly now: Instant;
}

export function beginDelivery(text: string, from: DeliveryStart): Delivery {
  return {
    text,
    // Words that were written may have been lost on the way: whether they are there is to be seen.
    phase: from.phase === "submitted" ? "submitted" : "before",
    isResumed: from.phase !== null,
    own: from.own,
    isAfterInterrupt: from.isAfterInterrupt,
    begunAt: from.now,
    submittedAt: from.submittedAt,
    actedAt: from.now,
    reactedAt: null,
    echoAt: null,
    wasEchoed: false,
    writes: 0,
    // An earlier temoin has pressed Enter: one more is left.
    submits: from.phase === "submitted" ? 1 : 0,
    clears: 0,
    shown: "",
    held: "",
  };
}
