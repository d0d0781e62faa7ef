/**
 * What `temoin clean` does on this machine: the look at git, processes and proofs, and the removal
 * of what the plan lets go. The project is held meanwhile, so that no run begins in what is about to
 * be removed; where another temoin holds it, what its run owns stays.
 */

import { lstat, readdir, rm } from "node:fs/promises";
import path from "node:path";
import {
  type CleanPlan,
  type CleanRules,
  type CleanSurvey,
  type Judged,
  planClean,
} from "../domain/clean.ts";
import type { CommitSha } from "../domain/id.ts";
import { conductorSeat, plannerSeat } from "../domain/seat.ts";
import type { State } from "../domain/state.ts";
import { landedSha } from "../domain/view-task.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { readProcessTable, standsIn } from "../lib/process-table.ts";
import { findByEnvironment } from "../lib/process-tree.ts";
import type { Cleaned, Environment, Holder, ProjectPlace } from "../operations/context.ts";
import { createGit } from "../workspaces/git.ts";
import { removeRef, removeWorktree } from "../workspaces/remove.ts";
import { openRepository, type Repository } from "../workspaces/repository.ts";
import { surveyGit } from "../workspaces/survey.ts";
import { listWorktrees } from "../workspaces/worktree-list.ts";
import { findHolder, hold } from "./hold.ts";
import { ensureStateDir } from "./on-host.ts";
import { pathsOf, worktreesDir } from "./places.ts";
import { endLeftPlanner, findPlanner } from "./plan-seat.ts";
import { readProject } from "./project-store.ts";
import { openMask } from "./run-mask.ts";

export interface CleanParts {
  readonly clock: Clock;
  /** By it processes are waited for. */
  readonly steady: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly removes: boolean;
  readonly proofAgeMs: number;
}

export async function clean(parts: CleanParts): Promise<Cleaned> {
  const { clock, env, place, removes, proofAgeMs } = parts;
  const paths = pathsOf(place);
  await using held = removes ? await takeHold(parts) : null;
  const holder = held === null ? await findHolder(paths) : null;
  const isOthers = removes ? held === null : holder !== null;
  const state = await readProject(async () => paths.store).state();
  const repository = await openRepository(place.root, createGit({ clock, env }));
  const survey: CleanSurvey = {
    ...(await surveyGit({
      repository,
      dir: worktreesDir(env),
      landed: landedBy(state),
      processesOf: (name, at) => findProcesses(place, name, at),
    })),
    proofs: await listProofs(place),
    planner: await findPlanner(place),
  };
  const rules: CleanRules = {
    now: clock.now(),
    holder: isOthers ? holderText(holder) : null,
    proofAgeMs,
  };
  const plan = planClean(survey, state, rules);
  if (!removes) return { ...plan, removed: [], failed: [] };
  return { ...plan, ...(await removeAll({ ...parts, repository, survey, plan })) };
}

/** `null`: another temoin has it. */
async function takeHold({ clock, env, place }: CleanParts): Promise<AsyncDisposable | null> {
  await ensureStateDir({ clock, env, place });
  try {
    return await hold(pathsOf(place), "clean", clock);
  } catch (error) {
    if (error instanceof AppError && error.code === "locked") return null;
    throw error;
  }
}

function holderText(holder: Holder | null): string {
  return holder === null ? "another temoin" : `process ${holder.pid}, \`temoin ${holder.command}\``;
}

function landedBy(state: State): ReadonlyMap<string, CommitSha> {
  const landed = new Map<string, CommitSha>();
  for (const [id, task] of state.tasks.entries()) {
    const sha = landedSha(task);
    if (sha !== null) landed.set(id, sha);
  }
  return landed;
}

function findProcesses(place: ProjectPlace, name: string, at: string): readonly number[] {
  const marked = findByEnvironment("TEMOIN_SLOT", `${place.id}/${name}`);
  const there = readProcessTable().filter((row) => standsIn(row.pid, at));
  return [...new Set([...marked, ...there].map(({ pid }) => pid))];
}

/** Where each task has a folder of its own. */
const folders = ["proof", "prompts"] as const;

/** Of the target, of the goal, of gates that a person has run, of the conductor, of planning: they are of no task. */
const notOfTasks: readonly string[] = ["target", "goal", "by-hand", conductorSeat, plannerSeat];

async function listProofs({ stateDir }: ProjectPlace): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const folder of folders) {
    const at = path.join(stateDir, folder);
    if (!(await isFolder(at))) continue;
    for (const name of await readdir(at)) names.add(name);
  }
  for (const own of notOfTasks) names.delete(own);
  return [...names].toSorted();
}

/** A link may lead to what is not ours. */
async function isFolder(at: string): Promise<boolean> {
  return lstat(at).then(
    (found) => found.isDirectory(),
    // Nothing was kept yet.
    () => false,
  );
}

interface Removal extends Pick<CleanParts, "steady" | "env" | "place"> {
  readonly repository: Repository;
  readonly survey: CleanSurvey;
  readonly plan: CleanPlan;
}

/**
 * What cannot be removed is told, and the rest goes on. Who is at work in a worktree goes before it, and
 * worktrees before the branches that may be in them.
 */
async function removeAll(parts: Removal): Promise<Pick<Cleaned, "removed" | "failed">> {
  const { repository, place, survey, plan } = parts;
  const removed: Judged[] = [];
  const failed: Judged[] = [];
  const shas = new Map(survey.refs.map(({ ref, sha }) => [ref, sha]));
  const remove = async (one: Judged): Promise<void> => {
    switch (one.kind) {
      case "agent":
        return endPlanner(parts);
      case "worktree":
        return removeWorktree(repository, one.name, (name, at) => findProcesses(place, name, at));
      case "branch":
      case "saved": {
        const sha = shas.get(one.name);
        if (sha === undefined) throw new Error(`${one.name} is not in the survey`);
        await refuseCheckedOut(repository, one.name);
        return removeRef(repository, { ref: one.name, sha });
      }
      case "proof":
        for (const folder of folders) {
          if (!(await isFolder(path.join(place.stateDir, folder)))) continue;
          await rm(path.join(place.stateDir, folder, one.name), { recursive: true, force: true });
        }
        return;
      case "leftover":
        throw new Error(`${one.name} is never removed`);
    }
  };
  for (const one of plan.goes) {
    try {
      await remove(one);
      removed.push(one);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.push({ ...one, why: error.message });
    }
  }
  return { removed, failed };
}

/** Of a `temoin plan` that was killed; one that has begun since is left alone. */
async function endPlanner({ steady, env, place }: Removal): Promise<void> {
  const mask = openMask({ env, agents: [] });
  const [left] = await endLeftPlanner({ clock: steady, env, place, agents: [], mask });
  if (left === undefined) return;
  throw new AppError("failed", `Process ${left.pid} could not be ended: kill -9 ${left.pid}`);
}

/** Its worktree may have stayed, or somebody has checked it out since. */
async function refuseCheckedOut(repository: Repository, ref: string): Promise<void> {
  const at = (await listWorktrees(repository)).find(({ branch }) => branch === ref);
  if (at === undefined) return;
  throw new AppError("refused", `\`${ref}\` stays: it is checked out in \`${at.path}\`.`);
}
