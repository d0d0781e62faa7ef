/**
 * What plans ask for besides tasks. Criteria in prose wait for a person's judgement; those that are
 * commands are proposed for temoin.yaml, and never taken by themselves.
 */

import type { InboxItem } from "../domain/event.ts";
import { goalName } from "../domain/goal-items.ts";
import { taskIdFrom } from "../domain/id.ts";
import type { Plan } from "../plans/plan.ts";
import type { ReadPlan } from "./plan-names.ts";

export interface ProposedGate {
  readonly name: string;
  readonly run: string;
}

export interface Proposals {
  readonly gates: readonly ProposedGate[];
  readonly goal: Plan["goal"];
}

/** What is in effect already is proposed by nobody. */
export interface InEffect {
  /** Command lines of the gates. */
  readonly gates: ReadonlySet<string>;
  readonly gateNames: ReadonlySet<string>;
  /** Goal items by their names. */
  readonly goal: ReadonlySet<string>;
}

export const nothingInEffect: InEffect = {
  gates: new Set(),
  gateNames: new Set(),
  goal: new Set(),
};

export function proposalsOf(plans: readonly Plan[], inEffect: InEffect): Proposals {
  const names = new Set(inEffect.gateNames);
  const commands = new Set(inEffect.gates);
  const gates: ProposedGate[] = [];
  for (const { run } of plans.flatMap((plan) => plan.gates)) {
    if (commands.has(run)) continue;
    commands.add(run);
    const name = freeName(gateName(run), names);
    names.add(name);
    gates.push({ name, run });
  }
  const known = new Set(inEffect.goal);
  const goal = plans
    .flatMap((plan) => plan.goal)
    .filter((item) => {
      const name = nameOf(item);
      if (known.has(name)) return false;
      known.add(name);
      return true;
    });
  return { gates, goal };
}

/** Lines for the inbox: a criterion each, and one for all that a file proposes. */
export function criteriaOf({ file, plan }: ReadPlan, inEffect: InEffect): readonly InboxItem[] {
  const criteria = plan.criteria.map((says, place): InboxItem => {
    const key = `criterion:${file}:${place + 1}`;
    return {
      key,
      kind: "criterion",
      task: null,
      says: `${file} asks: ${says}`,
      next: `judge it at the end; temoin inbox --clear ${key}`,
    };
  });
  const { gates, goal } = proposalsOf([plan], inEffect);
  const wishes = [
    ...gates.map(({ run }) => `gate \`${run}\``),
    ...goal.map((item) => `goal \`${nameOf(item)}\``),
  ];
  const proposals = wishes.map(
    (wish, place): InboxItem => ({
      key: `proposal:${file}:${place + 1}`,
      kind: "proposal",
      task: null,
      says: `${file} proposes the ${wish}`,
      next: `temoin import ${file} --accept writes it into temoin.yaml`,
    }),
  );
  return [...criteria, ...proposals];
}

function nameOf(item: Plan["goal"][number]): string {
  return goalName(
    "run" in item ? { kind: "run", command: item.run } : { kind: "changed", path: item.changed },
  );
}

const usualNames = ["build", "test", "lint", "typecheck", "format", "fmt", "clippy", "check"];

/** A word of the command that says what it proves, else its program. */
function gateName(run: string): string {
  const words = run.split(/[\s:./&|;"']+/).filter((word) => /^[A-Za-z]/.test(word));
  const usual = words.find((word) => usualNames.includes(word.toLowerCase()));
  const name = usual?.toLowerCase() ?? taskIdFrom(words.slice(0, 2).join("-")) ?? "check";
  // These names are temoin's own.
  return /^(?:verify|setup|goal)/i.test(name) ? `check-${name}` : name;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let n = 2;
  while (taken.has(`${name}-${n}`)) n += 1;
  return `${name}-${n}`;
}
