/** Who can be asked for a plan, in the order in which they are. */

import type { LoadedConfig } from "../config/load.ts";
import type { AgentSpec } from "../domain/agent.ts";
import type { State } from "../domain/state.ts";
import { unfitness } from "../domain/succession.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { Context } from "./context.ts";

interface Choice {
  readonly loaded: LoadedConfig;
  readonly state: State;
  readonly named: string | null;
}

/**
 * The one that is named; else those who may be the conductor, else all. Rejects with an AppError that
 * gives the reasons where nobody can.
 */
export async function findPlanners(
  context: Context,
  { loaded, state, named }: Choice,
): Promise<readonly [AgentSpec, ...AgentSpec[]]> {
  const { agents, conductor } = loaded.config;
  if (agents.length === 0) {
    throw new AppError("not_found", "No agent is configured: nobody can plan.", {
      hint: "`temoin init` finds those of this machine; write one under `agents:` in temoin.yaml.",
    });
  }
  if (named !== null && !agents.some(({ name }) => name === named)) {
    const known = agents.map(({ name }) => name as string);
    const meant = nearest(named, known);
    const hint = meant === null ? `Agents: ${known.join(", ")}.` : `Did you mean ${meant}?`;
    throw new AppError("not_found", `There is no agent ${named} in temoin.yaml.`, { hint });
  }
  const wanted = named === null ? (conductor?.order ?? agents.map(({ name }) => name)) : [named];
  const missing = await context.missingAgents(loaded);
  const now = context.clock.now();
  const usable: AgentSpec[] = [];
  const reasons: string[] = [];
  for (const name of wanted) {
    const agent = agents.find((one) => one.name === name);
    if (agent === undefined) continue;
    const gone = missing.find((one) => one.agent === name)?.says;
    // A person who names it knows what they do: only what is not there is refused.
    const unfit = named === null ? unfitness(state, agent.name, now) : null;
    const why = gone ?? (unfit !== null && unfit.until > now ? unfit.why : null);
    if (why === null) usable.push(agent);
    else reasons.push(`${name}: ${why}`);
  }
  const [first, ...others] = usable;
  if (first !== undefined) return [first, ...others];
  throw new AppError("failed", `Nobody can plan now: ${reasons.join("; ")}`, {
    hint: "`temoin doctor` tells what is missing; `--agent NAME` asks another one.",
  });
}
