/**
 * The log of a session: what its agent has printed, and between it our own notes. Secrets are taken
 * out before anything is written.
 */

import { openRotatingFile } from "../lib/capped-file.ts";
import { type Clock, timeOfDay } from "../lib/clock.ts";
import { type Mask, type MaskStream, shapesOnly } from "../lib/mask.ts";
import type { SessionRequest } from "./driver.ts";
import { cannotWrite } from "./start-failure.ts";

/** Of the log, and as much again of the one before (chosen). */
const logCapBytes = 8 * 1024 * 1024;

/** Rejects with an AppError when it cannot be written to. */
export async function openSessionLog(
  { agent, logFile }: SessionRequest,
  { clock, mask = shapesOnly }: { readonly clock: Clock; readonly mask?: Mask },
): Promise<SessionLog> {
  try {
    const file = await openRotatingFile(logFile, logCapBytes);
    return new SessionLog({ file, clock, mask });
  } catch (cause) {
    throw cannotWrite(agent, logFile, cause);
  }
}

/** What it is written into. */
export interface LogFile extends AsyncDisposable {
  append(content: Uint8Array | string): Promise<void>;
}

interface LogParts {
  readonly file: LogFile;
  readonly clock: Clock;
  readonly mask: Mask;
}

export class SessionLog implements AsyncDisposable {
  readonly #file: LogFile;
  readonly #clock: Clock;
  readonly #mask: Mask;
  readonly #output: MaskStream;

  constructor({ file, clock, mask }: LogParts) {
    this.#file = file;
    this.#clock = clock;
    this.#mask = mask;
    this.#output = mask.stream();
  }

  /**
   * What the agent has printed, cut anywhere: the end of it may come into the log with the next
   * call. Never rejects: a log that cannot be written to is no reason to stop an agent at work.
   */
  append(content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    return this.#write(this.#output.push(bytes));
  }

  /** Rows of a screen, which may have broken a secret in two; as many as were given. */
  masked(rows: readonly string[]): readonly string[] {
    return this.#mask.text(rows.join("\n")).split("\n");
  }

  /** A line of our own, between what the turns have printed. */
  note(says: string): Promise<void> {
    const at = new Date(timeOfDay(this.#clock)).toISOString();
    const line = Buffer.from(this.#mask.text(`\n--- ${at} ${says}\n`));
    return this.#write(Buffer.concat([this.#output.end(), line]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#write(this.#output.end());
    await this.#file[Symbol.asyncDispose]();
  }

  async #write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    await this.#file.append(bytes).catch(() => {
      // As said above.
    });
  }
}
