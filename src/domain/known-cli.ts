/**
 * What is known of the coding CLIs: their programs, the versions with which they were proved, and
 * what a version that is seen means. Pure.
 */

import type { AgentSpec } from "./agent.ts";
import { type AgentKind, agentKinds, kindOf } from "./agent-kind.ts";

export interface KnownCli {
  /** As it is installed. */
  readonly program: string;
  /** The version with which its drivers were proved; `null`: no real one ever was. */
  readonly proved: string | null;
  /** The first of the line of releases that was proved (chosen): none before was ever run. */
  readonly oldest: string | null;
}

/** Proved by `npm run test:agents`, whose pins these are (`test/agents/pins.json`). */
export const knownClis: Readonly<Record<AgentKind, KnownCli>> = {
  claude: { program: "claude", proved: "2.1.197", oldest: "2.1.0" },
  codex: { program: "codex", proved: "0.169.0", oldest: "0.160.0" },
  opencode: { program: "opencode", proved: "1.18.33", oldest: "1.0.0" },
  gemini: { program: "gemini", proved: "0.61.0", oldest: "0.50.0" },
  amp: { program: "amp", proved: null, oldest: null },
  antigravity: { program: "agy", proved: null, oldest: null },
};

export interface CliOf {
  readonly kind: AgentKind;
  /** Prints its version, calls no model and changes nothing. */
  readonly version: readonly [string, ...string[]];
}

/**
 * The CLI behind an agent; `null`: any program, which is never run for a look, since nobody knows
 * what it would do. A driver of its own takes a wrapper in the place of its CLI, which passes
 * `--version` on; elsewhere the name of the program must be that of the CLI.
 */
export function cliOf(agent: Pick<AgentSpec, "driver" | "profile" | "command">): CliOf | null {
  const { driver, command } = agent;
  const [program] = command;
  const named = kindNamed(program);
  const kind = kindOf(agent) ?? named;
  if (kind === null) return null;
  if (driver === kind) return { kind, version: [...command, "--version"] };
  return kind === named ? { kind, version: [program, "--version"] } : null;
}

/** Whose login and conversations the agent uses: of a known CLI, or of an adapter of one; `null`: nobody knows. */
export function cliBehind(
  agent: Pick<AgentSpec, "driver" | "profile" | "command">,
): AgentKind | null {
  const [program] = agent.command;
  return kindOf(agent) ?? adapters.get(baseOf(program)) ?? kindNamed(program);
}

/** Programs that speak the Agent Client Protocol in the place of a CLI. */
const adapters: ReadonlyMap<string, AgentKind> = new Map([
  ["claude-agent-acp", "claude"],
  ["claude-code-acp", "claude"],
  ["codex-acp", "codex"],
]);

function kindNamed(program: string): AgentKind | null {
  return agentKinds.find((kind) => knownClis[kind].program === baseOf(program)) ?? null;
}

/** Of whatever a program prints when it is asked for its version; `null`: there is none in it. */
export function findVersion(output: string): string | null {
  return /(?<![\w.])v?(\d+\.\d+(?:\.\d+)*(?:-[0-9A-Za-z.]+)?)/.exec(output)?.[1] ?? null;
}

export type VersionSense = "proved" | "newer" | "older" | "too_old" | "unproven";

/** What it means that this version is there. */
export function judgeVersion(version: string, { proved, oldest }: KnownCli): VersionSense {
  if (proved === null) return "unproven";
  if (oldest !== null && compareVersions(version, oldest) < 0) return "too_old";
  const order = compareVersions(version, proved);
  return order === 0 ? "proved" : order > 0 ? "newer" : "older";
}

/** By their numbers; a version before its release (`-beta.1`) comes before it. */
export function compareVersions(a: string, b: string): number {
  const [aNumbers = [], bNumbers = []] = [a, b].map((text) =>
    (text.split("-")[0] ?? "").split(".").map(Number),
  );
  for (let place = 0; place < Math.max(aNumbers.length, bNumbers.length); place += 1) {
    const difference = (aNumbers[place] ?? 0) - (bNumbers[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(b.includes("-")) - Number(a.includes("-"));
}

function baseOf(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}
