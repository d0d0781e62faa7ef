/** What each driver takes in a configuration. A driver that is built has its row here, and no other place. */

import type { Autonomy, DriverName, Transport } from "../domain/agent.ts";

export interface DriverRow {
  /** How it may reach the agent's program; the first where nothing is said. */
  readonly transports: readonly [Transport, ...Transport[]];
  /** Started where `command` is not given; `null`: it must be given, or comes with the profile. */
  readonly program: string | null;
  readonly autonomy: readonly Autonomy[];
  /** By which it reads the agent's screen where no other is named; `null`: it reads none. */
  readonly profile: string | null;
  /** It gives the agent temoin's tools, by MCP. */
  readonly mcp: boolean;
}

const everyAutonomy = ["full", "edits", "ask"] as const satisfies readonly Autonomy[];

export const driverTable = {
  command: {
    transports: ["headless"],
    program: null,
    autonomy: ["full"],
    profile: null,
    mcp: false,
  },
  terminal: {
    transports: ["tmux"],
    program: null,
    autonomy: everyAutonomy,
    profile: "generic",
    mcp: false,
  },
  claude: {
    transports: ["tmux", "headless"],
    program: "claude",
    autonomy: everyAutonomy,
    profile: null,
    mcp: true,
  },
  codex: {
    transports: ["tmux", "headless"],
    program: "codex",
    autonomy: everyAutonomy,
    profile: null,
    mcp: true,
  },
  opencode: {
    transports: ["tmux", "headless"],
    program: "opencode",
    autonomy: everyAutonomy,
    profile: null,
    mcp: true,
  },
  gemini: {
    // Without a screen it is spoken to by the protocol, whichever of the two names that has.
    transports: ["tmux", "acp", "headless"],
    program: "gemini",
    autonomy: everyAutonomy,
    profile: null,
    mcp: true,
  },
  acp: {
    transports: ["acp"],
    program: null,
    autonomy: everyAutonomy,
    profile: null,
    mcp: true,
  },
  amp: {
    transports: ["headless", "tmux"],
    program: "amp",
    autonomy: ["full"],
    profile: "amp",
    mcp: false,
  },
  antigravity: {
    transports: ["headless", "tmux"],
    program: "agy",
    autonomy: ["full"],
    profile: "antigravity",
    mcp: false,
  },
} as const satisfies Readonly<Partial<Record<DriverName, DriverRow>>>;

export type BuiltDriver = keyof typeof driverTable;

/** In the order of the table. */
export const builtDrivers = Object.keys(driverTable) as readonly BuiltDriver[];

export function isBuiltDriver(name: unknown): name is BuiltDriver {
  return typeof name === "string" && Object.hasOwn(driverTable, name);
}

export function rowOf(driver: BuiltDriver): DriverRow {
  return driverTable[driver];
}
