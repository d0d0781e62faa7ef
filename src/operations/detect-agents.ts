/**
 * Coding agents on this machine, by the names of their programs. Nothing is run and nobody is
 * logged in: how each is started without a terminal is what its own documentation says.
 */

import { findProgram } from "../lib/process-path.ts";

export interface FoundAgent {
  readonly name: string;
  /** Reads the prompt from standard input. */
  readonly command: readonly [string, ...string[]];
}

const known: readonly FoundAgent[] = [
  { name: "claude", command: ["claude", "-p"] },
  { name: "codex", command: ["codex", "exec", "-"] },
  { name: "amp", command: ["amp", "-x"] },
  { name: "agy", command: ["sh", "-c", 'agy -p "$(cat)"'] },
  { name: "gemini", command: ["sh", "-c", 'gemini -p "$(cat)"'] },
  { name: "opencode", command: ["sh", "-c", 'opencode run "$(cat)"'] },
  {
    name: "aider",
    command: ["sh", "-c", 'aider --yes-always --message-file "$TEMOIN_PROMPT_FILE"'],
  },
];

export async function detectAgents(at: {
  readonly path: string;
  readonly cwd: string;
}): Promise<readonly FoundAgent[]> {
  const found: FoundAgent[] = [];
  for (const agent of known) if ((await findProgram(agent.name, at)).found) found.push(agent);
  return found;
}

/** As comments for temoin.yaml: these programs edit files with rights that are theirs to give. */
export function suggestAgents(agents: readonly FoundAgent[]): readonly string[] {
  if (agents.length === 0) return [];
  return [
    "# Found on this machine. Each runs with its own permissions: give it, by its own flags, the",
    "# right to edit files without asking, and take the # away.",
    ...agents.flatMap(({ name, command }) => [
      `#   ${name}:`,
      "#     driver: command",
      `#     command: ${JSON.stringify(command)}`,
    ]),
  ];
}
