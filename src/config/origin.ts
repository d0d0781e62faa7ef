/** Where each value in effect was set: what `temoin config --show-origin` prints. */

import type { DriverName } from "../domain/agent.ts";
import { formatDuration } from "../lib/duration.ts";
import { defaultCommand } from "./check-agent.ts";
import { type Config, defaultConfig, defaultGateTimeoutMs } from "./config.ts";
import { isBuiltDriver } from "./driver-table.ts";
import type { Layer } from "./layer.ts";
import { formatPath, type Path, valueAt } from "./path.ts";

export interface Origin {
  readonly key: string;
  /** As it was written, or as a person would write the default. */
  readonly value: unknown;
  /** `flag`, `environment NAME`, `project file temoin.yaml:3`, `user file PATH:3`, `default`. */
  readonly origin: string;
}

interface Leaf {
  readonly path: Path;
  /** The value when nobody has set it. */
  readonly otherwise: unknown;
  readonly isSecret?: boolean;
}

/** One line for each value, in the order of the documentation. The first layer wins. */
export function originsOf(config: Config, layers: readonly Layer[]): readonly Origin[] {
  return leavesOf(config).map(({ path, otherwise, isSecret }) => {
    // Lists and the map of agents come whole from one layer; what it leaves out is default.
    const whole = path[0] === "agents" || path[0] === "gates" || path[0] === "goal";
    const layer = layers.find(
      ({ raw }) => valueAt(raw, whole ? path.slice(0, 1) : path) !== undefined,
    );
    const written = layer === undefined ? undefined : valueAt(layer.raw, path);
    const value = written === undefined ? otherwise : isSecret === true ? "(set)" : written;
    return {
      key: formatPath(path),
      value,
      origin: layer === undefined || written === undefined ? "default" : layer.origin(path),
    };
  });
}

function leavesOf(config: Config): readonly Leaf[] {
  const { landing, watch, handoff, attempts, prompts, log } = defaultConfig;
  return [
    { path: ["target"], otherwise: null },
    ...config.agents.flatMap(({ name, driver, transport, env, profile }): Leaf[] => [
      { path: ["agents", name, "driver"], otherwise: driver },
      { path: ["agents", name, "transport"], otherwise: transport },
      { path: ["agents", name, "command"], otherwise: usualCommand(driver, profile) },
      { path: ["agents", name, "args"], otherwise: [] },
      ...Object.keys(env).map((variable) => ({
        path: ["agents", name, "env", variable],
        otherwise: "",
        isSecret: true,
      })),
      ...(profile === null ? [] : [{ path: ["agents", name, "profile"], otherwise: profile }]),
      { path: ["agents", name, "autonomy"], otherwise: "full" },
      { path: ["agents", name, "sandbox"], otherwise: "none" },
      { path: ["agents", name, "roles"], otherwise: [] },
      { path: ["agents", name, "window"], otherwise: null },
      { path: ["agents", name, "slots"], otherwise: 1 },
    ]),
    ...config.gates.flatMap(({ name }, place): Leaf[] => [
      { path: ["gates", place, "name"], otherwise: name },
      { path: ["gates", place, "run"], otherwise: "" },
      { path: ["gates", place, "timeout"], otherwise: formatDuration(defaultGateTimeoutMs) },
      { path: ["gates", place, "env"], otherwise: [] },
      { path: ["gates", place, "retries"], otherwise: 0 },
      { path: ["gates", place, "protects"], otherwise: [] },
      { path: ["gates", place, "junit"], otherwise: null },
      { path: ["gates", place, "fix"], otherwise: null },
    ]),
    { path: ["setup"], otherwise: null },
    { path: ["goal"], otherwise: config.goal.map(({ kind }) => kind) },
    { path: ["landing", "mode"], otherwise: landing.mode },
    { path: ["landing", "review"], otherwise: landing.review },
    { path: ["landing", "scope"], otherwise: landing.scope },
    { path: ["watch", "quiet"], otherwise: formatDuration(watch.quietMs) },
    { path: ["watch", "nudge"], otherwise: formatDuration(watch.nudgeMs) },
    { path: ["watch", "giveUp"], otherwise: formatDuration(watch.giveUpMs) },
    { path: ["watch", "retrying"], otherwise: formatDuration(watch.retryingMs) },
    { path: ["watch", "turn"], otherwise: formatDuration(watch.turnMs) },
    {
      path: ["watch", "park"],
      otherwise: watch.parkMs === null ? "never" : formatDuration(watch.parkMs),
    },
    { path: ["handoff", "prepare"], otherwise: handoff.prepare },
    { path: ["handoff", "execute"], otherwise: handoff.execute },
    { path: ["handoff", "compaction"], otherwise: handoff.compaction },
    { path: ["handoff", "turns"], otherwise: handoff.turns },
    { path: ["handoff", "age"], otherwise: "3h" },
    { path: ["attempts", "perTask"], otherwise: attempts.perTask },
    { path: ["attempts", "feedbackRounds"], otherwise: attempts.feedbackRounds },
    { path: ["attempts", "fixTasks"], otherwise: attempts.fixTasks },
    { path: ["budget", "until"], otherwise: null },
    { path: ["budget", "cost"], otherwise: null },
    { path: ["budget", "tokens"], otherwise: null },
    { path: ["disk", "free"], otherwise: "256M" },
    { path: ["policy", "allow"], otherwise: [] },
    { path: ["policy", "deny"], otherwise: [] },
    { path: ["policy", "overage"], otherwise: false },
    { path: ["prompts", "style"], otherwise: prompts.style },
    { path: ["prompts", "template"], otherwise: null },
    { path: ["log", "file"], otherwise: log.file },
    { path: ["log", "status"], otherwise: log.status },
    { path: ["log", "completed"], otherwise: null },
  ];
}

function usualCommand(driver: DriverName, profile: string | null): readonly string[] {
  return isBuiltDriver(driver) ? (defaultCommand(driver, profile) ?? []) : [];
}
