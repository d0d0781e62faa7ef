/**
 * The file in which a Claude Code in a terminal tells what it does (`sessions/PID.json` beside its
 * transcripts; undocumented, measured: 2.1.197). It alone tells an end by Esc without a screen; it
 * stays as it is when the program is killed, which is for the process to tell.
 */

import { readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Observation, SeenState } from "../../domain/evidence.ts";
import type { Clock } from "../../lib/clock.ts";
import { folderChanges } from "../../lib/file-changes.ts";
import { parseJson } from "../../lib/json-text.ts";
import { longestSettings, readRegularFile } from "../../lib/text-file.ts";

const schema = z.object({
  sessionId: z.string(),
  status: z.string().optional(),
  waitingFor: z.string().optional(),
});

type SessionFileText = z.infer<typeof schema>;

const statesOf: ReadonlyMap<string, readonly SeenState[]> = new Map([
  ["busy", ["working", "retrying"]],
  ["idle", ["idle", "failed", "limited"]],
  ["waiting", ["asking"]],
]);

export interface SessionFileParts {
  readonly clock: Clock;
  /** In which all sessions of this user have one. */
  readonly folder: string;
  readonly sessionId: string;
  readonly onSeen: (observation: Observation) => void;
}

export class SessionFile implements AsyncDisposable {
  readonly #parts: SessionFileParts;
  readonly #ending = new AbortController();
  readonly #reading: Promise<void>;
  #name: string | null = null;
  #told = "";

  constructor(parts: SessionFileParts) {
    this.#parts = parts;
    this.#reading = this.#follow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#reading;
  }

  async #follow(): Promise<void> {
    try {
      for await (const _ of folderChanges(this.#parts.folder, this.#ending.signal)) {
        await this.#look();
      }
    } catch (error) {
      // Another version may keep no such files: then others tell.
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }

  async #look(): Promise<void> {
    const { folder, clock, onSeen } = this.#parts;
    this.#name ??= await this.#find();
    if (this.#name === null) return;
    const { status = "", waitingFor } = (await readSession(path.join(folder, this.#name))) ?? {};
    const states = statesOf.get(status);
    if (status === this.#told || states === undefined || this.#ending.signal.aborted) return;
    this.#told = status;
    const says = waitingFor === undefined ? status : `${status}, ${waitingFor}`;
    const seen: Observation = {
      at: clock.now(),
      source: "transcript",
      says: `its session file: ${says}`,
      states,
    };
    // What is asked is told by a hook first, and answered there before this is written.
    onSeen(status === "waiting" ? { ...seen, yieldsTo: ["hook"] } : seen);
  }

  /** It keeps its name when the session in it is another one. */
  async #find(): Promise<string | null> {
    const { folder, sessionId } = this.#parts;
    for (const name of await readdir(folder)) {
      const session = await readSession(path.join(folder, name));
      if (session?.sessionId === sessionId) return name;
    }
    return null;
  }
}

/** `null`: it is being written, is gone, or is something else. */
async function readSession(file: string): Promise<SessionFileText | null> {
  try {
    return schema.safeParse(parseJson(await readRegularFile(file, longestSettings))).data ?? null;
  } catch {
    return null;
  }
}
