/** Runs a program for what it says in a moment: its output under a cap, its end under a timeout. */

import type { Clock } from "./clock.ts";
import { type StartFailure, startProcess } from "./process.ts";
import { newMarker } from "./process-tree.ts";

export interface AskRequest {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Given to it whole, and ended; absent: it has none. */
  readonly input?: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type Asked =
  /** `exitCode`: `null` when a signal has ended it. Output and errors as they came, the first of it. */
  | { readonly kind: "answered"; readonly exitCode: number | null; readonly output: string }
  | { readonly kind: "too_slow" | "called_off" }
  | { readonly kind: "not_started"; readonly because: StartFailure; readonly detail: string };

/** A version is a line, a status some; whoever prints more is not understood anyway (chosen). */
const mostBytes = 64 * 1024;
/** From SIGTERM to SIGKILL: it has nothing to save (chosen). */
const graceMs = 500;

/** Ends the program with all that it has started. Never rejects. */
export async function askProgram(request: AskRequest): Promise<Asked> {
  const { clock, timeoutMs, signal, input = null, ...rest } = request;
  if (signal.aborted) return { kind: "called_off" };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const start = await startProcess({
    ...rest,
    stdin: input,
    marker: newMarker(),
    onOutput: (chunk) => {
      if (bytes < mostBytes) chunks.push(chunk.subarray(0, mostBytes - bytes));
      bytes += chunk.length;
    },
    clock,
    graceMs,
  });
  if (!start.started) return { kind: "not_started", because: start.because, detail: start.detail };
  const { process } = start;
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  const watch = clock.until(clock.now() + timeoutMs, either).then(
    () => process.end(),
    // Called off by the caller, or not needed any more.
    () => (signal.aborted ? process.end() : undefined),
  );
  const { exitCode, isEndAsked } = await process.exited;
  settled.abort();
  await watch;
  if (isEndAsked) return { kind: signal.aborted ? "called_off" : "too_slow" };
  return { kind: "answered", exitCode, output: Buffer.concat(chunks).toString("utf8") };
}
