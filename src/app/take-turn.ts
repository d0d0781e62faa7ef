/** Those who change the same thing at once do it one after the other, each on what is there by then. */

import path from "node:path";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { takeLock } from "../lib/file-lock.ts";
import type { Environment, ProjectPlace, Turn } from "../operations/context.ts";
import { ensureStateDir } from "./on-host.ts";

export interface TurnParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
}

/** What it is about, in the file of its lock, and how long it is waited for (chosen). */
const turns: Readonly<Record<Turn, { readonly file: string; readonly waitMs: number }>> = {
  import: { file: "import.lock", waitMs: 60_000 },
  config: { file: "rules.lock", waitMs: 5_000 },
};

const doing: Readonly<Record<Turn, string>> = {
  import: "Another `temoin import` brings in tasks, and has not come to its end.",
  config: "Another temoin is writing temoin.yaml.",
};

/** Rejects with an AppError `locked` for whoever has waited too long; it has changed nothing. */
export async function takeTurn(parts: TurnParts, turn: Turn): Promise<Disposable> {
  await ensureStateDir(parts);
  const { file, waitMs } = turns[turn];
  const lock = await takeLock(path.join(parts.place.stateDir, file), parts.clock, waitMs);
  if (lock !== null) return lock;
  throw new AppError("locked", doing[turn], { hint: "Try again in a moment." });
}
