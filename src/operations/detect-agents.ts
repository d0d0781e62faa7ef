/**
 * Coding agents on this machine, by the names of their programs. Nothing is run and nobody is
 * logged in: how each is started without a terminal is what its own documentation says.
 */

import { isBuiltDriver, rowOf } from "../config/driver-table.ts";
import { type AgentDraft, driverLines } from "../config/write.ts";
import { type AgentKind, agentKinds } from "../domain/agent-kind.ts";
import { knownClis } from "../domain/known-cli.ts";
import { findProgram } from "../lib/process-path.ts";

export interface FoundAgent {
  readonly name: string;
  /**
   * By the driver of its own, where there is one; else in a tmux window where tmux is there too,
   * else by one process per turn.
   */
  readonly by: AgentDraft["by"];
}

interface KnownAgent {
  readonly name: string;
  /** Reads the prompt from standard input. */
  readonly command: readonly [string, ...string[]];
  /** The shipped one. */
  readonly profile: string;
  /** The profile was proved on recordings of the program. */
  readonly isProven: boolean;
}

export const knownAgents: readonly KnownAgent[] = [
  { name: "claude", command: ["claude", "-p"], profile: "claude", isProven: true },
  { name: "codex", command: ["codex", "exec", "-"], profile: "codex", isProven: true },
  { name: "amp", command: ["amp", "-x"], profile: "amp", isProven: false },
  {
    name: "agy",
    command: ["sh", "-c", 'agy -p "$(cat)"'],
    profile: "antigravity",
    isProven: false,
  },
  {
    name: "gemini",
    command: ["sh", "-c", 'gemini -p "$(cat)"'],
    profile: "gemini",
    isProven: true,
  },
  {
    name: "opencode",
    command: ["sh", "-c", 'opencode run "$(cat)"'],
    profile: "opencode",
    isProven: true,
  },
  {
    name: "aider",
    command: ["sh", "-c", 'aider --yes-always --message-file "$TEMOIN_PROMPT_FILE"'],
    profile: "aider",
    isProven: false,
  },
];

export async function detectAgents(at: {
  readonly path: string;
  readonly cwd: string;
}): Promise<readonly FoundAgent[]> {
  const hasTmux = (await findProgram("tmux", at)).found;
  const found: FoundAgent[] = [];
  for (const { name, command, profile, isProven } of knownAgents) {
    if (!(await findProgram(name, at)).found) continue;
    const kind = agentKinds.find((one) => knownClis[one].program === name);
    const own = kind === undefined ? null : ownDriver(kind, hasTmux);
    const byScreen = { driver: "terminal", profile, isProven } as const;
    const by = own ?? (hasTmux ? byScreen : ({ driver: "command", command } as const));
    found.push({ name, by });
  }
  return found;
}

/** `null`: it has none that would work here. */
function ownDriver(kind: AgentKind, hasTmux: boolean): AgentDraft["by"] | null {
  // A kind has the name of its driver, and the two for any program are no kinds.
  if (!isBuiltDriver(kind)) return null;
  const { transports } = rowOf(kind);
  const usable = transports.find((transport) => hasTmux || transport !== "tmux");
  if (usable === undefined) return null;
  const transport = usable === transports[0] ? null : usable;
  return { driver: kind, transport, isProven: knownClis[kind].proved !== null };
}

/** As comments for temoin.yaml: these programs edit files with rights that are theirs to give. */
export function suggestAgents(agents: readonly FoundAgent[]): readonly string[] {
  if (agents.length === 0) return [];
  const isByCommand = agents.every(({ by }) => by.driver === "command");
  return [
    ...(!isByCommand
      ? [
          "# Found on this machine. Take the # away to let one work: log in with it first, and see by",
          "# `temoin doctor` that it can be started.",
        ]
      : [
          "# Found on this machine. Each runs with its own permissions: give it, by its own flags, the",
          "# right to edit files without asking, and take the # away.",
        ]),
    ...agents.flatMap(({ name, by }) => [
      `#   ${name}:`,
      ...driverLines(by).map((line) => `#     ${line}`),
    ]),
  ];
}
