/**
 * When is the screen looked at? On edges only: once what was written has settled, at once when a
 * title or a sequence says something new; never at rest, and never because time has passed. Pure.
 */

import type { Instant } from "../../domain/id.ts";

export interface Written {
  /** The first output since a look found the screen at rest; `null`: there was none. */
  readonly since: Instant | null;
  readonly lastAt: Instant;
  /** A title or a sequence has said something new since the last look. */
  readonly hasEdge: boolean;
  /** The program has begun a frame and not ended it. */
  readonly isInFrame: boolean;
  readonly lookedAt: Instant;
}

export interface LookManners {
  readonly settleMs: number;
  /** How often one is looked at that never settles; `null`: it may wait. */
  readonly spinnerMs: number | null;
  /** Something new was seen, and not yet a second time: a program may redraw the same for ever. */
  readonly isEager: boolean;
  /** Somebody waits for the answer to a key. */
  readonly isAttentive: boolean;
}

/** A program draws a frame in one go; one that does not end it is not waited for (chosen). */
const longestFrameMs = 100;
/** For one who waits for the answer to a key (chosen: below what a person notices). */
const attentiveMs = 40;

/** `null`: not before something is written. */
export function nextLookAt(written: Written, manners: LookManners): Instant | null {
  const { since, lastAt, hasEdge, isInFrame, lookedAt } = written;
  const { settleMs, spinnerMs, isEager, isAttentive } = manners;
  if (since === null) return null;
  const frameEnds = isInFrame ? lastAt + longestFrameMs : lastAt;
  if (hasEdge) return frameEnds;
  const settledAt = lastAt + settleMs;
  if (isAttentive) return Math.max(lookedAt + attentiveMs, since);
  if (isEager) return Math.min(settledAt, Math.max(lookedAt, since) + settleMs);
  if (spinnerMs !== null) return Math.min(settledAt, Math.max(lookedAt, since) + spinnerMs);
  return settledAt;
}
