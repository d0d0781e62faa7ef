/**
 * Settings from the environment: `TEMOIN_CONFIG_` and the key in capitals, `_` for each dot and
 * before each inner capital. `TEMOIN_CONFIG_ATTEMPTS_PER_TASK=5` is `attempts.perTask: 5`.
 *
 * A value is read as YAML where the key holds a list, a map or a number; else it is text.
 */

import { nearest } from "../lib/nearest.ts";
import { laterKeys } from "./not-yet.ts";
import type { Path } from "./path.ts";
import { knownKeys, settings } from "./schema.ts";

const prefix = "TEMOIN_CONFIG_";

export interface Setting {
  readonly path: Path;
  readonly variable: string;
  /** Values are read as YAML, else taken as they stand. */
  readonly isYaml: boolean;
}

/** Everything that a variable can set: keys at the top and those of maps with fixed keys. */
export const variables: readonly Setting[] = Object.keys(settings.shape).flatMap((key) => {
  // It may be a map, and is a text in a variable.
  const inner = key === "setup" ? undefined : knownKeys[key];
  const paths: Path[] = inner === undefined ? [[key]] : inner.map((name) => [key, name]);
  return paths.map((path) => ({
    path,
    variable: variableOf(path),
    isYaml: ["agents", "gates", "goal", "attempts", "conductor", "handoff"].includes(key),
  }));
});

export type FoundVariable =
  | { readonly kind: "set"; readonly setting: Setting; readonly text: string }
  | { readonly kind: "wrong"; readonly variable: string; readonly says: string };

/** Every variable that begins with `TEMOIN_CONFIG_`. An empty one counts as not set. */
export function readVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly FoundVariable[] {
  return Object.entries(env).flatMap(([variable, text]): FoundVariable[] => {
    if (!variable.startsWith(prefix) || text === undefined || text === "") return [];
    const setting = variables.find((candidate) => candidate.variable === variable);
    if (setting !== undefined) return [{ kind: "set", setting, text }];
    return [{ kind: "wrong", variable, says: whyWrong(variable) }];
  });
}

function variableOf(path: Path): string {
  const words = path.map((part) =>
    String(part)
      .replace(/[A-Z]/g, (capital) => `_${capital}`)
      .toUpperCase(),
  );
  return prefix + words.join("_");
}

function whyWrong(variable: string): string {
  const later = laterKeys.find(({ pattern }) => variableOf(pattern.split(".")) === variable);
  if (later !== undefined) {
    return `\`${later.pattern}\` is not yet built in this version; unset the variable`;
  }
  const name = variable.slice(prefix.length);
  const names = variables.map((setting) => setting.variable.slice(prefix.length));
  const meant = nearest(name, names);
  const hint = meant === null ? "" : `; did you mean \`${prefix}${meant}\`?`;
  return `this variable sets no key of the configuration${hint}`;
}
