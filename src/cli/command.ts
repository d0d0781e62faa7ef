/** What a command of the command line is: its words, and what it does with them. */

import type { Command } from "commander";
import type { Context } from "../operations/context.ts";
import { invoke } from "../operations/invoke.ts";
import type { Operation } from "../operations/operation.ts";
import type { Face } from "./face.ts";

export interface CliCommand {
  /** Arguments and flags. Those that all commands have are there already. */
  readonly describe: (command: Command) => Command;
  /** Its own care for SIGINT, SIGTERM and SIGHUP: they come as an abort of `Call.signal`. */
  readonly endsBySignal?: boolean;
  /** Resolves with the exit code. Rejects with an AppError when it cannot be done. */
  readonly run: (call: Call) => Promise<number>;
}

export interface Call {
  readonly context: Context;
  readonly face: Face;
  readonly args: readonly (string | undefined)[];
  /** As commander reads them; an operation checks what it is handed. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted when the reader of the output has gone, and by signals where the command asks. */
  readonly signal: AbortSignal;
  /** For the command that cares for signals by itself. */
  readonly interruptions: Interruptions;
}

export type EndSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface Interruptions {
  /** Calls for each signal that comes, those that came before included. */
  listen(act: (signal: EndSignal) => void): void;
}

/** Exit codes of a command that a signal has ended: 128 and its number, as shells tell it. */
export const signalExit = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Does an operation with the input as it came. */
export function perform<Input, Output>(
  { context, signal }: Call,
  operation: Operation<Input, Output>,
  input: unknown,
): Promise<Output> {
  return invoke(operation, { context, input, signal });
}
