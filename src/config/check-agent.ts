/**
 * Which keys of an agent go together: what its driver needs, and what its driver does not do. What a
 * profile holds is looked at when the agent is started.
 */

import { type BuiltDriver, isBuiltDriver, rowOf } from "./driver-table.ts";
import { formatPath, isRecord, type Path } from "./path.ts";
import type { Complaint } from "./problem.ts";

/** Shipped profiles whose program has another name. */
const programs: ReadonlyMap<string, string> = new Map([["antigravity", "agy"]]);

/** What is started where `command` is not given; `null`: it must be given. */
export function defaultCommand(
  driver: BuiltDriver,
  profile: string | null,
): readonly [string] | null {
  const { program } = rowOf(driver);
  if (program !== null) return [program];
  if (profile === null || profile === "generic" || !isProfileName(profile)) return null;
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
  if (!isBuiltDriver(driver)) return [];
  return [
    ...checkCommand(agent, driver, path),
    ...checkProfile(agent, driver, path),
    ...checkAutonomy(agent, driver, path),
    ...checkTransport(agent, driver, path),
    ...checkSandbox(agent, driver, path),
    ...checkMcp(agent, driver, path),
  ];
}

type RawAgent = Readonly<Record<string, unknown>>;

function checkCommand(agent: RawAgent, driver: BuiltDriver, path: Path): readonly Complaint[] {
  const { profile: own } = rowOf(driver);
  const { command, profile = own } = agent;
  if (command !== undefined || (profile !== null && typeof profile !== "string")) return [];
  if (defaultCommand(driver, own === null ? null : profile) !== null) return [];
  const why = own !== null ? ", as its profile is not that of a known program" : "";
  return [withoutCommand(path, why)];
}

function checkProfile(agent: RawAgent, driver: BuiltDriver, path: Path): readonly Complaint[] {
  if (agent["profile"] === undefined || rowOf(driver).profile !== null) return [];
  const at = [...path, "profile"];
  const says = `\`${formatPath(at)}\` is for \`driver: terminal\`; remove it`;
  return [{ path: at, ofKey: true, says }];
}

function checkAutonomy(agent: RawAgent, driver: BuiltDriver, path: Path): readonly Complaint[] {
  const { autonomy } = agent;
  const { autonomy: own } = rowOf(driver);
  if (autonomy !== "full" && autonomy !== "edits" && autonomy !== "ask") return [];
  if (own.includes(autonomy)) return [];
  const at = [...path, "autonomy"];
  return [notYet({ path: at, value: autonomy, driver, own: own.join("`, `") })];
}

function checkTransport(agent: RawAgent, driver: BuiltDriver, path: Path): readonly Complaint[] {
  const { transport } = agent;
  const { transports: own } = rowOf(driver);
  if (transport !== "tmux" && transport !== "headless" && transport !== "acp") return [];
  if (own.includes(transport)) return [];
  const at = [...path, "transport"];
  return [notYet({ path: at, value: transport, driver, own: own.join("`, `") })];
}

/** Their server listens where an agent in a sandbox reaches nothing, and a screen beside it speaks to it. */
const ownServers: ReadonlySet<BuiltDriver> = new Set(["codex", "opencode"]);

function checkSandbox(agent: RawAgent, driver: BuiltDriver, path: Path): readonly Complaint[] {
  const { transport = rowOf(driver).transports[0] } = agent;
  if (agent["sandbox"] !== "bwrap" || transport !== "tmux" || !ownServers.has(driver)) return [];
  const at = [...path, "sandbox"];
  const says = `\`${formatPath(at)}: bwrap\` is not yet built for \`driver: ${driver}\` in tmux; set \`transport: headless\` too`;
  return [{ path: at, ofKey: false, says }];
}

function checkMcp(agent: RawAgent, driver: BuiltDriver, path: Path): readonly Complaint[] {
  if (agent["mcp"] !== true || rowOf(driver).mcp) return [];
  const at = [...path, "mcp"];
  const says = `\`${formatPath(at)}: true\` is not yet built for \`driver: ${driver}\`; remove it`;
  return [{ path: at, ofKey: true, says }];
}

function withoutCommand(path: Path, why: string): Complaint {
  const at = [...path, "command"];
  const says = `\`${formatPath(at)}\` is missing; it must be a list with one entry for each argument${why}`;
  return { path: at, ofKey: false, says };
}

interface Unbuilt {
  readonly path: Path;
  readonly value: string;
  readonly driver: BuiltDriver;
  /** What the driver does. */
  readonly own: string;
}

function notYet({ path, value, driver, own }: Unbuilt): Complaint {
  const says = `\`${formatPath(path)}: ${value}\` is not yet built for \`driver: ${driver}\`; use \`${own}\``;
  return { path, ofKey: false, says };
}
