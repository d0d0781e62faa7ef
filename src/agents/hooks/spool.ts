/**
 * The folder in which an agent's hooks leave what they were given, read as it comes: in order, each
 * once, also what came while no temoin was there. One that waits for an answer stays until it is
 * answered or dropped, so that a later temoin finds it again.
 *
 * Invariant: whatever the agent puts there instead, it is never waited for, and keeps no other from
 * being read; and whatever it puts in the folder's own place, nothing is removed elsewhere.
 */

import { constants } from "node:fs";
import { lstat, open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Instant } from "../../domain/id.ts";
import { folderChanges } from "../../lib/file-changes.ts";
import { parseJson } from "../../lib/json-text.ts";
import { readRegularFile } from "../../lib/text-file.ts";

export interface SpoolEvent {
  /** No other of this spool has the same. */
  readonly id: string;
  /** As the script was called with it. */
  readonly name: string;
  readonly at: Instant;
  /** What the hook was given. */
  readonly payload: unknown;
  /** The agent waits for an answer to it. */
  readonly waits: boolean;
}

export interface SpoolParts {
  readonly folder: string;
  /** Files that are overwritten, of which the last alone counts. */
  readonly latest: readonly string[];
  /** One at a time; what it throws is a bug. */
  readonly onEvent: (event: SpoolEvent) => Promise<void>;
  /** It cannot be read (any more); one sentence. */
  readonly onProblem: (says: string) => void;
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly pid: number;
  readonly atNs: bigint;
}

const answerSuffix = ".answer";

/** In bytes; what a hook is given holds a file at most (chosen). */
const longestPayload = 32 * 1024 * 1024;

export class Spool implements AsyncDisposable {
  readonly #parts: SpoolParts;
  readonly #ending = new AbortController();
  readonly #begun = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;
  /** Those that wait, and are told. */
  readonly #waiting = new Set<string>();
  readonly #latest = new Map<string, bigint>();
  /** Those that are told and cannot be removed. */
  readonly #left = new Set<string>();

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.#reading = this.#read();
  }

  /** All that was there is told. Never rejects. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** One line, for one that waits. `false`: nobody waits any more. Never rejects. */
  async answer(id: string, line: string): Promise<boolean> {
    const isTaken = await writeLine(this.#pathOf(id + answerSuffix), line);
    await this.#forget(id);
    return isTaken;
  }

  /** The agent's own dialog is left to itself. Never rejects. */
  async drop(id: string): Promise<void> {
    await this.answer(id, "");
  }

  /** What waits goes on waiting. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      for await (const _ of folderChanges(this.#parts.folder, this.#ending.signal)) {
        await this.#pass();
        this.#begun.resolve();
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#parts.onProblem(`what its hooks tell cannot be read (${error.message})`);
    } finally {
      this.#begun.resolve();
    }
  }

  async #pass(): Promise<void> {
    if (!(await this.#isFolder())) {
      this.#ending.abort();
      this.#parts.onProblem("what its hooks tell cannot be read (it is no folder)");
      return;
    }
    const names = await readdir(this.#parts.folder);
    for (const name of names) if (this.#parts.latest.includes(name)) await this.#readLatest(name);
    const there = new Set(names);
    for (const entry of await this.#entriesOf(names)) {
      if (this.#ending.signal.aborted) return;
      await this.#readEntry(entry, there.has(entry.id + answerSuffix));
    }
  }

  async #entriesOf(names: readonly string[]): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for (const id of names) {
      const [, name = "", pid = ""] = /^([A-Za-z]+)\.(\d+)\.\d+$/.exec(id) ?? [];
      if (name === "" || this.#waiting.has(id) || this.#left.has(id)) continue;
      const atNs = await this.#writtenAt(id);
      if (atNs !== null) entries.push({ id, name, pid: Number(pid), atNs });
    }
    // The clock of a file system moves in steps; within one the processes tell the order.
    return entries.sort((a, b) => Number(a.atNs - b.atNs) || a.pid - b.pid);
  }

  async #readEntry({ id, name, atNs }: Entry, hasPipe: boolean): Promise<void> {
    const payload = await this.#payloadOf(id);
    const waits = hasPipe && (await isRead(this.#pathOf(id + answerSuffix)));
    if (waits) this.#waiting.add(id);
    // Nobody waits for the answer any more: of the question there is nothing to tell.
    if (payload !== undefined && (waits || !hasPipe)) {
      await this.#parts.onEvent({ id, name, at: Number(atNs / 1_000_000n), payload, waits });
    }
    // After it was told: one that dies in between tells it again, and loses nothing.
    if (!waits) await this.#forget(id);
  }

  async #readLatest(name: string): Promise<void> {
    const atNs = await this.#writtenAt(name);
    if (atNs === null || this.#latest.get(name) === atNs) return;
    this.#latest.set(name, atNs);
    const payload = await this.#payloadOf(name);
    const at = Number(atNs / 1_000_000n);
    if (payload !== undefined) {
      await this.#parts.onEvent({ id: name, name, at, payload, waits: false });
    }
  }

  /** `null`: it was answered and is gone meanwhile, or no hook has written it. */
  async #writtenAt(name: string): Promise<bigint | null> {
    try {
      const found = await stat(this.#pathOf(name), { bigint: true });
      return found.isFile() ? found.mtimeNs : null;
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  /** `undefined`: there is nothing to read in it. */
  async #payloadOf(name: string): Promise<unknown> {
    const payload = parseJson(await this.#textOf(name));
    if (payload === undefined) {
      this.#parts.onProblem(`a hook was given what is no JSON (${name})`);
    }
    return payload;
  }

  async #textOf(name: string): Promise<string> {
    try {
      return await readRegularFile(this.#pathOf(name), longestPayload);
    } catch (error) {
      if (isSystemError(error)) return "";
      throw error;
    }
  }

  /** The agent may have put a link in its place. Rejects with the system's error. */
  async #isFolder(): Promise<boolean> {
    return (await lstat(this.#parts.folder)).isDirectory();
  }

  async #forget(id: string): Promise<void> {
    const isFolder = await this.#isFolder().catch(() => false);
    for (const name of isFolder ? [id, id + answerSuffix] : []) {
      await rm(this.#pathOf(name), { force: true, recursive: true }).catch((error: unknown) => {
        if (!isSystemError(error)) throw error;
        this.#left.add(id);
      });
    }
    this.#waiting.delete(id);
  }

  #pathOf(name: string): string {
    return path.join(this.#parts.folder, name);
  }
}

async function isRead(pipe: string): Promise<boolean> {
  return await withWriter(pipe, async () => undefined);
}

async function writeLine(pipe: string, line: string): Promise<boolean> {
  return await withWriter(pipe, async (file) => {
    await file.writeFile(`${line}\n`);
  });
}

/** `false`: no process has the other end, or it is gone; also where it is no pipe at all. */
async function withWriter(
  pipe: string,
  use: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<boolean> {
  try {
    await using file = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFIFO()) return false;
    await use(file);
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
