/** What verbs do on this machine outside a run: gates by hand, missing agents, a diff. */

import path from "node:path";
import type { LoadedConfig } from "../config/load.ts";
import type { CommitSha } from "../domain/id.ts";
import { createGates } from "../gates/command-gate.ts";
import { loadMatchers } from "../gates/matchers/load-matchers.ts";
import { AppError } from "../lib/app-error.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { nearest } from "../lib/nearest.ts";
import { makeOwnFolder } from "../lib/private-folder.ts";
import type { Environment, GateCheck, ProjectPlace, TmuxProbe } from "../operations/context.ts";
import { createGit } from "../workspaces/git.ts";
import {
  excludeState,
  findCommonDir,
  findTargetBranch,
  openRepository,
} from "../workspaces/repository.ts";
import { diffFromTarget } from "../workspaces/target.ts";
import { agentBase, openDrivers } from "./drivers.ts";
import { pathsOf } from "./places.ts";
import { openMask } from "./run-mask.ts";

interface HostParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly loaded: LoadedConfig;
}

/** `.temoin/` exists, for the user alone, and git does not see it. */
export async function ensureStateDir({
  clock,
  env,
  place,
}: Omit<HostParts, "loaded">): Promise<void> {
  await makeOwnFolder(place.stateDir);
  await excludeState(await findCommonDir(place.root, createGit({ clock, env })));
}

/** On the working tree as it is; nothing of it is told to the log. */
export async function checkGates(
  parts: HostParts & { readonly names: readonly string[]; readonly signal: AbortSignal },
): Promise<readonly GateCheck[]> {
  const { clock, env, place, loaded, names, signal } = parts;
  const all = loaded.config.gates;
  for (const name of names) {
    if (all.some((gate) => gate.name === name)) continue;
    const known = all.map((gate) => gate.name);
    const near = nearest(name, known);
    const hint = near === null ? `Gates: ${known.join(", ") || "none"}.` : `Did you mean ${near}?`;
    throw new AppError("not_found", `There is no gate ${name} in temoin.yaml.`, { hint });
  }
  await ensureStateDir({ clock, env, place });
  const mask = openMask({ env, agents: loaded.config.agents });
  const paths = pathsOf(place);
  const parsers = await loadMatchers(paths.matchers);
  const gates = createGates({ clock, env: agentBase(env), mask, parsers });
  const checks: GateCheck[] = [];
  for (const gate of all.filter((one) => names.length === 0 || names.includes(one.name))) {
    const proofFile = paths.proof("by-hand", 0, gate.name);
    const request = { gate, cwd: place.root, env: {}, proofFile };
    const verdict = await gates.check(request, signal);
    checks.push({ name: gate.name, ...verdict, proof: path.relative(place.root, proofFile) });
  }
  return checks;
}

/** Starts nothing, no tmux server either. */
export async function missingAgents({
  clock,
  env,
  place,
  loaded,
}: HostParts): Promise<readonly { readonly agent: string; readonly says: string }[]> {
  const { agents } = loaded.config;
  const mask = openMask({ env, agents });
  await using drivers = await openDrivers({ clock, env, place, agents, mask, isForRun: false });
  const missing: { agent: string; says: string }[] = [];
  for (const agent of agents) {
    const says = await drivers.of(agent).missing(agent);
    if (says !== null) missing.push({ agent: agent.name, says });
  }
  return missing;
}

export async function probeTmux(
  { clock, env }: Pick<HostParts, "clock" | "env">,
  how: "version" | "all",
): Promise<readonly TmuxProbe[]> {
  if (how === "all") {
    const probe = await import("../agents/tmux/probe.ts");
    return await probe.probeTmux({ clock, env });
  }
  const { findVersion, judgeVersion } = await import("../agents/tmux/version.ts");
  const name = "version";
  try {
    const version = await findVersion("tmux", env);
    const judged = judgeVersion(version);
    const detail = judged.kind === "good" ? `tmux ${version.text}` : judged.says;
    return [{ name, ok: true, detail, hint: null }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ name, ok: false, detail: error.message, hint: error.hint }];
  }
}

export async function openDiff(
  place: ProjectPlace,
  env: Environment,
  loaded: LoadedConfig,
  head: CommitSha,
): Promise<string> {
  const repository = await openRepository(place.root, createGit({ clock: systemClock, env }));
  const branch = await findTargetBranch(repository, loaded.config.target);
  return await diffFromTarget(repository, branch, head);
}
