/**
 * Who does what next: a matching of queued tasks to free slots.
 *
 * A task may go to any slot of the agent that it is pinned to, else to any slot. Among the slots
 * that it may take it prefers the agent of its last attempt when the outcome says so, then agents
 * with its role, then the order of the file; an agent that could not be used when it was last tried
 * comes after all others, and so does the one that is the conductor. Tasks whose question was
 * answered are served first, then by priority; within a priority those that a free agent
 * has the role for come first, then the older one. A task that was placed is moved to another of
 * its slots when that lets one more task start, so no ready task waits while an agent that may take
 * it is free. A slot that is broken or asleep is not free.
 *
 * Two tasks whose given scopes meet never run at once. Where one of the two was only learnt from a
 * brief, they are kept apart as long as there is something else for the slot, and no longer.
 */

import type { SlotSpec } from "./agent.ts";
import type { SlotId, TaskId } from "./id.ts";
import { scopesMeet } from "./scope.ts";
import { isAwake, isGivenUp, type Slot } from "./slot.ts";
import { isRunning, type State } from "./state.ts";
import { barred, isConductors } from "./succession.ts";
import { type Priority, priorities, type Task } from "./task.ts";

export interface Match {
  readonly task: TaskId;
  readonly slot: SlotSpec;
  /** One sentence: why this agent. */
  readonly because: string;
}

/** The matching of now; empty when no work may be handed out. */
export function schedule(state: State): readonly Match[] {
  if (!isRunning(state) || state.run.stopping !== null || state.paused) return [];
  if (state.lowDisk !== null) return [];
  const isBarredTo = barred(state);
  const free = [...state.slots.values()].filter((slot) => {
    return slot.task === null && isAwake(slot) && !isBarredTo(slot);
  });
  if (free.length === 0) return [];
  const isLast = (slot: Slot) => slot.failures > 0 || isConductors(state, slot);
  const matching = new Matching(free, { roles: knownRoles(state), isLast });
  const held = scopesAtWork(state);
  const kept = serve(matching, held, queuedByPriority(state), keptBack);
  // What is left of the slots has nothing else to do.
  if (kept.some((tasks) => tasks.length > 0)) serve(matching, held, kept, isBarred);
  return matching.matches();
}

/** Places what it can, by priority; the tasks that only a learnt scope has kept back are left. */
function serve(
  matching: Matching,
  held: Scopes[],
  queue: readonly (readonly Task[])[],
  isKept: typeof keptBack,
): readonly (readonly Task[])[] {
  const kept: Task[][] = [];
  for (const tasks of queue) {
    const soft: Task[] = [];
    kept.push(soft);
    let open: readonly Task[] = tasks;
    for (const pass of ["fit", "fallback"] as const) {
      const left: Task[] = [];
      for (const task of open) {
        if (matching.isFull) return [];
        const own = scopesOf(task);
        // Scopes at work only grow within a matching: who is held back now is so to its end.
        if (own !== null && isKept(own, held)) {
          if (!isBarred(own, held)) soft.push(task);
          continue;
        }
        if (!matching.place(task, pass)) left.push(task);
        else if (own !== null) held.push(own);
      }
      open = left;
    }
  }
  return kept;
}

/** What a task touches: as it was given, or as it was learnt. */
interface Scopes {
  readonly globs: readonly string[];
  readonly isGiven: boolean;
}

function scopesOf({ spec }: Task): Scopes | null {
  if (spec.touches.length > 0) return { globs: spec.touches, isGiven: true };
  const { learnt = [] } = spec;
  return learnt.length > 0 ? { globs: learnt, isGiven: false } : null;
}

function keptBack(own: Scopes, held: readonly Scopes[]): boolean {
  return held.some((scope) => scopesMeet(scope.globs, own.globs));
}

function isBarred(own: Scopes, held: readonly Scopes[]): boolean {
  return held.some((scope) => scope.isGiven && own.isGiven && scopesMeet(scope.globs, own.globs));
}

/** May the task run on this slot at all, whether or not it is free now? */
export function mayTake(task: Task, slot: SlotSpec, roles: AgentRoles): boolean {
  const wish = wishOf(task, roles);
  return wish.kind === "pin" ? slot.agent === wish.agent : wish.kind !== "nobody";
}

/** Who is at work on files that it may touch too, as far as one of the two scopes was only learnt. */
export function softlyHeldBy(state: State, task: Task): TaskId | null {
  const own = scopesOf(task);
  if (own === null) return null;
  for (const other of atWork(state)) {
    const scope = scopesOf(other);
    if (scope === null || (scope.isGiven && own.isGiven)) continue;
    if (scopesMeet(scope.globs, own.globs)) return other.spec.id;
  }
  return null;
}

/** Is the task kept back by the file scope of one at work? Which one? */
export function heldBy(state: State, task: Task): TaskId | null {
  if (task.spec.touches.length === 0) return null;
  for (const other of atWork(state)) {
    if (scopesMeet(other.spec.touches, task.spec.touches)) return other.spec.id;
  }
  return null;
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

function queuedByPriority(state: State): readonly Task[][] {
  const answered: Task[] = [];
  const buckets: Record<Priority, Task[]> = { urgent: [], high: [], medium: [], low: [] };
  for (const task of state.queued.values()) {
    if (task.paused) continue;
    if (isAnswered(task)) {
      answered.push(task);
      continue;
    }
    const isFix = task.state === "queued" && task.after?.fix !== undefined;
    buckets[isFix ? "urgent" : task.spec.priority].push(task);
  }
  // Nearly in order already, which makes this linear.
  for (const bucket of [answered, ...Object.values(buckets)]) {
    bucket.sort((a, b) => a.order - b.order);
  }
  return [answered, ...priorities.map((priority) => buckets[priority])];
}

/** A person has answered what it waited with, and may wait for what comes of it. */
export function isAnswered(task: Task): boolean {
  return task.state === "queued" && task.after?.isAnswered === true;
}

function* atWork(state: State): Generator<Task> {
  for (const slot of state.slots.values()) {
    const task = slot.task === null ? undefined : state.tasks.get(slot.task);
    if (task !== undefined) yield task;
  }
  for (const id of state.landing.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined) yield task;
  }
}

function scopesAtWork(state: State): Scopes[] {
  return [...atWork(state)].flatMap((task) => scopesOf(task) ?? []);
}

type Pass = "fit" | "fallback";

/** A bipartite matching that grows one task at a time (Kuhn); who is placed stays placed. */
class Matching {
  readonly #free: readonly SlotSpec[];
  /** Only for tasks that would wait otherwise: what could not be used last, and the conductor's. */
  readonly #doubtful: ReadonlySet<SlotId>;
  readonly #roles: AgentRoles;
  readonly #taken = new Map<SlotId, Task>();
  /** Kinds of task for which there was no way left: there will be none later either. */
  readonly #hopeless = new Set<string>();
  readonly #choices = new Map<string, readonly SlotSpec[]>();

  constructor(
    free: readonly Slot[],
    { roles, isLast }: { readonly roles: AgentRoles; readonly isLast: (slot: Slot) => boolean },
  ) {
    this.#free = free.map((slot) => slot.spec);
    const doubtful = free.filter(isLast);
    // Where there is nobody else, it takes what comes first.
    const others = free.length > doubtful.length ? doubtful : [];
    this.#doubtful = new Set(others.map((slot) => slot.spec.id));
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
