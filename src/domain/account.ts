/** Which agents work for one account: a plan that is used up is used up for all of them. Pure. */

import type { AgentSpec, SlotSpec } from "./agent.ts";
import { kindOf } from "./agent-kind.ts";
import type { AgentName } from "./id.ts";

type Configured = Pick<
  AgentSpec,
  "name" | "driver" | "profile" | "command" | "env" | "account" | "sandbox"
>;

/**
 * The account of an agent: as it is configured, else the name of the first agent that is started as
 * the same known CLI, by the same program, with the same variables of its own. Of an unknown program
 * nobody knows whom it asks: it has an account of its own.
 */
export function accountOf(agent: Configured, all: readonly Configured[]): string {
  if (agent.account !== undefined) return agent.account;
  const same = all.find((other) => other.account === undefined && isAlike(other, agent));
  return (same ?? agent).name;
}

/** Accounts that have several agents, with these. */
export function sharedAccounts(
  all: readonly Configured[],
): ReadonlyMap<string, readonly AgentName[]> {
  const agents = Map.groupBy(all, (agent) => accountOf(agent, all));
  const shared = [...agents].filter(([, { length }]) => length > 1);
  return new Map(shared.map(([account, of]) => [account, of.map(({ name }) => name)]));
}

function isAlike(a: Configured, b: Configured): boolean {
  if (a.name === b.name) return true;
  if (kindOf(a) === null || kindOf(a) !== kindOf(b)) return false;
  // Another program may be a wrapper that logs in by itself, and a sandbox has a home of its own.
  return a.command[0] === b.command[0] && a.sandbox === b.sandbox && sameVariables(a.env, b.env);
}

function sameVariables(a: Configured["env"], b: Configured["env"]): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

/** Of a slot; runs of earlier versions have told no accounts. */
export function accountOfSlot({ account, agent }: SlotSpec): string {
  return account ?? agent;
}
