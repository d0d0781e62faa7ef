/**
 * Delivery with a receipt, as a state machine: given what is seen, the next step. Pure.
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
import type { Composer, Reading } from "../profile/profile.ts";
import { echoOf, isSameText } from "./echo.ts";

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
/** From an agent's first sign to the echo of a text (chosen; measured: 60 kB in 24 ms). */
const echoMs = 3_000;
/** From Enter to a sign that it was taken (borrowed: facts, tmux §2: 1 s). */
const verifyMs = 1_000;
/** The same, where the agent says it by itself (chosen; measured: 13 to 70 ms). */
const wordMs = 5_000;
/** How long a composer may be hidden, or a state unknown, before the prompt is given back (chosen). */
const patienceMs = 10_000;
/** How long the agent may be at work on something that is not ours (chosen). */
const busyMs = 120_000;
/** A key that clears acts at once, or not at all (chosen). */
const clearMs = 500;
/** A key clears one line; a text with more lines is folded, or given by its file (chosen). */
const mostClears = 200;

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

/** The next step, and the delivery as it is once the step is done. */
export function advance(
  delivery: Delivery,
  sight: Sight,
  manners: Manners,
): { readonly step: Step; readonly delivery: Delivery } {
  const seen = withEcho(withReaction(delivery, sight), sight);
  const step = nextStep(seen, sight, manners);
  return { step, delivery: afterStep(seen, step, sight) };
}

function withReaction(delivery: Delivery, { drawnAt }: Sight): Delivery {
  const { actedAt, reactedAt } = delivery;
  if (reactedAt !== null || drawnAt === null || drawnAt < actedAt) return delivery;
  return { ...delivery, reactedAt: drawnAt };
}

function withEcho(delivery: Delivery, { now, reading }: Sight): Delivery {
  const { phase, text, isResumed, echoAt } = delivery;
  if (reading.composer === null || phase === "submitted") return delivery;
  // Before we have written anything, what is there is somebody else's, even if it reads the same.
  if (phase === "before" && !isResumed) return delivery;
  const echo = echoOf(reading.composer, text);
  if (echo !== "whole" && echo !== "folded") return { ...delivery, echoAt: null };
  return { ...delivery, phase: "written", echoAt: echoAt ?? now, wasEchoed: true };
}

function nextStep(delivery: Delivery, sight: Sight, manners: Manners): Step {
  if (delivery.phase === "submitted") return verify(delivery, sight);
  const { now, reading, personAt, hasEnded } = sight;
  if (hasEnded) return refuse("it has ended");
  if (reading.dialog !== null) return wait(`it asks: ${reading.dialog.says}`, null);
  if (personAt !== null && now < personAt + personQuietMs) {
    return hold("a person is typing", personAt + personQuietMs);
  }
  if (reading.composer === null) {
    const why = `no place to write is seen (${reading.says})`;
    return patient(now, delivery.actedAt + patienceMs, why);
  }
  return delivery.phase === "before"
    ? write(delivery, sight, manners)
    : submit(delivery, sight, manners);
}

function write(delivery: Delivery, sight: Sight, { showsWork }: Manners): Step {
  const { begunAt, isResumed } = delivery;
  const { now, reading, state, possible } = sight;
  const composer = reading.composer ?? { text: "", isFolded: false };
  if (echoOf(composer, delivery.text) !== "empty") {
    if (isOurs(delivery, composer)) return clear(delivery, sight);
    const why = `its composer holds words that temoin has not written (${quote(composer.text)})`;
    // Whoever has written them comes back; a prompt that waits costs nobody their words.
    return hold(why, null);
  }
  if (isAtWork(state)) {
    // Where the text is gone and a turn runs, somebody has submitted it.
    if (isResumed)
      return { do: "accept", says: "the prompt has left the composer, and a turn runs" };
    return patient(now, begunAt + busyMs, "it is at work on something else");
  }
  const isReady =
    state === "unknown" ? !showsWork && possible.includes("idle") : state !== "asking";
  if (isReady) return { do: "write" };
  return patient(now, delivery.actedAt + patienceMs, `its state is ${state} (${reading.says})`);
}

function submit(delivery: Delivery, sight: Sight, { promptDelayMs }: Manners): Step {
  const { actedAt, reactedAt, echoAt, wasEchoed, writes, shown } = delivery;
  const { now, reading, screen, state, told } = sight;
  if (told?.taken.some((words) => isSameText(words, delivery.text)) === true) {
    return { do: "accept", says: "it says that it has the prompt" };
  }
  if (echoAt !== null) {
    const dueAt = Math.max(echoAt, actedAt) + promptDelayMs;
    return now < dueAt ? wait("it has to see the end of the text first", dueAt) : { do: "submit" };
  }
  const text = reading.composer?.text ?? "";
  const isEmpty = text.trim() === "";
  // What was never seen there has not left it: the work may be on a command of a moment ago.
  if (isEmpty && isAtWork(state) && wasEchoed && told === null) {
    return { do: "accept", says: "the prompt has left the composer, and a turn runs" };
  }
  if (reactedAt === null) {
    return patient(now, actedAt + patienceMs, "it has not reacted to the prompt");
  }
  if (now < reactedAt + echoMs) {
    return wait("the prompt is not in its composer yet", reactedAt + echoMs);
  }
  if (!isEmpty) return refuse(`its composer shows ${quote(text)} instead of the prompt`);
  if (writes < 2 && screen === shown) return { do: "write" };
  return refuse("the prompt does not appear in its composer");
}

function verify(delivery: Delivery, sight: Sight): Step {
  const { text, actedAt, submits } = delivery;
  const { now, reading, state, personAt, hasEnded } = sight;
  if (hasEnded) return { do: "accept", says: "it has ended since it had the prompt" };
  const own = verifyTold(delivery, sight);
  if (own !== null) return own;
  if (isAtWork(state)) return { do: "accept", says: "a turn runs" };
  if (reading.dialog !== null) return { do: "accept", says: `it asks: ${reading.dialog.says}` };
  const echo = reading.composer === null ? "none" : echoOf(reading.composer, text);
  if (echo === "empty") return { do: "accept", says: "the prompt has left the composer" };
  const isStillThere = echo === "whole" || echo === "folded";
  if (now < actedAt + verifyMs) return wait("it has not taken the prompt yet", actedAt + verifyMs);
  if (!isStillThere) return { do: "accept", says: "the composer no longer holds the prompt" };
  if (submits >= 2) return refuse("its composer still holds the prompt after a second Enter");
  if (personAt !== null && now < personAt + personQuietMs) {
    return hold("a person is typing", personAt + personQuietMs);
  }
  return { do: "submit" };
}

/** By its own words; `null`: it has none, and the screen has to do. */
function verifyTold(delivery: Delivery, { now, told, reading, state }: Sight): Step | null {
  if (told === null) return null;
  const { text, actedAt, begunAt, submittedAt } = delivery;
  const { taken } = told;
  if (taken.some((words) => isSameText(words, text))) {
    return { do: "accept", says: "it says that it has the prompt" };
  }
  // What it has said to an earlier temoin it says no second time.
  if (submittedAt === null || submittedAt < begunAt) return null;
  const holds = reading.composer !== null && echoOf(reading.composer, text) !== "empty";
  const other = taken.at(-1);
  if (other !== undefined && !holds) {
    return refuse(`it says that it has taken other words (${quote(other)})`);
  }
  // A composer at rest that still holds the prompt may need another Enter.
  if (holds && !isAtWork(state) && reading.dialog === null) return null;
  // They come in a moment, and say more than a screen can.
  const until = actedAt + wordMs;
  return now < until ? wait("it has not said yet that it has the prompt", until) : null;
}

function isOurs({ text, own, isAfterInterrupt, clears, held }: Delivery, composer: Composer) {
  // What is left of what was ours a moment ago still is.
  if (clears > 0 && held.startsWith(composer.text)) return true;
  return [text, ...own].some((one) => {
    const echo = echoOf(composer, one);
    return echo === "whole" || echo === "part" || (echo === "folded" && isAfterInterrupt);
  });
}

/** For words that are ours. */
function clear(delivery: Delivery, sight: Sight): Step {
  const { clears, actedAt, shown } = delivery;
  if (clears >= mostClears) return refuse("its composer cannot be emptied");
  if (clears > 0 && sight.screen === shown) {
    return patient(sight.now, actedAt + clearMs, "its composer cannot be emptied");
  }
  return { do: "clear" };
}

function afterStep(delivery: Delivery, step: Step, sight: Sight): Delivery {
  const actedAt = sight.now;
  switch (step.do) {
    case "wait":
    case "accept":
    case "refuse":
      return delivery;
    case "clear": {
      const held = sight.reading.composer?.text ?? "";
      return { ...delivery, actedAt, shown: sight.screen, held, clears: delivery.clears + 1 };
    }
    case "write":
      return {
        ...delivery,
        actedAt,
        phase: "written",
        reactedAt: null,
        echoAt: null,
        wasEchoed: false,
        shown: sight.screen,
        writes: delivery.writes + 1,
      };
    case "submit":
      return {
        ...delivery,
        actedAt,
        phase: "submitted",
        submittedAt: delivery.submittedAt ?? actedAt,
        submits: delivery.submits + 1,
      };
  }
}

function isAtWork(state: SeenState | "unknown"): boolean {
  return state === "working" || state === "retrying";
}

function wait(why: string, until: Instant | null): Step {
  return { do: "wait", until, byPerson: false, why };
}

function hold(why: string, until: Instant | null): Step {
  return { do: "wait", until, byPerson: true, why };
}

function patient(now: Instant, until: Instant, why: string): Step {
  return now < until ? wait(why, until) : refuse(why);
}

function refuse(why: string): Step {
  return { do: "refuse", why };
}

function quote(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return `"${line.length > 60 ? `${line.slice(0, 60)}…` : line}"`;
}
