/**
 * `.temoin/terminal.json`: through which tmux window a person reaches each slot's agent. It outlives
 * us as the windows do, so that they can be found when temoin was killed; so what it says may be
 * over, and whoever reads it looks whether the window is there.
 */

import { rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { AttachHint } from "../agents/driver.ts";
import type { SlotId } from "../domain/id.ts";
import { Mutex } from "../lib/mutex.ts";
import { readTextIfThere, writeText } from "../lib/text-file.ts";

const kept = z.strictObject({
  slots: z.record(
    z.string(),
    z.strictObject({ socket: z.array(z.string()), session: z.string(), window: z.string() }),
  ),
});

function attachFilePath(stateDir: string): string {
  return path.join(stateDir, "terminal.json");
}

/** In the order in which the sessions began; empty where nothing is written, or not by us. */
export async function readAttachHints(stateDir: string): Promise<ReadonlyMap<SlotId, AttachHint>> {
  try {
    const text = (await readTextIfThere(attachFilePath(stateDir))) ?? '{"slots":{}}';
    const { slots } = kept.parse(JSON.parse(text));
    // Keys are slots: `record` has put them in.
    return new Map(Object.entries(slots).map(([slot, hint]) => [slot as SlotId, hint]));
  } catch {
    // Not as we write it: nobody can be led by it, and the next session writes it anew.
    return new Map();
  }
}

/** `null`: the slot has no window any more. Resolves when it is written, and never rejects. */
export type RecordAttach = (slot: SlotId, hint: AttachHint | null) => Promise<void>;

/**
 * Begins the file anew: the windows of an earlier run have been ended, or are recorded again when
 * their sessions are taken up.
 */
export async function openAttachFile({
  stateDir,
  onProblem,
}: {
  readonly stateDir: string;
  readonly onProblem: (says: string) => void;
}): Promise<RecordAttach> {
  const file = attachFilePath(stateDir);
  const slots = new Map<SlotId, AttachHint>();
  const oneAtATime = new Mutex();
  const write = async (): Promise<void> => {
    try {
      if (slots.size === 0) await rm(file, { force: true });
      else await writeText(file, `${JSON.stringify({ slots: Object.fromEntries(slots) })}\n`);
    } catch (error) {
      // The work does not need it: only `temoin attach` does.
      const why = error instanceof Error ? error.message : String(error);
      onProblem(`Cannot write ${file}, by which \`temoin attach\` finds the agents: ${why}.`);
    }
  };
  await oneAtATime.run(write);
  return async (slot, hint) => {
    if (hint === null) slots.delete(slot);
    else slots.set(slot, hint);
    await oneAtATime.run(write);
  };
}
