/** Is everything there that a run needs? Nothing of the project is run, and no model is called. */

import { existsSync } from "node:fs";
import { z } from "zod";
import { type Config, defaultConfig } from "../config/config.ts";
import { AppError } from "../lib/app-error.ts";
import type { Context, ProjectPlace } from "./context.ts";
import { checkAccounts, checkAgents, checkConfig, checkGates } from "./doctor-config.ts";
import { checkDisk, checkGit, checkNode, checkTmux } from "./doctor-machine.ts";
import { checkTools } from "./doctor-tools.ts";
import { excludeState, isStateExcluded } from "./git.ts";
import type { Operation } from "./operation.ts";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; `null`: nothing. */
  readonly hint: string | null;
}

export const doctor: Operation<{ fix: boolean }, readonly Check[]> = {
  name: "doctor",
  summary: "is everything there that a run needs?",
  effect: "host",
  input: z.strictObject({ fix: z.boolean() }),
  async run(context, { fix }, signal) {
    const machine = [await checkNode(), await checkGit()];
    const found = await findRepository(context);
    if ("ok" in found) return [...machine, ...(await checkTmux(context, false)), found];
    const configured = await checkConfig(context);
    const agents = configured.config?.agents ?? [];
    const needsTmux = agents.some(({ transport }) => transport === "tmux");
    return [
      ...machine,
      ...(await checkTmux(context, needsTmux)),
      { name: "repository", ok: true, detail: found.root, hint: null },
      configured.check,
      ...(await checkConfigured(context, configured.config, signal)),
      await checkStore(context),
      await checkHolder(context),
      await checkExclude(found, fix),
      ...(await checkDisk(context.env, found, leastFree(configured.config))),
    ];
  },
};

/** Where the file cannot be read, as without one. */
function leastFree(config: Config | null): number {
  return (config ?? defaultConfig).disk.freeBytes;
}

async function findRepository(context: Context): Promise<ProjectPlace | Check> {
  try {
    return await context.place();
  } catch (error) {
    if (error instanceof AppError) return failed("repository", error);
    throw error;
  }
}

async function checkConfigured(
  context: Context,
  config: Config | null,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  if (config === null) return [];
  return [
    ...(await checkAgents(context, signal)),
    ...checkAccounts(config),
    ...(await checkTools(context, config, signal)),
    ...(await checkGates(context, config)),
  ];
}

async function checkStore(context: Context): Promise<Check> {
  try {
    const { seq, tasks } = await context.state();
    const detail = seq === 0 ? "nothing is kept yet" : `${seq} events, ${tasks.size} tasks`;
    return { name: "store", ok: true, detail, hint: null };
  } catch (error) {
    if (error instanceof AppError) return failed("store", error);
    throw error;
  }
}

async function checkHolder(context: Context): Promise<Check> {
  try {
    const holder = await context.holder();
    const detail =
      holder === null
        ? "nobody works on the project"
        : `process ${holder.pid} (\`temoin ${holder.command}\`) since ${holder.startedAt}`;
    return { name: "lock", ok: true, detail, hint: null };
  } catch (error) {
    if (error instanceof AppError) return failed("lock", error);
    throw error;
  }
}

async function checkExclude(
  { root, stateDir, isBare }: ProjectPlace,
  fix: boolean,
): Promise<Check> {
  const name = "exclude";
  if (isBare) return { name, ok: true, detail: "a bare repository has no files", hint: null };
  const wasExcluded = await isStateExcluded(root);
  if (!wasExcluded && !fix && !existsSync(stateDir)) {
    const detail = ".temoin/ is added to .git/info/exclude when it is made";
    return { name, ok: true, detail, hint: null };
  }
  if (!wasExcluded && fix) await excludeState(root);
  const ok = wasExcluded || fix;
  const word = wasExcluded ? "git ignores .temoin/" : "git would see .temoin/";
  return {
    name,
    ok,
    detail: ok && !wasExcluded ? "added .temoin/ to .git/info/exclude" : word,
    hint: ok ? null : "`temoin doctor --fix` adds it to .git/info/exclude.",
  };
}

function failed(name: string, error: AppError): Check {
  return { name, ok: false, detail: error.message, hint: error.hint };
}
