/** The configured agents: how each is driven, in which version, and what was proved of it. */

import type { AgentProof } from "../domain/exercise.ts";
import { isGood, proofText } from "../domain/exercise.ts";
import { knownClis } from "../domain/known-cli.ts";
import { isoTime } from "../domain/view-time.ts";
import type { AgentLook } from "./context.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface AgentRow {
  readonly name: string;
  readonly driver: string;
  readonly transport: string;
  /** `null`: not known, as of a program that is no known CLI. */
  readonly version: string | null;
  /** Why it cannot be used, or why its version is not told; `null`: nothing is wrong. */
  readonly trouble: string | null;
  /** With which version its drivers were proved; `null`: with none. */
  readonly provedWith: string | null;
  readonly lastTest: TestRow | null;
}

export interface TestRow {
  readonly at: string;
  readonly version: string | null;
  readonly good: boolean;
  readonly says: string;
}

export const agents: Operation<Record<string, never>, { readonly agents: readonly AgentRow[] }> = {
  name: "agents",
  summary: "the configured agents, their versions and what was proved of them",
  effect: "look",
  input: noInput,
  async run(context, _input, signal) {
    const { config } = await context.config();
    const looks = await context.lookAtAgents(config.agents, signal);
    const rows = config.agents.map(async (agent, place): Promise<AgentRow> => {
      const look = looks[place];
      const { name, driver, transport } = agent;
      const proof = await context.agentProof(agent);
      return {
        name,
        driver,
        transport,
        version: look?.version ?? null,
        trouble: look?.missing ?? look?.versionTrouble ?? null,
        provedWith: provedWith(look),
        lastTest: proof === null ? null : testRow(proof),
      };
    });
    return { agents: await Promise.all(rows) };
  },
};

function testRow(proof: AgentProof): TestRow {
  const { at, version } = proof;
  return { at: isoTime(at), version, good: isGood(proof), says: proofText(proof) };
}

function provedWith(look: AgentLook | undefined): string | null {
  return look === undefined || look.kind === null ? null : knownClis[look.kind].proved;
}
