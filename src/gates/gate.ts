/**
 * The contract of gates: a check command, its verdict, and the proof that is kept of it.
 * `errored` (command not found, timeout, killed) is never `passed`, and nothing passes by absence.
 */

import type { VerdictKind } from "../domain/attempt.ts";
import type { Failure, TestCount } from "../domain/gate-output.ts";

export interface GateSpec {
  readonly name: string;
  /** Run by `sh -c`: a gate is the person's own command line. */
  readonly run: string;
  readonly timeoutMs: number;
  /** Names of the secrets that it gets of temoin's own environment; absent: none. */
  readonly env?: readonly string[];
  /** How often a red run is repeated before it counts; absent: not at all. */
  readonly retries?: number;
  /** Globs: a change that touches them is also checked with the target's version of these files. */
  readonly protects?: readonly string[];
  /** A file in which it reports its tests, relative to the workspace; absent: its output tells. */
  readonly junit?: string;
  /** Agent or role that mends what this gate finds; absent: whoever is free. */
  readonly fix?: string;
}

export interface GateRequest {
  readonly gate: GateSpec;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The full output is kept here, under a cap; the last lines survive. */
  readonly proofFile: string;
  /** What the same gate found on the target before; absent: nobody has looked. */
  readonly baseline?: Baseline;
}

/** The same gate on the target, before the change. */
export interface Baseline {
  readonly verdict: VerdictKind;
  readonly tests: TestCount | null;
  readonly durationMs: number;
  readonly failures: readonly Failure[];
}

export interface Verdict {
  readonly verdict: VerdictKind;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** One sentence: why this verdict. */
  readonly why: string;
  /** The last lines of the output (at most 200), for feedback. */
  readonly tail: string;
  /** What the output says is wrong; empty where nothing was understood. */
  readonly failures: readonly Failure[];
  /** `null`: the output does not tell. */
  readonly tests: TestCount | null;
  /** What is odd, beside the verdict; one sentence. */
  readonly note: string | null;
  /** Its proof could not be kept since the disk is full. */
  readonly noRoom?: true;
}

export interface Gates {
  /** Never throws; an aborted check is `skipped`. Ends every process that the command started. */
  check(request: GateRequest, signal: AbortSignal): Promise<Verdict>;
}
