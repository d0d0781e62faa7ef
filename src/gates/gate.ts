/**
 * The contract of gates: a check command, its verdict, and the proof that is kept of it.
 * `errored` (command not found, timeout, killed) is never `passed`, and nothing passes by absence.
 */

import type { VerdictKind } from "../domain/attempt.ts";

export interface GateSpec {
  readonly name: string;
  /** Run by `sh -c`: a gate is the person's own command line. */
  readonly run: string;
  readonly timeoutMs: number;
}

export interface GateRequest {
  readonly gate: GateSpec;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The full output is kept here, under a cap; the last lines survive. */
  readonly proofFile: string;
}

export interface Verdict {
  readonly verdict: VerdictKind;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** One sentence: why this verdict. */
  readonly why: string;
  /** The last lines of the output (at most 200), for feedback. */
  readonly tail: string;
}

export interface Gates {
  /** Never throws; an aborted check is `skipped`. Ends every process that the command started. */
  check(request: GateRequest, signal: AbortSignal): Promise<Verdict>;
}
