/**
 * The search for what is red among changes that wait to land together. They lie in a row, each on
 * the one before it, on a target that is green: test all; what is green lands; what is red is
 * halved until one change is left that turns green into red. That one is refused, and the rest is
 * looked at anew.
 *
 * An innocent change is never refused: what is refused is red on top of what was green without it.
 * For `n` changes with `b` refused it takes at most b·(⌈log2 n⌉ + 1) + 1 tests.
 */

import type { LandingOrder } from "./order.ts";
import { type Priority, priorities } from "./task.ts";

/** The most landings that are tested together (chosen: what is red among them is found in six tests). */
export const batchLimit = 32;

export interface Search {
  /** How many wait in the row; those that have landed or were refused are not in it. */
  readonly waiting: number;
  /** So many of the first are red together; `null`: nothing is known. */
  readonly red: number | null;
}

export type Step =
  | { readonly step: "over" }
  /** The first `count` together. */
  | { readonly step: "test"; readonly count: number }
  /** The first: it was red on what is green without it. */
  | { readonly step: "refuse" };

export function nextStep({ waiting, red }: Search): Step {
  if (waiting === 0) return { step: "over" };
  if (red === null) return { step: "test", count: waiting };
  return red === 1 ? { step: "refuse" } : { step: "test", count: Math.ceil(red / 2) };
}

/** What is known when the first `count` were tested; green ones have landed. */
export function afterTest({ waiting, red }: Search, count: number, isGreen: boolean): Search {
  if (!isGreen) return { waiting, red: count };
  // The row is as it was, and red with the same tree: only where it begins has moved.
  return { waiting: waiting - count, red: red === null ? null : red - count };
}

/** Urgent ones first, each kind in the order in which it came. */
export function inLandingOrder<T extends { readonly order: Pick<LandingOrder, "task"> }>(
  waiting: readonly T[],
): readonly T[] {
  return waiting.toSorted((a, b) => rankOf(a.order.task.priority) - rankOf(b.order.task.priority));
}

function rankOf(priority: Priority): number {
  return priorities.indexOf(priority);
}
