/**
 * What a person can repair. The sentence says what could not be done, to which thing, the value
 * seen and the next step. Expected refusals are values, bugs are assertions: neither is an AppError.
 */

/** Each code fixes the exit code of a command; the table is in docs/spec.md. */
export const exitCodes = {
  failed: 1,
  internal: 1,
  not_found: 1,
  locked: 1,
  refused: 1,
  disk: 1,
  usage: 2,
  config: 2,
  not_yet: 2,
  repository: 2,
} as const;

export type ErrorCode = keyof typeof exitCodes;

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** The next step, as a sentence. */
  readonly hint?: string;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.hint = options.hint ?? null;
  }
}
