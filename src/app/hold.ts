/** Holding a project: one temoin works on it at a time, and others can tell which. */

import { readFile, rm } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { plainTime } from "../domain/view-time.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { canLock, takeLock, tryLock } from "../lib/file-lock.ts";
import type { Holder } from "../operations/context.ts";
import type { ProjectPaths } from "./places.ts";

/** Rejects with an AppError `locked` that says who holds the project. */
export async function hold(
  paths: ProjectPaths,
  command: Holder["command"],
  clock: Clock,
): Promise<AsyncDisposable> {
  const lock = await takeLock(paths.lock, clock);
  if (lock === null) throw held(await readHolder(paths));
  const startedAt = new Date(clock.now()).toISOString();
  const holder: Holder = { pid: process.pid, startedAt, command };
  try {
    await writeFileAtomic(paths.holder, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    lock[Symbol.dispose]();
    const hint = "Make room on the disk, or give yourself the right to write there.";
    throw new AppError("disk", `Cannot write ${paths.holder}.`, { cause: error, hint });
  }
  return {
    async [Symbol.asyncDispose]() {
      await rm(paths.holder, { force: true });
      lock[Symbol.dispose]();
    },
  };
}

/**
 * Who holds the project now; `null`: nobody. A lock is tried only where somebody has signed, and where
 * it can be: from within a sandbox that is read-only, whoever has signed is believed.
 */
export async function findHolder(paths: ProjectPaths): Promise<Holder | null> {
  const signed = await readHolder(paths);
  if (signed === null || !(await canLock(paths.lock))) return signed;
  const lock = tryLock(paths.lock);
  if (lock !== null) {
    lock[Symbol.dispose]();
    return null;
  }
  return (await readHolder(paths)) ?? signed;
}

function held(holder: Holder | null): AppError {
  const who =
    holder === null
      ? "Another temoin holds this project."
      : `Another temoin holds this project: process ${holder.pid}, \`temoin ${holder.command}\`, since ${plainTime(Date.parse(holder.startedAt))}.`;
  return new AppError("locked", who, {
    hint: "`temoin status` shows what it does; `temoin down` ends it.",
  });
}

/** `null` in the moment between the lock and the file. */
async function readHolder(paths: ProjectPaths): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(paths.holder, "utf8")) as Holder; // We wrote it.
  } catch {
    // It is written just after the lock was taken: then nothing is known yet but that it is held.
    return null;
  }
}
