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
import { canLock, type Lock, takeLock, tryLock } from "../lib/file-lock.ts";
import type { Mask } from "../lib/mask.ts";
import type { ProcessIdentity } from "../lib/process-table.ts";
import { endAll, findByEnvironment, orphanGraceMs } from "../lib/process-tree.ts";
import type { Environment, Planner, ProjectPlace } from "../operations/context.ts";
import { openDrivers } from "./drivers.ts";
import { tmuxSocketPath } from "./places.ts";

/** Its sockets and its tmux server are apart from those of a run, which may be at work. */
export function plannerPlace(place: ProjectPlace): ProjectPlace {
  return { ...place, id: `${place.id}-${plannerSeat}` };
}

/** In the environment of the agent and of all that it starts. */
export function plannerMark({ id }: ProjectPlace): string {
  return `${id}/${plannerSeat}`;
}

/** Rejects with an AppError `locked` while somebody else has it. */
export async function takeSeat(place: ProjectPlace, clock: Clock): Promise<AsyncDisposable> {
  const lock = await takeLock(lockFile(place), clock);
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

/**
 * Who drafts a plan, or has outlived the `temoin plan` that was killed; `null`: nobody. Where whoever
 * sits there has not signed, nothing is looked for.
 */
export async function findPlanner(place: ProjectPlace): Promise<Planner | null> {
  const pid = await readSitter(place);
  if (pid === null) return null;
  if (!(await canLock(lockFile(place)))) return { pid, isLeft: false };
  using lock = lockOf(place);
  if (lock === null) return { pid, isLeft: false };
  const [first] = findByEnvironment("TEMOIN_SLOT", plannerMark(place));
  return first === undefined ? null : { pid: first.pid, isLeft: true };
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
  const hasWindows = existsSync(tmuxSocketPath(env, own));
  const isLeft = hasWindows || findByEnvironment("TEMOIN_SLOT", plannerMark(place)).length > 0;
  if (!isLeft) return [];
  using lock = lockOf(place);
  if (lock === null) return [];
  await rm(sitterFile(place), { force: true });
  const left = await endPlanner(place, clock);
  await using drivers = await openDrivers({ ...parts, place: own, isForRun: true, hasWindows });
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

function lockOf(place: ProjectPlace): Lock | null {
  return tryLock(lockFile(place));
}

function lockFile({ stateDir }: ProjectPlace): string {
  return path.join(stateDir, "plan.lock");
}

function sitterFile({ stateDir }: ProjectPlace): string {
  return path.join(stateDir, "plan.pid");
}

/** `null` in the moment between the lock and the file. */
async function readSitter(place: ProjectPlace): Promise<number | null> {
  const text = await readFile(sitterFile(place), "utf8").catch(() => "");
  return /^\d+\n$/.test(text) ? Number(text) : null;
}
