/** What the output of a gate says, as values: which failures there are, and how many tests ran. */

/** `null` where the output does not say. */
export interface Failure {
  /** Relative to the folder that the gate ran in. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number | null;
  /** The name of the test, with those of its groups before it. */
  readonly test: string | null;
  /** As `E0308`, `TS2345`, `no-unused-vars`. */
  readonly code: string | null;
  /** One to a few lines. */
  readonly message: string;
}

/** `ran` holds the failed, not the skipped. */
export interface TestCount {
  readonly ran: number;
  readonly failed: number;
  readonly skipped: number;
}
