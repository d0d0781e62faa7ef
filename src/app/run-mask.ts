/** The secrets that temoin knows of, as the mask through which all goes that it keeps. */

import type { AgentSpec } from "../domain/agent.ts";
import { createMask, type Mask } from "../lib/mask.ts";
import { secretsOf } from "../lib/secret-variables.ts";
import type { Environment } from "../operations/context.ts";

/** Those of the environment, those that agents are given of their own, and the agents' tokens. */
export function openMask(known: {
  readonly env: Environment;
  readonly agents: readonly AgentSpec[];
  readonly tokens?: readonly string[];
}): Mask {
  const { env, agents, tokens = [] } = known;
  return createMask([
    ...secretsOf(env),
    ...agents.flatMap((agent) => secretsOf(agent.env)),
    ...tokens.map((value) => ({ name: "TEMOIN_TOKEN", value })),
  ]);
}
