/**
 * What the world does to a piece of work: a git that fails, a disk that is full, a directory that
 * is gone. It ends that piece of work and nothing else; everything else that is thrown is a bug.
 */

import { AppError } from "../lib/app-error.ts";
import { pauseMs } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import { waitFor } from "../lib/notifier.ts";
import type { Desk } from "./desk.ts";

/** An AppError, or an error of the operating system (ENOSPC, EACCES, …). */
export function isTrouble(error: unknown): error is Error {
  if (error instanceof AppError) return true;
  return error instanceof Error && "code" in error && /^E[A-Z0-9]+$/.test(String(error.code));
}

/** What a person is told of it, with its full stop. */
export function sentence(error: unknown): string {
  const says = error instanceof Error ? error.message : String(error);
  return says.endsWith(".") ? says : `${says}.`;
}

/** Until the work may be tried again after so many troubles before, or is cut. */
export async function pauseAfter(troubles: number, clock: Clock, desk: Desk): Promise<void> {
  try {
    await waitFor({ clock, signal: desk.signal, until: clock.now() + pauseMs(troubles) });
  } catch (error) {
    if (desk.cut === null) throw error;
  }
}
