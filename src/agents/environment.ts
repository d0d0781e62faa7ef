/** What the environment of an agent's processes is made of. */

import { delimiter } from "node:path";
import type { AgentSpec } from "../domain/agent.ts";
import { kindOf } from "../domain/agent-kind.ts";
import type { Mask } from "../lib/mask.ts";
import { environmentFor } from "./provider-secrets.ts";

export interface EnvironmentParts {
  /** Put first on the agent's PATH, so that it finds `temoin`. */
  readonly binDir: string;
  /** What it starts from; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes secrets out of what is kept of the agent; default: only what can be told by its looks. */
  readonly mask?: Mask;
}

/**
 * The agent's own variables count most, then those of the request. Secrets of other model providers
 * are left out.
 */
export function environmentOf(
  agent: AgentSpec,
  ofRequest: Readonly<Record<string, string>>,
  { env = process.env, binDir }: EnvironmentParts,
): Readonly<Record<string, string | undefined>> {
  const merged = { ...environmentFor(kindOf(agent), env), ...ofRequest, ...agent.env };
  const { PATH: path } = merged;
  return { ...merged, PATH: path ? `${binDir}${delimiter}${path}` : binDir };
}
