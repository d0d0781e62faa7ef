/**
 * What the world does to a piece of work: a git that fails, a disk that is full, a directory that
 * is gone. It ends that piece of work and nothing else; everything else that is thrown is a bug.
 */

import { AppError } from "../lib/app-error.ts";

/** An AppError, or an error of the operating system (ENOSPC, EACCES, …). */
export function isTrouble(error: unknown): error is Error {
  if (error instanceof AppError) return true;
  return error instanceof Error && "code" in error && /^E[A-Z0-9]+$/.test(String(error.code));
}
