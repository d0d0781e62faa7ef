/** What many measured values come to. By nearest rank: each figure is a value that was measured. */

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** How many values there were. */
  readonly count: number;
}

/** Throws on an empty list: nothing measured is no measurement. */
export function percentilesOf(samples: readonly number[]): Percentiles {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    p50: at(sorted, 0.5),
    p95: at(sorted, 0.95),
    max: at(sorted, 1),
    count: sorted.length,
  };
}

function at(sorted: readonly number[], share: number): number {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}
