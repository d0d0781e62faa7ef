/** Proves agents with the CLIs that are really installed. Not an `Operation`: it tells each step. */

import type { AgentSpec } from "../domain/agent.ts";
import type { AgentProof, Exercised } from "../domain/exercise.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { Context } from "./context.ts";
import { demand } from "./invoke.ts";

/** Those that are named, or all. Rejects with an AppError where there is none to be proved. */
export async function agentsToTest(
  context: Context,
  names: readonly string[],
): Promise<readonly AgentSpec[]> {
  await demand(context, "host", "test agents");
  const { agents } = (await context.config()).config;
  if (agents.length === 0) {
    throw new AppError("not_found", "No agent is configured: there is none to test.", {
      hint: "`temoin init` finds those of this machine; write one under `agents:` in temoin.yaml.",
    });
  }
  const known = agents.map(({ name }) => name as string);
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === null ? `Agents: ${known.join(", ")}.` : `Did you mean ${meant}?`;
    throw new AppError("not_found", `There is no agent ${name} in temoin.yaml.`, { hint });
  }
  return names.length === 0 ? agents : agents.filter(({ name }) => names.includes(name));
}

export interface TestListener {
  readonly onAgent: (agent: AgentSpec) => void;
  readonly onStep: (agent: AgentSpec, step: Exercised) => void;
}

/** One after the other: they may share an account. Called off, it gives those that were done. */
export async function testAgents(
  context: Context,
  agents: readonly AgentSpec[],
  { onAgent, onStep, signal }: TestListener & { readonly signal: AbortSignal },
): Promise<readonly AgentProof[]> {
  const proofs: AgentProof[] = [];
  for (const agent of agents) {
    if (signal.aborted) break;
    onAgent(agent);
    try {
      const listener = { onStep: (step: Exercised) => onStep(agent, step), signal };
      proofs.push(await context.proveAgent(agent, listener));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  return proofs;
}
