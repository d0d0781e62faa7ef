/**
 * Reads the configuration: flag > `TEMOIN_CONFIG_*` environment > project file > user file >
 * default. All problems of all places are reported at once. `agents`, `gates` and `goal` are taken
 * whole from the first place that has them; maps with fixed keys are joined key by key.
 */

import { access, readFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import type { AgentSpec } from "../domain/agent.ts";
import { parseAgentName } from "../domain/id.ts";
import type { GoalItem } from "../domain/policy.ts";
import type { GateSpec } from "../gates/gate.ts";
import type { SetupCommand } from "../gates/setup.ts";
import { defaultCommand } from "./check-agent.ts";
import { conductorOf, conductorProblems } from "./conductor.ts";
import {
  type Config,
  defaultConfig,
  defaultGateTimeoutMs,
  defaultGoal,
  hashConfig,
  type Template,
} from "./config.ts";
import { rowOf } from "./driver-table.ts";
import { boundsProblems, handoffBounds } from "./handoff-bounds.ts";
import { environmentLayer, flagLayer, type Layer, readFileLayer } from "./layer.ts";
import { type Origin, originsOf } from "./origin.ts";
import { configError, type Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";
import { ladderProblems, watchOf } from "./watch-times.ts";

const configFileName = "temoin.yaml";
const otherFileName = "temoin.yml";

export interface LoadRequest {
  /** The root of the repository. */
  readonly root: string;
  /** Settings of the command line, by key: `{"budget.until": "19:00"}`. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that holds the user's `config.yaml`; `null`: there is none. */
  readonly userDir: string | null;
}

export interface LoadedConfig {
  readonly config: Config;
  /** SHA-256 of what is in effect; a run is frozen by it. */
  readonly hash: string;
  /** The project's file; `null`: there is none, and the caller decides whether that matters. */
  readonly file: string | null;
  readonly origins: readonly Origin[];
}

/** `$XDG_CONFIG_HOME/temoin`, else `~/.config/temoin`; `null` without a home. */
export function userConfigDir(env: Readonly<Record<string, string | undefined>>): string | null {
  const base = env["XDG_CONFIG_HOME"];
  // The XDG specification has relative paths ignored.
  if (base !== undefined && isAbsolute(base)) return join(base, "temoin");
  const home = env["HOME"];
  return home === undefined || home === "" ? null : join(home, ".config", "temoin");
}

/** Rejects with an AppError (`config`) that lists everything that is wrong. */
export async function loadConfig(request: LoadRequest): Promise<LoadedConfig> {
  const { root, userDir } = request;
  const file = join(root, configFileName);
  const project = await readFileLayer({
    file,
    name: configFileName,
    kind: "project file",
    directory: root,
  });
  const userFile = userDir === null ? null : join(userDir, "config.yaml");
  const user =
    userDir === null || userFile === null
      ? null
      : await readFileLayer({
          file: userFile,
          name: userFile,
          kind: "user file",
          directory: userDir,
        });
  const layers = [
    flagLayer(request.flags ?? {}, root),
    environmentLayer(request.env, root),
    project,
    user,
  ].filter((layer) => layer !== null);

  const problems: Problem[] = layers.flatMap((layer) => layer.problems);
  if (project === null && (await hasOtherName(root))) {
    problems.push({ where: otherFileName, says: `is not read; rename it to ${configFileName}` });
  }
  const settings = joinSettings(layers);
  const template = await readTemplate(settings, layers, problems);
  const goal = goalOf(settings);
  problems.push(...ladderProblems(settings.watch, layers));
  problems.push(...boundsProblems(settings.handoff, layers));
  const named = Object.entries(settings.agents ?? {});
  // With problems elsewhere an agent may be missing for that reason only.
  if (problems.length === 0) {
    problems.push(...conductorProblems(settings.conductor, named, layers));
  }
  // With problems elsewhere the gates may be missing for that reason only.
  if (problems.length === 0 && needsGates(goal) && (settings.gates ?? []).length === 0) {
    problems.push(goalWithoutGates(layers));
  }
  if (problems.length > 0) throw configError(problems);

  const policy: Config["policy"] = {
    allow: settings.policy?.allow ?? defaultConfig.policy.allow,
    deny: settings.policy?.deny ?? defaultConfig.policy.deny,
    overage: settings.policy?.overage ?? defaultConfig.policy.overage,
  };
  const config: Config = {
    target: settings.target ?? null,
    agents: Object.entries(settings.agents ?? {}).map(([name, agent]) =>
      agentOf(name, agent, policy),
    ),
    gates: (settings.gates ?? []).map(gateOf),
    setup: setupOf(settings.setup),
    goal,
    landing: {
      mode: settings.landing?.mode ?? defaultConfig.landing.mode,
      review: settings.landing?.review ?? defaultConfig.landing.review,
      scope: settings.landing?.scope ?? defaultConfig.landing.scope,
    },
    conductor: conductorOf(settings.conductor),
    watch: watchOf(settings.watch),
    handoff: handoffBounds(settings.handoff),
    attempts: {
      perTask: settings.attempts?.perTask ?? defaultConfig.attempts.perTask,
      feedbackRounds: settings.attempts?.feedbackRounds ?? defaultConfig.attempts.feedbackRounds,
      fixTasks: settings.attempts?.fixTasks ?? defaultConfig.attempts.fixTasks,
    },
    budget: {
      until: settings.budget?.until ?? null,
      cost: settings.budget?.cost ?? null,
      tokens: settings.budget?.tokens ?? null,
    },
    policy,
    disk: { freeBytes: settings.disk?.free ?? defaultConfig.disk.freeBytes },
    prompts: { style: settings.prompts?.style ?? defaultConfig.prompts.style, template },
    log: {
      file: settings.log?.file ?? defaultConfig.log.file,
      status: settings.log?.status ?? defaultConfig.log.status,
      completed: settings.log?.completed ?? null,
    },
  };
  return {
    config,
    hash: hashConfig(config),
    file: project === null ? null : file,
    origins: originsOf(config, layers),
  };
}

/** A file under the other usual ending would be passed over without a word. */
async function hasOtherName(root: string): Promise<boolean> {
  return access(join(root, otherFileName)).then(
    () => true,
    // Not there, or out of reach: then nobody expects it to be read.
    () => false,
  );
}

/** The first layer wins. */
function joinSettings(layers: readonly Layer[]): Settings {
  const joined: Settings = {};
  for (const { settings } of layers.toReversed()) {
    const { landing, watch, handoff, attempts, budget, disk, policy, prompts, log } = joined;
    const { conductor } = joined;
    Object.assign(joined, settings);
    if (settings.landing !== undefined) joined.landing = { ...landing, ...settings.landing };
    if (settings.conductor !== undefined)
      joined.conductor = { ...conductor, ...settings.conductor };
    if (settings.watch !== undefined) joined.watch = { ...watch, ...settings.watch };
    if (settings.handoff !== undefined) joined.handoff = { ...handoff, ...settings.handoff };
    if (settings.attempts !== undefined) joined.attempts = { ...attempts, ...settings.attempts };
    if (settings.budget !== undefined) joined.budget = { ...budget, ...settings.budget };
    if (settings.disk !== undefined) joined.disk = { ...disk, ...settings.disk };
    if (settings.policy !== undefined) joined.policy = { ...policy, ...settings.policy };
    if (settings.prompts !== undefined) joined.prompts = { ...prompts, ...settings.prompts };
    if (settings.log !== undefined) joined.log = { ...log, ...settings.log };
  }
  return joined;
}

type AgentSettings = NonNullable<Settings["agents"]>[string];
type GateSettings = NonNullable<Settings["gates"]>[number];

function agentOf(text: string, agent: AgentSettings, policy: Config["policy"]): AgentSpec {
  const { allow, deny, overage } = policy;
  const name = parseAgentName(text);
  const row = rowOf(agent.driver);
  const profile = row.profile === null ? null : (agent.profile ?? row.profile);
  const [program, ...rest] = agent.command ?? defaultCommand(agent.driver, profile) ?? [];
  // Both were checked, or there would have been problems.
  if (name === null || program === undefined) throw new Error(`agent ${text} was not checked`);
  return {
    name,
    driver: agent.driver,
    transport: agent.transport ?? row.transports[0],
    command: [program, ...rest, ...(agent.args ?? [])],
    env: agent.env ?? {},
    roles: agent.roles ?? [],
    slots: agent.slots ?? 1,
    autonomy: agent.autonomy ?? "full",
    profile,
    ...(allow.length + deny.length === 0 ? {} : { rules: { allow, deny } }),
    ...(overage ? { overage } : {}),
    ...(agent.account === undefined ? {} : { account: agent.account }),
    ...(agent.window === undefined ? {} : { window: agent.window }),
    ...(agent.mcp === false ? { mcp: false as const } : {}),
    ...(agent.sandbox === "bwrap" ? { sandbox: "bwrap" as const } : {}),
  };
}

function gateOf(gate: GateSettings): GateSpec {
  const { name, run, timeout: timeoutMs = defaultGateTimeoutMs, env = [] } = gate;
  const { retries = 0, protects = [], junit, fix } = gate;
  return {
    name,
    run,
    timeoutMs,
    ...(env.length === 0 ? {} : { env }),
    ...(retries === 0 ? {} : { retries }),
    ...(protects.length === 0 ? {} : { protects }),
    ...(junit === undefined ? {} : { junit }),
    ...(fix === undefined ? {} : { fix }),
  };
}

function setupOf(setup: Settings["setup"]): SetupCommand | null {
  if (setup === undefined) return null;
  const { run, env = [] } = typeof setup === "string" ? { run: setup } : setup;
  return { run, ...(env.length === 0 ? {} : { env }) };
}

function goalOf(settings: Settings): readonly GoalItem[] {
  if (settings.goal === undefined) return defaultGoal((settings.gates ?? []).length > 0);
  return settings.goal.map((item): GoalItem => {
    if (typeof item === "string") return { kind: item };
    return "run" in item
      ? { kind: "run", command: item.run }
      : { kind: "changed", path: item.changed };
  });
}

function needsGates(goal: readonly GoalItem[]): boolean {
  return goal.some((item) => item.kind === "gates");
}

function goalWithoutGates(layers: readonly Layer[]): Problem {
  const layer = layers.find(({ settings }) => settings.goal !== undefined);
  return {
    where: layer?.where({ path: ["goal"], ofKey: true }) ?? configFileName,
    says: "`goal` asks for `gates`, but no gates are configured; add `gates:` or take it out",
  };
}

/** A template is read with the configuration, so that it is frozen with it. */
async function readTemplate(
  settings: Settings,
  layers: readonly Layer[],
  problems: Problem[],
): Promise<Template | null> {
  const file = settings.prompts?.template;
  const layer = layers.find((one) => one.settings.prompts?.template !== undefined);
  if (file === undefined || layer === undefined) return null;
  try {
    return { file, text: await readFile(resolve(layer.directory, file), "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    problems.push({
      where: layer.where({ path: ["prompts", "template"], ofKey: false }),
      says: `\`prompts.template: ${file}\`: ${why} in ${layer.directory}`,
    });
    return null;
  }
}
