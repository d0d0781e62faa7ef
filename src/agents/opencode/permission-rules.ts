/**
 * The permissions of a session, by the agent's autonomy. Pure.
 *
 * Invariant: what the person's own configuration of opencode denies stays denied. The last rule that
 * fits decides, and a session's rules come after those of its agent; so each rule of the agent is
 * said once more, with what autonomy makes of it.
 */

import type { Autonomy } from "../../domain/agent.ts";

export interface PermissionRule {
  readonly permission: string;
  /** `*`, `git *`, `*.env`, … */
  readonly pattern: string;
  readonly action: "allow" | "ask" | "deny";
}

/**
 * Changes nothing, or has a guard behind it: who reaches outside of the workspace still edits or
 * runs. These stay as the agent has them.
 */
const harmless = [
  "read",
  "list",
  "glob",
  "grep",
  "lsp",
  "todoread",
  "todowrite",
  "question",
  "plan_enter",
  "plan_exit",
  "external_directory",
];

const everything = { permission: "*", pattern: "*", action: "allow" } as const;

/** `agent`: all rules of the agent, as opencode tells them, in their order. */
export function sessionRules(
  agent: readonly PermissionRule[],
  autonomy: Autonomy,
): readonly PermissionRule[] {
  const all: readonly PermissionRule[] = agent.length === 0 ? [everything] : agent;
  return all.flatMap((rule) => (autonomy === "full" ? [allowed(rule)] : asked(rule)));
}

function allowed(rule: PermissionRule): PermissionRule {
  return rule.action === "ask" ? { ...rule, action: "allow" } : rule;
}

function asked(rule: PermissionRule): readonly PermissionRule[] {
  if (rule.action === "deny" || harmless.includes(rule.permission)) return [rule];
  const ask = { ...rule, action: "ask" } as const;
  if (rule.permission !== "*") return [ask];
  return [ask, ...harmless.map((permission) => ({ ...rule, permission }))];
}
