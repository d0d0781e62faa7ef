/** What an agent is told of the task that it has now, when it asks. */

import { isRed } from "./attempt.ts";
import type { Brief } from "./brief.ts";
import type { BlobHash, SlotId } from "./id.ts";
import type { State } from "./state.ts";
import type { Task } from "./task.ts";
import { attemptOn } from "./view-agent.ts";
import { isoTime } from "./view-time.ts";

/** The task that the slot's agent works on; `null`: none. */
export function ownTask(state: State, slot: SlotId): Task | null {
  const here = state.slots.get(slot);
  const attempt = here === undefined ? null : attemptOn(state, here);
  if (here?.task == null || attempt === null) return null;
  return state.tasks.get(here.task) ?? null;
}

/** The blob of its brief; `null`: the task itself holds it. */
export function ownBriefHash({ spec }: Task): BlobHash | null {
  return spec.written === undefined ? spec.brief : null;
}

/** Of a task that is at work. */
export function ownTaskJson(task: Task, brief: Brief) {
  const { spec, attempts } = task;
  const attempt = attempts.at(-1);
  const red = (attempt?.gates ?? []).filter(
    (gate) => isRed(gate) && gate.round === attempt?.rounds && gate.where === "workspace",
  );
  return {
    id: spec.id,
    title: spec.title,
    priority: spec.priority,
    role: spec.role,
    touches: spec.touches,
    skills: spec.skills,
    verify: spec.verify,
    brief,
    attempt: attempt?.n ?? 0,
    branch: attempt?.branch ?? null,
    startedAt: isoTime(attempt?.startedAt ?? null),
    red: red.map(({ name, why, failures = [] }) => ({ name, why, failures })),
    tells: task.tells.map(({ text, at }) => ({ at: isoTime(at), text })),
    earlier: attempts.slice(0, -1).flatMap((one) => {
      if (one.phase !== "ended") return [];
      const { n, agent, outcome, why } = one;
      return [{ n, agent, outcome, why }];
    }),
  };
}
