/** Which of the known coding CLIs an agent is, as far as its configuration tells. Pure. */

import type { AgentSpec } from "./agent.ts";

/** By the names of their drivers, which are those of the shipped profiles too. */
export const agentKinds = ["claude", "codex", "opencode", "gemini", "amp", "antigravity"] as const;

export type AgentKind = (typeof agentKinds)[number];

/** `null`: any program, of which nothing is known. */
export function kindOf({ driver, profile }: Pick<AgentSpec, "driver" | "profile">) {
  const name = driver === "terminal" ? profile : driver;
  return agentKinds.find((kind) => kind === name) ?? null;
}
