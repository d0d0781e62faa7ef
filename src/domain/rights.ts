/**
 * Who may do what: the one place for it. A face may show less, the process that works on the project
 * asks here for each call, and nobody else decides it. In which term a conductor speaks is looked at
 * where it is decided (`role.ts`).
 */

import type { PersonInput, RoleInput } from "./input.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** `person`: whoever has no token. All others are told by theirs. */
export type Role = "person" | "conductor" | "planner" | "worker" | "observer";

/**
 * `look` only reads; `report` is what an agent says or asks of its own task; `draft` is what it
 * proposes, and alters nothing; `plan` alters the tasks
 * as a conductor may; `lead` is what only the conductor says; `change` alters the queue; `host` needs
 * this machine.
 */
export type Effect = "look" | "report" | "draft" | "plan" | "lead" | "change" | "host";

const rights: Readonly<Record<Role, ReadonlySet<Effect>>> = {
  person: new Set(["look", "plan", "change", "host"]),
  conductor: new Set(["look", "plan", "lead"]),
  planner: new Set(["look", "draft"]),
  worker: new Set(["look", "report"]),
  observer: new Set(["look"]),
};

export function hasRight(role: Role, effect: Effect): boolean {
  return rights[role].has(effect);
}

/** May it be done at all by whoever has a token, whichever? */
export function isForAgents(effect: Effect): boolean {
  return effect !== "change" && effect !== "host";
}

/** `null`: it may. `verb` ends the sentence. */
export function refuseRole(role: Role, effect: Effect, verb: string): Refusal | null {
  if (hasRight(role, effect)) return null;
  if (role === "person") {
    const says = `Cannot ${verb}: that is for an agent at work, and TEMOIN_TOKEN is not set.`;
    return refuse("refused", says, "temoin sets it for the agents that it starts.");
  }
  return refuse("refused", `${withArticle[role]} cannot ${verb}: TEMOIN_TOKEN is set.`, next[role]);
}

/** Of whoever has a token that nobody is there to know. */
export function refuseAgent(verb: string): Refusal {
  const says = `An agent cannot ${verb}: TEMOIN_TOKEN is set.`;
  return refuse("refused", says, "That is for a person to do: say it in your words.");
}

const withArticle: Readonly<Record<Exclude<Role, "person">, string>> = {
  conductor: "A conductor",
  planner: "A planner",
  worker: "A worker",
  observer: "An observer",
};

const next: Readonly<Record<Exclude<Role, "person">, string>> = {
  conductor:
    'That is for a person to do: record by `temoin decide "…"` why it should be done, and leave it.',
  planner: "Put it into your draft: a person decides on that.",
  worker: 'Say by `temoin report blocked "…"` what a person should do.',
  observer: "An observer only looks.",
};

export type Wish = PersonInput | RoleInput;

/** What a wish is of, for whoever wants it. */
const effects: Readonly<Record<Wish["type"], "plan" | "lead" | "change">> = {
  acknowledge: "lead",
  decided: "lead",
  leave_words: "lead",
  move_role: "change",
  retry: "plan",
  add: "plan",
  edit: "plan",
  cancel: "plan",
  split: "plan",
  answer: "plan",
  tell: "plan",
  import: "change",
  assign: "change",
  hand_off: "change",
  skip: "change",
  land: "change",
  reject: "change",
  revert: "change",
  pause: "change",
  resume: "change",
  clear_inbox: "change",
};

export function isWish(type: string): type is Wish["type"] {
  return Object.hasOwn(effects, type);
}

/** `null`: whoever has this role may want it. */
export function refuseWish(role: Role, input: Wish): Refusal | null {
  const refusal = refuseRole(role, effects[input.type], wishVerbs[input.type] ?? input.type);
  if (refusal !== null || role === "person" || !namesCommand(input)) return refusal;
  return refuse(
    "refused",
    "Only a person gives a task a check of its own: `verify` is a command that temoin runs.",
    "Say in the brief what is to be checked, and leave `verify` away.",
  );
}

const wishVerbs: Readonly<Partial<Record<Wish["type"], string>>> = {
  clear_inbox: "clear the inbox",
  hand_off: "hand a task on",
  move_role: "move the role of the conductor",
  decided: "record a decision of the conductor",
  leave_words: "write the handoff of the conductor",
};

/** Commands run as the person, without a sandbox: an agent has no say in them. */
function namesCommand(input: Wish): boolean {
  switch (input.type) {
    case "add":
      return input.tasks.some(({ spec }) => spec.verify.length > 0);
    case "split":
      return input.into.some(({ spec }) => spec.verify.length > 0);
    case "edit":
      return (input.changes.verify ?? []).length > 0;
    default:
      return false;
  }
}

/** Whom `temoin mcp` speaks with. What is listed is less than what is allowed: a list costs tokens. */
export const toolRoles = ["conductor", "planner", "worker", "observer"] as const;
export type ToolRole = (typeof toolRoles)[number];

export type OfferedEffect = Exclude<Effect, "change" | "host">;

export const offers: Readonly<Record<ToolRole, readonly OfferedEffect[]>> = {
  conductor: ["look", "plan", "lead"],
  planner: ["draft", "look"],
  worker: ["report"],
  observer: ["look"],
};
