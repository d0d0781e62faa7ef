/** What a round of kills stands on: notes beside the project, and runs that are ended where they hang. */

import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Ended, Scratch } from "../test/e2e/scratch-project.ts";

/** Far more than a run of a round needs: it hangs. */
const longestRunMs = 120_000;

export interface EndedRun extends Pick<Ended, "code" | "signal"> {
  readonly isHung: boolean;
  /** The last of what it has printed. */
  readonly says: string;
}

export async function untilEnded(scratch: Scratch, child: ChildProcess): Promise<EndedRun> {
  let isHung = false;
  const alarm = setTimeout(() => {
    isHung = child.kill("SIGKILL");
  }, longestRunMs);
  try {
    const { code, signal, stdout, stderr } = await scratch.ended(child);
    return { code, signal, isHung, says: `${stdout}${stderr}`.slice(-1_500) };
  } finally {
    clearTimeout(alarm);
  }
}

/** A folder for what the agents of a round write down, also where the project's own disk is full. */
export async function withNotes<T>(act: (notes: string) => Promise<T>): Promise<T> {
  const notes = await mkdtemp(path.join(os.tmpdir(), "temoin-notes-"));
  try {
    return await act(notes);
  } finally {
    await rm(notes, { recursive: true, force: true });
  }
}
