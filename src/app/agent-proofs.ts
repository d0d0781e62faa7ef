/** What was proved of agents, kept with the project: the last result of each. */

import path from "node:path";
import { z } from "zod";
import type { AgentSpec } from "../domain/agent.ts";
import { type AgentProof, exercises } from "../domain/exercise.ts";
import type { AgentName } from "../domain/id.ts";
import { readTextIfThere, writeText } from "../lib/text-file.ts";
import type { ProjectPlace } from "../operations/context.ts";

const exercised = z.object({
  name: z.enum(exercises),
  result: z.enum(["proved", "failed", "not_offered", "not_run"]),
  says: z.string(),
  durationMs: z.number(),
});
const keptProof = z.object({
  agent: z.string(),
  at: z.number(),
  driver: z.string(),
  transport: z.string(),
  version: z.string().nullable(),
  steps: z.array(exercised),
});

function proofFile({ stateDir }: ProjectPlace, agent: AgentName): string {
  return path.join(stateDir, "agents-test", `${agent}.json`);
}

export async function keepProof(place: ProjectPlace, proof: AgentProof): Promise<void> {
  await writeText(proofFile(place, proof.agent), `${JSON.stringify(proof, null, 2)}\n`);
}

/** The last one of the agent as it is configured now; `null`: there is none. */
export async function readProof(place: ProjectPlace, agent: AgentSpec): Promise<AgentProof | null> {
  try {
    const text = await readTextIfThere(proofFile(place, agent.name));
    const kept = keptProof.parse(JSON.parse(text ?? "null"));
    const isSame = kept.driver === agent.driver && kept.transport === agent.transport;
    if (!isSame) return null;
    const { name, driver, transport } = agent;
    return { ...kept, agent: name, driver, transport };
  } catch {
    // Not as we write it: nothing is proved by it.
    return null;
  }
}
