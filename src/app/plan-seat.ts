/**
 * The seat of the agent that plans: one at a time sits in a project. The kernel frees it with its
 * `temoin plan`, however that dies; then nobody owns its agent, and whoever comes next ends it.
 */

import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { AgentSpec } from "../domain/agent.ts";
import { plannerSeat } from "../domain/seat.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { type Lock, tryLock } from "../lib/file-lock.ts";
import type { Mask } from "../lib/mask.ts";
import type { ProcessIdentity } from "../lib/process-table.ts";
import { endAll, findByEnvironment } from "../lib/process-tree.ts";
import type { Environment, ProjectPlace } from "../operations/context.ts";
import { openDrivers } from "./drivers.ts";
import { tmuxSocketPath } from "./places.ts";

/** From SIGTERM to SIGKILL for what nobody owns any more (chosen). */
const orphanGraceMs = 2_000;

/** Its sockets and its tmux server are apart from those of a run, which may be at work. */
export function plannerPlace(place: ProjectPlace): ProjectPlace {
  return { ...place, id: `${place.id}-${plannerSeat}` };
}

/** In the environment of the agent and of all that it starts. */
export function plannerMark({ id }: ProjectPlace): string {
  return `${id}/${plannerSeat}`;
}

/** Rejects with an AppError `locked` while somebody else has it. */
export async function takeSeat(place: ProjectPlace): Promise<AsyncDisposable> {
  const lock = lockOf(place);
  if (lock === null) {
    const pid = await readSitter(place);
    const who = pid === null ? "" : ` (process ${pid})`;
    throw new AppError("locked", `Another \`temoin plan\`${who} is at work in this project.`, {
      hint: "`temoin logs plan -f` shows what its agent prints; wait for it, or end it by Ctrl-C.",
    });
  }
  try {
    await writeFileAtomic(sitterFile(place), `${process.pid}\n`);
  } catch (error) {
    lock[Symbol.dispose]();
    const hint = "Make room on the disk, or give yourself the right to write there.";
    throw new AppError("disk", `Cannot write ${sitterFile(place)}.`, { cause: error, hint });
  }
  return {
    async [Symbol.asyncDispose]() {
      await rm(sitterFile(place), { force: true });
      lock[Symbol.dispose]();
    },
  };
}

export interface LeftPlannerParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly agents: readonly AgentSpec[];
  readonly mask: Mask;
}

/**
 * Ends the agent of a `temoin plan` that was killed, with its windows, and leaves one alone whose
 * plan is at work. Those that could not be ended.
 */
export async function endLeftPlanner(parts: LeftPlannerParts): Promise<readonly ProcessIdentity[]> {
  const { clock, env, place } = parts;
  const own = plannerPlace(place);
  const isLeft =
    findByEnvironment("TEMOIN_SLOT", plannerMark(place)).length > 0 ||
    existsSync(tmuxSocketPath(env, own));
  if (!isLeft) return [];
  using lock = lockOf(place);
  if (lock === null) return [];
  await rm(sitterFile(place), { force: true });
  const left = await endPlanner(place, clock);
  await using drivers = await openDrivers({ ...parts, place: own, isForRun: true });
  for (const driver of drivers.all) {
    for (const session of (await driver.left?.()) ?? []) await session.end();
  }
  return left;
}

/** For whoever has the seat: all that an earlier one has left there. Those that could not be ended. */
export function endPlanner(place: ProjectPlace, clock: Clock): Promise<readonly ProcessIdentity[]> {
  const orphans = findByEnvironment("TEMOIN_SLOT", plannerMark(place));
  return endAll(orphans, { clock, graceMs: orphanGraceMs });
}

function lockOf({ stateDir }: ProjectPlace): Lock | null {
  return tryLock(path.join(stateDir, "plan.lock"));
}

function sitterFile({ stateDir }: ProjectPlace): string {
  return path.join(stateDir, "plan.pid");
}

/** `null` in the moment between the lock and the file. */
async function readSitter(place: ProjectPlace): Promise<number | null> {
  const text = await readFile(sitterFile(place), "utf8").catch(() => "");
  return /^\d+\n$/.test(text) ? Number(text) : null;
}
