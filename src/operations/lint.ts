/** Tasks that are likely to go wrong as they are written. */

import { isThin, thinBelowLines } from "../domain/brief.ts";
import { isTerminal, type Task } from "../domain/task.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { placeSkills } from "./place-skills.ts";
import { knownAgents } from "./warn-of-pin.ts";

export interface Finding {
  readonly task: string;
  readonly kind: "thin_brief" | "missing_skill" | "unknown_agent";
  readonly says: string;
}

export interface Lint {
  readonly tasks: number;
  readonly findings: readonly Finding[];
}

export const lint: Operation<Record<string, never>, Lint> = {
  name: "lint",
  summary: "thin briefs, missing skills, pins to nobody",
  effect: "look",
  input: noInput,
  async run(context) {
    const state = await context.state();
    const open = [...state.tasks.values()].filter((task) => !isTerminal(task.state));
    const { missing } = await placeSkills(
      context,
      open.flatMap((task) => task.spec.skills),
    );
    const pinned = open.some((task) => task.spec.agent !== null);
    const agents = pinned ? await knownAgents(context) : null;
    const findings = open.flatMap((task) => findingsOf(task, { missing, agents }));
    return { tasks: open.length, findings };
  },
};

interface Known {
  /** Skills that are no file, with the sentence that says so. */
  readonly missing: ReadonlyMap<string, string>;
  /** `null`: not known. */
  readonly agents: ReadonlySet<string> | null;
}

function findingsOf({ spec }: Task, { missing, agents }: Known): readonly Finding[] {
  const findings: Finding[] = [];
  if (isThin(spec.briefLines)) {
    const says = `its brief has ${spec.briefLines} of at least ${thinBelowLines} lines`;
    findings.push({ task: spec.id, kind: "thin_brief", says });
  }
  for (const skill of spec.skills) {
    const says = missing.get(skill);
    if (says !== undefined) findings.push({ task: spec.id, kind: "missing_skill", says });
  }
  if (spec.agent !== null && agents !== null && !agents.has(spec.agent)) {
    const says = `it is pinned to \`${spec.agent}\`, which is not configured`;
    findings.push({ task: spec.id, kind: "unknown_agent", says });
  }
  return findings;
}
