/** What is tried again until it works: after 1 s, 2 s, 4 s, … at most a minute (chosen). */

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** In milliseconds, after so many tries before the last one. */
export function pauseMs(triesBefore: number): number {
  return Math.min(firstPauseMs * 2 ** triesBefore, longestPauseMs);
}
