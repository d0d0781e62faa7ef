/** The log of a session: what its agent has printed, and between it our own notes. */

import { AppError } from "../lib/app-error.ts";
import { openRotatingFile, type RotatingFile } from "../lib/capped-file.ts";
import type { Clock } from "../lib/clock.ts";
import type { SessionRequest } from "./driver.ts";

/** Of the log, and as much again of the one before (chosen). */
const logCapBytes = 8 * 1024 * 1024;

/** Rejects with an AppError when it cannot be written to. */
export async function openSessionLog(
  { agent, logFile }: SessionRequest,
  clock: Clock,
): Promise<SessionLog> {
  try {
    return new SessionLog(await openRotatingFile(logFile, logCapBytes), clock);
  } catch (cause) {
    throw new AppError("disk", `Cannot start agent \`${agent.name}\`: cannot write ${logFile}.`, {
      cause,
      hint: "Make its directory writable, or free some space on its disk.",
    });
  }
}

export class SessionLog implements AsyncDisposable {
  readonly #file: RotatingFile;
  readonly #clock: Clock;

  constructor(file: RotatingFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Never rejects: a log that cannot be written to is no reason to stop an agent at work. */
  async append(content: Uint8Array | string): Promise<void> {
    await this.#file.append(content).catch(() => {
      // As said above.
    });
  }

  /** A line of our own, between what the turns have printed. */
  note(says: string): Promise<void> {
    const at = new Date(this.#clock.now()).toISOString();
    return this.append(`\n--- ${at} ${says}\n`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file[Symbol.asyncDispose]();
  }
}
