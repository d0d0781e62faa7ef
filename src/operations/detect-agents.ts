/**
 * Coding agents on this machine, by the names of their programs. Nothing is run and nobody is
 * logged in: how each is started without a terminal is what its own documentation says.
 */

import { type AgentDraft, driverLines } from "../config/write.ts";
import { findProgram } from "../lib/process-path.ts";

export interface FoundAgent {
  readonly name: string;
  /** In a tmux window where tmux is there too, else by one process per turn. */
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
    const by = hasTmux
      ? ({ driver: "terminal", profile, isProven } as const)
      : ({ driver: "command", command } as const);
    found.push({ name, by });
  }
  return found;
}

/** As comments for temoin.yaml: these programs edit files with rights that are theirs to give. */
export function suggestAgents(agents: readonly FoundAgent[]): readonly string[] {
  if (agents.length === 0) return [];
  const isInTmux = agents.some(({ by }) => by.driver === "terminal");
  return [
    ...(isInTmux
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
