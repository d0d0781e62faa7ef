/** Why an agent's program could not be started, as sentences that name the next step. */

import type { AgentSpec } from "../domain/agent.ts";
import { AppError } from "../lib/app-error.ts";
import type { StartFailure } from "../lib/process.ts";
import type { FoundProgram } from "../lib/process-path.ts";

type NotFound = Extract<FoundProgram, { readonly found: false }>["because"];

/** For a program that is looked for and not run. */
export function missingProgram(agent: AgentSpec, because: NotFound): string {
  const [program] = agent.command;
  const cannot = `Cannot start agent \`${agent.name}\`: \`${program}\``;
  const key = `set \`agents.${agent.name}.command\` in temoin.yaml`;
  if (because === "not_executable") {
    return `${cannot} is not executable. Run \`chmod +x\` on it, or ${key}.`;
  }
  return program.includes("/")
    ? `${cannot} was not found in the repository. Create it, or ${key}.`
    : `${cannot} was not found on PATH. Install it, or ${key}.`;
}

/** For a start that was tried. `detail` is the system's own word. */
export function startFailure(
  agent: AgentSpec,
  { because, detail }: { readonly because: StartFailure; readonly detail: string },
): string {
  const [program] = agent.command;
  const cannot = `Cannot start agent \`${agent.name}\``;
  switch (because) {
    case "not_found":
    case "not_executable":
      return missingProgram(agent, because);
    case "no_interpreter":
      return `${cannot}: the program that the first line of \`${program}\` names was not found. Install it, or set \`agents.${agent.name}.command\` in temoin.yaml.`;
    case "no_directory":
      return `${cannot}: its workspace is gone. Run \`temoin retry\` on its task to have a new one made.`;
    case "system":
      return `${cannot}: the system refused (${detail}). Run \`temoin doctor\` to see what this machine lacks.`;
  }
}

/** `file`: the file, or the folder, that a launch of the agent needs. */
export function cannotWrite({ name }: AgentSpec, file: string, cause: unknown): AppError {
  return new AppError("disk", `Cannot start agent \`${name}\`: cannot write ${file}.`, {
    cause,
    hint: "Make its directory writable, or free some space on its disk.",
  });
}
