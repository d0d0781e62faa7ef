/** What a measurement is, and the figures that it comes to. */

import { percentilesOf } from "./percentiles.ts";

export interface Figure {
  readonly what: string;
  /** `ms`, `1/s`, or `×` for a ratio. */
  readonly unit: string;
  readonly value: number;
  /** The goal; `null`: there is none, the figure is told for what it is. */
  readonly atMost: number | null;
  /** How many measured values it rests on, warm-up excluded. */
  readonly count: number;
  /** Its goal is no matter of speed: the command fails where it is missed. Absent: it does not. */
  readonly isPromise?: true;
}

/** What was asked for on the command line; `null`: as usual. */
export interface Asked {
  readonly runs: number | null;
  readonly rounds: number | null;
  readonly inputs: number | null;
  readonly seed: number | null;
}

export interface Measurement {
  readonly name: string;
  /** One sentence: what is measured. */
  readonly about: string;
  /** `say` tells a person how far it has come. */
  run(say: (text: string) => void, asked: Asked): Promise<readonly Figure[]>;
}

/** What must never happen: so often it did, in so many tries. */
export function never(what: string, value: number, count: number): Figure {
  return { what, unit: "", value, atMost: 0, count, isPromise: true };
}

export interface Goals {
  readonly p50?: number;
  readonly p95?: number;
  readonly max?: number;
}

/** The p50, p95 and maximum of many values, as three figures. */
export function spread(
  named: { readonly what: string; readonly unit: string },
  samples: readonly number[],
  goals: Goals = {},
): readonly Figure[] {
  const { what, unit } = named;
  const { count, ...values } = percentilesOf(samples);
  return (["p50", "p95", "max"] as const).map((which) => ({
    what: `${what}, ${which}`,
    unit,
    value: values[which],
    atMost: goals[which] ?? null,
    count,
  }));
}

/** How long it took, in milliseconds, beside what came of it. */
export function timed<T>(act: () => T): { readonly result: T; readonly ms: number } {
  const startedAt = performance.now();
  const result = act();
  return { result, ms: performance.now() - startedAt };
}

export async function timedAsync<T>(
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly ms: number }> {
  const startedAt = performance.now();
  const result = await act();
  return { result, ms: performance.now() - startedAt };
}
