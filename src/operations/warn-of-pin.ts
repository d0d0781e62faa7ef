/** A pin to an agent that is not configured is allowed, and worth a word. */

import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { Context } from "./context.ts";

/** Names of agents and roles; `null` where nothing is configured, or cannot be read. */
export async function knownAgents(context: Context): Promise<ReadonlySet<string> | null> {
  try {
    const { config } = await context.config();
    if (config.agents.length === 0) return null;
    return new Set(config.agents.flatMap((agent) => [agent.name, ...agent.roles]));
  } catch (error) {
    // A broken configuration is told by the commands that need one.
    if (error instanceof AppError && error.code === "config") return null;
    throw error;
  }
}

export async function warnOfPin(context: Context, agent: string): Promise<readonly string[]> {
  const known = await knownAgents(context);
  if (known === null || known.has(agent)) return [];
  const meant = nearest(agent, known);
  const hint = meant === null ? "" : ` Did you mean \`${meant}\`?`;
  return [`No agent \`${agent}\` is configured in temoin.yaml, nor a role of that name.${hint}`];
}
