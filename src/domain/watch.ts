/**
 * The ladder from an agent's silence to the end of its turn: what is to be done now. Pure.
 *
 *   quiet → look closer, and again each `quiet` → `nudge` → `giveUp`: one last prompt → the end
 *
 * Invariants: nothing is done to an agent but right after a look, and never to one that asks, shows a
 * dialog, repeats a request (but for the last prompt), is limited, or whose state is not certain, nor
 * while a person types; there are at most `mostNudges` reminders and one last prompt; a turn that
 * makes no progress ends, and so does one that outlasts `turn`.
 */

import type { Instant } from "./id.ts";
import { type Policy, type SilenceTimes, usualSilence } from "./policy.ts";
import { durationText } from "./view-duration.ts";
import type { WatchedTurn } from "./watched-turn.ts";

export interface WatchTimes extends SilenceTimes {
  /** The longest that a turn may take. */
  readonly turnMs: number;
}

export type WatchStep =
  /** Nothing can be due before; `isQuiet`: a look has found no life. */
  | { readonly do: "wait"; readonly until: Instant; readonly isQuiet: boolean }
  | { readonly do: "look"; readonly why: string }
  | { readonly do: "nudge"; readonly why: string }
  | { readonly do: "last_prompt"; readonly why: string }
  | { readonly do: "end"; readonly outcome: "stalled" | "timed_out"; readonly why: string };

/** One who has not gone on after so many reminders in an attempt will not by another one (chosen). */
export const mostNudges = 3;

/** A person who has just typed to the agent has it in hand (chosen). */
export const personMs = 60_000;

/** So old may the look be on which something is done (chosen: a look takes less). */
export const freshMs = 2_000;

export function watchTimes(policy: Policy): WatchTimes {
  return { ...usualSilence, ...policy.watch, turnMs: policy.turnMs };
}

/**
 * How long a last prompt has, and then each further silence (chosen: as long as a reminder has, and
 * no longer than the turn had).
 */
export function lastWordMs({ quietMs, nudgeMs, giveUpMs, turnMs }: WatchTimes): number {
  return Math.min(Math.max(quietMs, giveUpMs - nudgeMs), turnMs);
}

/** What was done to an agent without progress. */
export function nudgeText({ isLast }: { readonly isLast: boolean }): string {
  return isLast ? "interrupted, and given a last prompt" : "interrupted and reminded";
}

export function nextStep(turn: WatchedTurn, times: WatchTimes, now: Instant): WatchStep {
  const due = [turnIsOver(turn, times), isGivenUp(turn, times), nudgeIsDue(turn, times)];
  const passed = due.find((one) => one !== null && now >= one.at);
  const looksAt = nextLookAt(turn, times);
  if (!passed) {
    if (now >= looksAt) return { do: "look", why: silence(turn, now) };
    const next = due.flatMap((one) => (one === null ? [] : [one.at]));
    const until = Math.min(looksAt, ...next);
    return { do: "wait", until, isQuiet: isQuiet(turn, times, now) };
  }
  const { looked } = turn;
  const typedAt = looked?.typedAt ?? null;
  const freeAt = typedAt === null ? passed.at : Math.max(passed.at, typedAt + personMs);
  const isFresh = looked !== null && looked.at >= freeAt && now <= looked.at + freshMs;
  if (isFresh) return passed.step(now);
  if (now >= freeAt || now >= looksAt) return { do: "look", why: silence(turn, now) };
  const until = Math.min(freeAt, looksAt);
  return { do: "wait", until, isQuiet: isQuiet(turn, times, now) };
}

interface Due {
  readonly at: Instant;
  readonly step: (now: Instant) => WatchStep;
}

function turnIsOver(turn: WatchedTurn, times: WatchTimes): Due {
  const { beganAt, lastPromptAt } = turn;
  const at = beganAt + times.turnMs;
  const why = `its turn has outlasted watch.turn (${durationText(times.turnMs)})`;
  const end: WatchStep = { do: "end", outcome: "timed_out", why };
  if (lastPromptAt !== null) {
    return { at: Math.max(at, lastPromptAt + lastWordMs(times)), step: () => end };
  }
  return { at, step: () => (hears(turn) ? { do: "last_prompt", why } : end) };
}

function isGivenUp(turn: WatchedTurn, times: WatchTimes): Due | null {
  // It waits for a person, who is told so by the inbox; the turn's own time runs on.
  if (turn.state === "asking") return null;
  const { lastPromptAt, progressAt } = turn;
  if (lastPromptAt !== null) {
    const at = Math.max(lastPromptAt, progressAt) + lastWordMs(times);
    return { at, step: (now) => ({ do: "end", outcome: "stalled", why: silence(turn, now) }) };
  }
  return {
    at: givesUpAt(turn, times),
    step: (now) => {
      const why = silence(turn, now);
      return hears(turn) ? { do: "last_prompt", why } : { do: "end", outcome: "stalled", why };
    },
  };
}

/** A request that is repeated has its own time, which does not begin anew with each repetition. */
function givesUpAt({ state, progressAt, retryingSince }: WatchedTurn, times: WatchTimes): Instant {
  const silent = progressAt + times.giveUpMs;
  if (retryingSince === null) return silent;
  const retried = retryingSince + times.retryingMs;
  return state === "retrying" ? retried : Math.max(silent, retried);
}

function nudgeIsDue(turn: WatchedTurn, times: WatchTimes): Due | null {
  const { state, progressAt, workingSince, nudges, nudgedAt, lastPromptAt } = turn;
  if (state !== "working" || turn.looked?.hasDialog === true) return null;
  if (nudges >= mostNudges || lastPromptAt !== null) return null;
  const from = Math.max(progressAt, workingSince, nudgedAt ?? progressAt);
  return { at: from + times.nudgeMs, step: (now) => ({ do: "nudge", why: silence(turn, now) }) };
}

/** Would it hear what is said to it, and answer nothing by it? */
function hears({ state, looked }: WatchedTurn): boolean {
  return (state === "working" || state === "retrying") && looked?.hasDialog !== true;
}

/** At the begin of a silence, and each `quiet` from then on. */
function nextLookAt({ progressAt, looked, state }: WatchedTurn, { quietMs }: WatchTimes): Instant {
  if (state === "asking") return Number.POSITIVE_INFINITY;
  const quietAt = progressAt + quietMs;
  return looked === null || looked.at < quietAt ? quietAt : looked.at + quietMs;
}

function isQuiet(
  { progressAt, looked, state }: WatchedTurn,
  { quietMs }: WatchTimes,
  now: Instant,
) {
  const hasLooked = looked !== null && looked.at >= progressAt + quietMs;
  const isSilent = hasLooked && now >= progressAt + quietMs;
  // What it waits for then is known.
  return isSilent && state !== "asking" && state !== "retrying";
}

/** One sentence, for a person and for the agent. */
function silence({ progressAt, retryingSince, state }: WatchedTurn, now: Instant): string {
  const length = durationText(Math.max(0, now - progressAt));
  if (state !== "retrying" || retryingSince === null) return `no progress for ${length}`;
  const retried = durationText(Math.max(0, now - retryingSince));
  return `no progress for ${length}, and a request repeated for ${retried}`;
}
