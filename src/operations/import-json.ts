/** What `import --dry-run --json` prints: the plans as they were understood. */

import type { ChangedTask } from "../domain/plan-difference.ts";
import type { Imported } from "./import-plan.ts";

export function importJson(
  { plans, warnings, added, edited, left, same }: Imported,
  changed: readonly ChangedTask[],
) {
  return {
    schema: 1,
    tasks: plans.flatMap(({ compared }) =>
      compared.tasks.map(({ planned, spec }) => ({
        id: spec.id,
        aliases: spec.aliases,
        title: spec.title,
        priority: spec.priority,
        agent: planned.agent,
        role: spec.role,
        state: planned.state,
        deps: spec.deps,
        skills: spec.skills,
        phase: spec.phase,
        estimate: spec.estimate,
        touches: spec.touches,
        verify: spec.verify,
        brief: planned.brief,
        source: spec.source,
      })),
    ),
    agents: plans.flatMap(({ read }) => read.plan.agents),
    phases: plans.flatMap(({ compared }) => compared.phases),
    goal: plans.flatMap(({ read }) => read.plan.goal),
    gates: plans.flatMap(({ read }) => read.plan.gates),
    criteria: plans.flatMap(({ read }) => read.plan.criteria),
    handoff: plans.map(({ read }) => read.plan.handoff).find((one) => one !== null) ?? null,
    changes: { added, edited, changed, left, same },
    warnings,
  };
}
