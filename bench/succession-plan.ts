/**
 * Where a round of `succession` strikes, and whether it has really met that step: the steps of a
 * handoff in their order, and what is killed there. Pure.
 */

import type { Event } from "../src/domain/event.ts";
import type { Random } from "../test/property/random.ts";
import type { SpokenCall } from "./judge-succession.ts";

/** What a conductor, or the handoff, has come to when it is struck. */
export const steps = [
  "called, not acknowledged",
  "writing its words",
  "document written",
  "successor called, not acknowledged",
  "successor deciding",
] as const;
export type Step = (typeof steps)[number];

export const victims = ["the conductor", "temoin", "both"] as const;
export type Victim = (typeof victims)[number];

export interface Hit {
  readonly step: Step;
  readonly victim: Victim;
  /** From the mark of the step to the kill. */
  readonly delayMs: number;
}

/**
 * How a conductor gives up its role where nobody kills it: its process ends, a person moves it, or its
 * context is full, which an agent of `driver: claude` tells.
 */
const leavings = ["dies", "person", "full"] as const;

export interface RoundPlan {
  /** One after the other. */
  readonly hits: readonly Hit[];
  readonly leaving: (typeof leavings)[number];
  /** With fewer calls, and without the task whose agent asks. */
  readonly isQuick?: true;
}

/** What a call takes on an idle machine, so that each part of it is met (chosen). */
const longestDelayMs: Readonly<Record<Step, number>> = {
  "called, not acknowledged": 350,
  "writing its words": 300,
  "document written": 0,
  "successor called, not acknowledged": 350,
  "successor deciding": 500,
};

/** So many rounds strike twice (chosen). */
const twice = 0.4;

/** Each step with each victim comes once before any comes twice. */
export function drawPlans(random: Random, count: number): readonly RoundPlan[] {
  const all = steps.flatMap((step) => victims.map((victim) => ({ step, victim })));
  const order = all
    .map((one) => ({ one, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ one }) => one);
  const drawDelay = (step: Step): number => random.below(longestDelayMs[step] + 1);
  return Array.from({ length: count }, (_, n) => {
    const first = order[n % order.length] as (typeof all)[number];
    // The first term begins once: what comes later strikes its successors.
    const [, ...later] = steps;
    const more = { step: random.pick(later as [Step, ...Step[]]), victim: random.pick(victims) };
    const hits = random.chance(twice) ? [first, more] : [first];
    return {
      hits: hits.map((hit) => ({ ...hit, delayMs: drawDelay(hit.step) })),
      leaving: random.pick(leavings),
    };
  });
}

/** A mark that a conductor leaves on its way, or the handoff. */
export interface Mark {
  readonly kind: "document" | "begun" | "acknowledged" | "words" | "leaving";
  /** Of the one who begins or leaves; of a document, of nobody. */
  readonly term: number | null;
}

/** Is that the mark at which it strikes? */
export function isDue({ step, victim }: Hit, { kind, term }: Mark): boolean {
  const isSuccessor = term !== null && term > 1;
  switch (step) {
    case "called, not acknowledged":
      return kind === "begun" && term === 1;
    case "writing its words":
      return kind === "words";
    case "document written":
      // Its conductor can be killed when it is there, which is a moment later.
      return victim === "temoin" ? kind === "document" : kind === "begun" && isSuccessor;
    case "successor called, not acknowledged":
      return kind === "begun" && isSuccessor;
    case "successor deciding":
      return kind === "acknowledged" && isSuccessor;
  }
}

/** A kill that was done. */
export interface Struck {
  readonly hit: Hit;
  readonly at: number;
  /** Who was in office, or about to be. */
  readonly term: number;
}

/** Did it come at the step for which it was meant? What it was too late for has met another one. */
export function hasMet(
  { hit, at, term }: Struck,
  events: readonly Event[],
  calls: readonly SpokenCall[],
): boolean {
  const own = calls.filter((call) => call.term === term);
  const begun = (verb: string): boolean =>
    own.some(({ words, begunAt }) => words.startsWith(verb) && begunAt <= at);
  const isOver = (verb: string): boolean =>
    own.some(({ words, ended }) => words.startsWith(verb) && ended !== null && ended.at < at);
  const isAcknowledged = events.some(
    (event) => event.type === "conductor_acknowledged" && event.term === term && event.at <= at,
  );
  switch (hit.step) {
    case "called, not acknowledged":
    case "successor called, not acknowledged":
      return !isAcknowledged;
    case "writing its words":
      return begun("report") && !isOver("report");
    case "document written":
      return !own.some(({ begunAt }) => begunAt <= at);
    case "successor deciding":
      return isAcknowledged && !isOver("report") && !begun("retry");
  }
}
