/** Whom a task may go to at all: the agent that it is pinned to, those of a role, or anybody. */

import type { SlotSpec } from "./agent.ts";
import { isGivenUp, type Slot } from "./slot.ts";
import type { State } from "./state.ts";
import type { Task } from "./task.ts";

/** May the task run on this slot at all, whether or not it is free now? */
export function mayTake(task: Task, slot: SlotSpec, roles: AgentRoles): boolean {
  const wish = wishOf(task, roles);
  return wish.kind === "pin" ? slot.agent === wish.agent : wish.kind !== "nobody";
}

/** What may be asked for: of all slots but those that nobody waits for any more. */
export function knownRoles(state: State): AgentRoles {
  return rolesOf([...state.slots.values()].filter((slot) => !isGivenUp(slot)));
}

/** Agents that can work, with their roles; and every role that one of them has. */
export interface AgentRoles {
  readonly agents: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

function rolesOf(slots: readonly Slot[]): AgentRoles {
  return {
    agents: new Set(slots.map((slot) => slot.spec.agent)),
    roles: new Set(slots.flatMap((slot) => slot.spec.roles)),
  };
}

type Wish =
  | { readonly kind: "pin"; readonly agent: string }
  | { readonly kind: "role"; readonly role: string }
  | { readonly kind: "any" }
  /** Pinned to an agent that is not configured, whose name is no role either. */
  | { readonly kind: "nobody" };

/** A pin to an agent that is not there counts as a role of that name. */
export function wishOf(task: Task, known: AgentRoles): Wish {
  const { agent, role } = task.spec;
  if (agent !== null) {
    if (known.agents.has(agent)) return { kind: "pin", agent };
    return known.roles.has(agent) ? { kind: "role", role: agent } : { kind: "nobody" };
  }
  return role === null ? { kind: "any" } : { kind: "role", role };
}
