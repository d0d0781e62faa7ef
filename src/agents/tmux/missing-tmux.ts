/** Is tmux there, for an agent that works in a window of it? */

import type { AgentSpec } from "../../domain/agent.ts";
import { findProgram } from "../../lib/process-path.ts";

/** `null`: it is; else one sentence with the next step. Runs nothing. */
export async function missingTmux(
  agent: AgentSpec,
  program: string,
  where: Parameters<typeof findProgram>[1],
): Promise<string | null> {
  const tmux = await findProgram(program, where);
  if (tmux.found) return null;
  const instead =
    agent.driver === "terminal"
      ? "give the agent the driver `command`"
      : "give the agent `transport: headless`";
  return `Cannot start agent \`${agent.name}\`: \`tmux\` was not found on PATH. Install tmux 3.2 or later, or ${instead}.`;
}
