/**
 * What a terminal tells, as observations for `domain/evidence.ts`. Pure.
 *
 * A screen yields to title and OSC: where those tell work from rest, an old frame or the words of a
 * model must not overrule them. Bytes alone claim nothing.
 */

import type { Fusion, Observation, SeenState } from "../../domain/evidence.ts";
import { seenStates } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import type { Assertion, Profile, Reading, ScreenState } from "../profile/profile.ts";

const seenOf: Readonly<Record<Exclude<ScreenState, "unknown">, SeenState>> = {
  idle: "idle",
  working: "working",
  retrying: "retrying",
  asking_permission: "asking",
  asking_question: "asking",
  dialog: "asking",
  limited: "limited",
  failed: "failed",
  // Words that nobody has sent are no work.
  draft: "idle",
  exited: "offline",
};

/** `null`: the title or the sequence says nothing, and takes back what was said before. */
export function observeMark(
  source: "title" | "osc",
  assertion: Assertion | null,
  at: Instant,
): Observation {
  if (assertion === null) return { at, source, says: "says nothing of a state", states: null };
  return { at, source, says: assertion.says, states: statesOf(assertion.states) };
}

export function observeScreen(reading: Reading, at: Instant): Observation {
  const shown = reading.state === "unknown" ? reading.possible : [reading.state];
  const states = statesOf(shown);
  const isOpen = states.length === 0 || isAll(states);
  return {
    at,
    source: "screen",
    says: reading.says,
    states: isOpen ? null : states,
    // That nothing of work is seen says less than what the agent itself tells of it.
    yieldsTo: isRest(states) ? ["osc", "title", "hook", "transcript"] : ["osc", "title"],
  };
}

/** After a mark that says something new. */
export function forgetScreen(at: Instant): Observation {
  return { at, source: "screen", says: "has not been looked at since", states: null };
}

/** How long it must be still before that means something. */
export function quietOf(
  { quietMs, quietAfterEndMs }: Pick<Profile, "quietMs" | "quietAfterEndMs">,
  { hasEndSign }: Pick<Reading, "hasEndSign">,
): number {
  return hasEndSign ? Math.min(quietMs, quietAfterEndMs) : quietMs;
}

/** An empty composer on which nothing moves, for agents that do not always show their work. */
export function observeSilence(quietMs: number, at: Instant): Observation {
  const says = `nothing has moved on the screen for ${Math.round(quietMs / 100) / 10} s, and its composer is empty`;
  const yieldsTo = ["osc", "title", "screen", "hook", "transcript"] as const;
  return { at, source: "silence", says, states: ["idle"], yieldsTo };
}

export function breakSilence(at: Instant): Observation {
  return { at, source: "silence", says: "the screen has changed", states: null };
}

export function observeStart(at: Instant): Observation {
  return { at, source: "process", says: "its program was started", states: ["starting"] };
}

/** It takes the keys: from now on others tell what it does. */
export function observeReady(at: Instant): Observation {
  return { at, source: "process", says: "its program runs", states: null };
}

export function observeEnd(says: string, at: Instant): Observation {
  return { at, source: "process", says, states: ["offline"] };
}

function statesOf(shown: readonly ScreenState[]): readonly SeenState[] {
  return [...new Set(shown.flatMap((state) => (state === "unknown" ? [] : [seenOf[state]])))];
}

function isRest(states: readonly SeenState[]): boolean {
  return states.length === 1 && states[0] === "idle";
}

/** A screen can never tell that an agent is only starting. */
function isAll(states: readonly SeenState[]): boolean {
  return seenStates.every((state) => state === "starting" || states.includes(state));
}

/** When silence says something; `null`: it does not, or has said it. */
export function silenceDueAt(
  { reading, fusion }: { readonly reading: Reading; readonly fusion: Fusion },
  profile: Profile,
  changedAt: Instant,
): Instant | null {
  const isSilent = reading.composer?.text.trim() === "" && reading.dialog === null;
  const isTold = fusion.assertions.some((one) => one.source === "silence");
  if (profile.showsWork || !isSilent || isTold) return null;
  return changedAt + quietOf(profile, reading);
}

export function isAtWork(state: Fusion["state"]): boolean {
  return state === "working" || state === "retrying";
}

export function isOtherFusion(one: Fusion, other: Fusion): boolean {
  return one.state !== other.state || reasons(one) !== reasons(other);
}

/** Whose words count, and not the words: a spinner says the same again and again. */
function reasons({ because }: Fusion): string {
  return because.map((one) => one.source).join();
}
