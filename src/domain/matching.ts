/**
 * A bipartite matching of tasks to free slots that grows one task at a time (Kuhn): who is placed stays
 * placed, and is moved to another of its slots when that lets one more task start.
 */

import type { SlotSpec } from "./agent.ts";
import type { SlotId, TaskId } from "./id.ts";
import { type AgentRoles, wishOf } from "./may-take.ts";
import type { Slot } from "./slot.ts";
import type { Task } from "./task.ts";

export interface Match {
  readonly task: TaskId;
  readonly slot: SlotSpec;
  /** One sentence: why this agent. */
  readonly because: string;
}

export type Pass = "fit" | "fallback";

interface MatchingRules {
  readonly roles: AgentRoles;
  readonly isLast: (slot: Slot) => boolean;
  readonly isBarred: (slot: Slot) => boolean;
}

/** A bipartite matching that grows one task at a time (Kuhn); who is placed stays placed. */
export class Matching {
  readonly #free: readonly SlotSpec[];
  /** Only for tasks that would wait otherwise: what could not be used last, and the conductor's. */
  readonly #doubtful: ReadonlySet<SlotId>;
  /** Only for tasks that are pinned to its agent. */
  readonly #barred: ReadonlySet<SlotId>;
  readonly #roles: AgentRoles;
  readonly #taken = new Map<SlotId, Task>();
  /** Kinds of task for which there was no way left: there will be none later either. */
  readonly #hopeless = new Set<string>();
  readonly #choices = new Map<string, readonly SlotSpec[]>();

  constructor(free: readonly Slot[], { roles, isLast, isBarred }: MatchingRules) {
    this.#free = free.map((slot) => slot.spec);
    const doubtful = free.filter(isLast);
    // Where there is nobody else, it takes what comes first.
    const others = free.length > doubtful.length ? doubtful : [];
    this.#doubtful = new Set(others.map((slot) => slot.spec.id));
    this.#barred = new Set(free.filter(isBarred).map((slot) => slot.spec.id));
    this.#roles = roles;
  }

  get isFull(): boolean {
    return this.#taken.size === this.#free.length;
  }

  place(task: Task, pass: Pass): boolean {
    // Nobody loses the agent of its role to a task that could fall back itself; a pin cannot.
    const reach = wishOf(task, this.#roles).kind === "pin" ? "fallback" : pass;
    const kind = kindOf(task, reach);
    if (this.#hopeless.has(kind)) return false;
    if (!this.#augment(task, reach, new Set())) {
      this.#hopeless.add(kind);
      return false;
    }
    return true;
  }

  matches(): readonly Match[] {
    return this.#free.flatMap((slot) => {
      const task = this.#taken.get(slot.id);
      if (task === undefined) return [];
      return [{ task: task.spec.id, slot, because: reason(task, slot, this.#roles) }];
    });
  }

  #augment(task: Task, pass: Pass, seen: Set<SlotId>): boolean {
    const slots = this.#slotsFor(task, pass);
    const open = slots.find((slot) => !this.#taken.has(slot.id));
    if (open !== undefined) {
      this.#taken.set(open.id, task);
      return true;
    }
    for (const slot of slots) {
      if (seen.has(slot.id)) continue;
      seen.add(slot.id);
      const holder = this.#taken.get(slot.id);
      if (holder !== undefined && this.#augment(holder, pass, seen)) {
        this.#taken.set(slot.id, task);
        return true;
      }
    }
    return false;
  }

  #slotsFor(task: Task, pass: Pass): readonly SlotSpec[] {
    const kind = kindOf(task, pass);
    const known = this.#choices.get(kind);
    if (known !== undefined) return known;
    const choices = this.#choose(task, pass);
    this.#choices.set(kind, choices);
    return choices;
  }

  #choose(task: Task, pass: Pass): readonly SlotSpec[] {
    const wish = wishOf(task, this.#roles);
    const after = task.state === "queued" ? task.after : null;
    const fits = (slot: SlotSpec): boolean =>
      wish.kind === "any" ||
      (wish.kind === "pin" && slot.agent === wish.agent) ||
      (wish.kind === "role" && slot.roles.includes(wish.role));
    const mends = (slot: SlotSpec): boolean =>
      after?.fix !== undefined && (slot.agent === after.fix || slot.roles.includes(after.fix));
    const allowed = this.#free.filter((slot) => {
      if (wish.kind === "nobody") return false;
      if (wish.kind === "pin") return slot.agent === wish.agent;
      if (this.#barred.has(slot.id)) return false;
      if (pass === "fit" && this.#doubtful.has(slot.id)) return false;
      if (pass === "fallback" || slot.agent === after?.prefer || mends(slot)) return true;
      return fits(slot) && slot.agent !== after?.avoid;
    });
    const rank = (slot: SlotSpec): number =>
      (mends(slot) ? -16 : 0) +
      (this.#doubtful.has(slot.id) ? 8 : 0) +
      (slot.agent === after?.prefer ? 0 : 4) +
      (slot.agent === after?.avoid ? 2 : 0) +
      (fits(slot) ? 0 : 1);
    return allowed.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Tasks of one kind have the same slots to choose from. */
function kindOf(task: Task, pass: Pass): string {
  const { agent, role } = task.spec;
  const after = task.state === "queued" ? task.after : null;
  return [pass, agent, role, after?.prefer, after?.avoid, after?.fix].join("\u0000");
}

function reason(task: Task, slot: SlotSpec, roles: AgentRoles): string {
  const wish = wishOf(task, roles);
  const after = task.state === "queued" ? task.after : null;
  if (after?.fix === slot.agent || slot.roles.includes(after?.fix ?? "")) {
    return `${slot.agent} mends what the gates of the last attempt found`;
  }
  const again = slot.agent === after?.prefer ? `; ${slot.agent} had the last attempt` : "";
  switch (wish.kind) {
    case "pin":
      return `pinned to ${wish.agent}${again}`;
    case "role":
      return slot.roles.includes(wish.role)
        ? `${slot.agent} has the role ${wish.role}${again}`
        : `no free agent has the role ${wish.role}: fallback in the order of the file${again}`;
    case "any":
      return after !== null && after.avoid !== null && slot.agent !== after.avoid
        ? `another agent than ${after.avoid}`
        : `no role asked: any agent${again}`;
    case "nobody":
      return "nobody may take it";
  }
}
