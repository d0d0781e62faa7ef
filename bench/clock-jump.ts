/**
 * A clock that somebody sets while temoin runs: its time of day jumps, and nobody else's. The bench
 * starts temoin with a clock that reads from a file how far it is ahead (`jumping-temoin.ts`).
 */

import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Event } from "../src/domain/event.ts";
import type { Scratch } from "../test/e2e/scratch-project.ts";
import type { Random } from "../test/property/random.ts";

export const clockFaults = ["a clock set ahead", "a clock set back"] as const;
export type ClockFault = (typeof clockFaults)[number];

export function isOfClock(fault: string): fault is ClockFault {
  return (clockFaults as readonly string[]).includes(fault);
}

/** `temoin` with such a clock. */
export const jumpingTemoin = fileURLToPath(new URL("jumping-temoin.ts", import.meta.url));

/** As far as a person, a zone or a flat battery sets it (chosen). */
const longestMinutes = 12 * 60;

/** Tells how far it is ahead now. */
export async function setClock(
  scratch: Scratch,
  fault: ClockFault,
  random: Random,
): Promise<number> {
  const minutes = 1 + random.below(longestMinutes);
  const aheadMs = (fault === "a clock set ahead" ? 1 : -1) * minutes * 60_000;
  const file = clockFileOf(scratch);
  // What is being written is read as empty: it comes whole.
  await writeFile(`${file}.new`, String(aheadMs));
  await rename(`${file}.new`, file);
  return aheadMs;
}

/** Where the clock looks; `scratch.env` has to name it before the first start. */
export function clockFileOf(scratch: Scratch): string {
  return path.join(scratch.folder, "clock");
}

/**
 * The times of the events as the clock of the machine had them. Of what was told by a clock that is
 * ahead, each is later than any before; what was told by one set back is told to be so.
 */
export function inMachineTime(
  events: readonly Event[],
  jump: { readonly at: number; readonly aheadMs: number },
): readonly number[] {
  let hasJumped = false;
  return events.map(({ type, at }) => {
    if (jump.aheadMs > 0) hasJumped ||= at >= jump.at + jump.aheadMs;
    else hasJumped ||= type === "clock_set_back";
    return hasJumped ? at - jump.aheadMs : at;
  });
}
