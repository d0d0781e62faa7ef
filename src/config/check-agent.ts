/**
 * Which keys of an agent go together: what its driver needs, and what its driver does not do. What a
 * profile holds is looked at when the agent is started.
 */

import type { DriverName } from "../domain/agent.ts";
import { formatPath, isRecord, type Path } from "./path.ts";
import type { Complaint } from "./problem.ts";

/** How each driver reaches the agent's program. */
export const transports: Readonly<Record<DriverName, string>> = {
  command: "headless",
  terminal: "tmux",
};

export const defaultProfile = "generic";

/** Shipped profiles whose program has another name. */
const programs: ReadonlyMap<string, string> = new Map([["antigravity", "agy"]]);

/** What is started where `command` is not given; `null`: it must be given. */
export function defaultCommand(profile: string | null): readonly [string] | null {
  if (profile === null || profile === defaultProfile || !isProfileName(profile)) return null;
  return [programs.get(profile) ?? profile];
}

/** A shipped profile goes by a plain word; what has a slash or an ending is a file. */
function isProfileName(profile: string): boolean {
  return /^[\w-]+$/.test(profile);
}

/** Takes an agent that the schema has not seen yet: what it refuses is passed over. */
export function checkAgentKeys(agent: unknown, path: Path): readonly Complaint[] {
  if (!isRecord(agent)) return [];
  const { driver } = agent;
  if (driver === "command") return [...checkCommand(agent, path), ...checkTransport(agent, path)];
  if (driver === "terminal") return [...checkTerminal(agent, path), ...checkTransport(agent, path)];
  return [];
}

type RawAgent = Readonly<Record<string, unknown>>;

function checkCommand(agent: RawAgent, path: Path): readonly Complaint[] {
  const complaints: Complaint[] = [];
  if (agent["command"] === undefined) complaints.push(withoutCommand(path, ""));
  if (agent["profile"] !== undefined) {
    const says = `\`${formatPath([...path, "profile"])}\` is for \`driver: terminal\`; remove it`;
    complaints.push({ path: [...path, "profile"], ofKey: true, says });
  }
  const { autonomy } = agent;
  if (autonomy === "edits" || autonomy === "ask") {
    complaints.push(
      notYet({ path: [...path, "autonomy"], value: autonomy, driver: "command", own: "full" }),
    );
  }
  return complaints;
}

function checkTerminal(agent: RawAgent, path: Path): readonly Complaint[] {
  const { command, profile = defaultProfile } = agent;
  if (command !== undefined || typeof profile !== "string") return [];
  if (defaultCommand(profile) !== null) return [];
  return [withoutCommand(path, ", as its profile is not that of a known program")];
}

function checkTransport(agent: RawAgent, path: Path): readonly Complaint[] {
  const { driver, transport } = agent;
  if (driver !== "command" && driver !== "terminal") return [];
  const known = [...Object.values(transports), "acp"];
  if (typeof transport !== "string" || !known.includes(transport)) return [];
  const own = transports[driver];
  if (transport === own) return [];
  return [notYet({ path: [...path, "transport"], value: transport, driver, own })];
}

function withoutCommand(path: Path, why: string): Complaint {
  const at = [...path, "command"];
  const says = `\`${formatPath(at)}\` is missing; it must be a list with one entry for each argument${why}`;
  return { path: at, ofKey: false, says };
}

interface Unbuilt {
  readonly path: Path;
  readonly value: string;
  readonly driver: DriverName;
  /** What the driver does. */
  readonly own: string;
}

function notYet({ path, value, driver, own }: Unbuilt): Complaint {
  const says = `\`${formatPath(path)}: ${value}\` is not yet built for \`driver: ${driver}\`; use \`${own}\``;
  return { path, ofKey: false, says };
}
