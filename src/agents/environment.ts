/** What the environment of an agent's processes is made of. */

import { delimiter } from "node:path";
import type { AgentSpec } from "../domain/agent.ts";

export interface EnvironmentParts {
  /** Put first on the agent's PATH, so that it finds `temoin`. */
  readonly binDir: string;
  /** What it starts from; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The agent's own variables count most, then those of the request. */
export function environmentOf(
  agent: AgentSpec,
  ofRequest: Readonly<Record<string, string>>,
  { env = process.env, binDir }: EnvironmentParts,
): Readonly<Record<string, string | undefined>> {
  const merged: Record<string, string | undefined> = { ...env, ...ofRequest, ...agent.env };
  const { PATH: path } = merged;
  return { ...merged, PATH: path ? `${binDir}${delimiter}${path}` : binDir };
}
