/** Why a queued task is not running: everything that keeps it, or who must become free first. */

import type { Evidence, Source } from "./agent.ts";
import { noMoreWork } from "./budget.ts";
import { lowDiskText } from "./disk.ts";
import type { Instant } from "./id.ts";
import { type AgentRoles, knownRoles, mayTake, wishOf } from "./may-take.ts";
import { softlyHeldBy } from "./schedule.ts";
import { isAwake } from "./slot.ts";
import { isRunning, type State } from "./state.ts";
import type { Task } from "./task.ts";
import { brokenText, sleepText } from "./view-slot.ts";
import { holds } from "./view-task.ts";
import { listText } from "./view-text.ts";
import { plainTime } from "./view-time.ts";

export function whyQueued(
  state: State,
  task: Extract<Task, { state: "queued" }>,
  now: Instant,
): readonly Evidence[] {
  const { id } = task.spec;
  const since = says(task.since, "schedule", `queued since ${plainTime(task.since)}`);
  const kept: Evidence[] = [];
  const keep = (sentence: string, source: Source = "schedule"): number =>
    kept.push(says(now, source, sentence));
  if (task.paused) keep(`a person has paused it: temoin resume ${id}`, "person");
  if (state.paused) keep("a person has paused the project: temoin resume", "person");
  if (!isRunning(state)) keep("no run is open: temoin run hands it out");
  else {
    const { stopping } = state.run;
    if (stopping !== null) keep(`the run ends and hands out nothing new: ${stopping}`);
    if (state.lowDisk !== null) keep(lowDiskText(state.lowDisk));
    const late = noMoreWork(state, now);
    if (late !== null) keep(`no task is started any more: ${late}`);
  }
  const holder = holds(state)(task);
  if (holder !== null) keep(`its files meet those of ${holder}, which is at work`);
  const soft = holder === null ? softlyHeldBy(state, task) : null;
  if (soft !== null) {
    keep(`its brief names files that ${soft}, at work, may touch too: other work goes first`);
  }
  const words = task.tells.filter(({ delivered }) => !delivered);
  const told = words.map(({ at, text }) => says(at, "person", `for the next attempt: ${text}`));
  return [since, ...told, ...kept, ...whySlotsAreNoUse(state, task, now)];
}

/** Each slot that may take it and is not free. */
function whySlotsAreNoUse(state: State, task: Task, now: Instant): readonly Evidence[] {
  if (!isRunning(state)) return [];
  const slots = [...state.slots.values()];
  const roles = knownRoles(state);
  const wished = slots.filter((slot) => mayTake(task, slot.spec, roles));
  const allowed = wished.filter(isAwake);
  const sentences = [wishSentence(task, roles)];
  if (wished.length === 0) sentences.push("no slot can take it");
  for (const { spec, broken } of slots) {
    if (broken !== null) sentences.push(`${spec.id} ${brokenText(broken)}`);
  }
  for (const { spec, asleep } of wished) {
    if (asleep !== null) sentences.push(`${spec.id} ${sleepText(asleep)}`);
  }
  const busy = allowed.filter((slot) => slot.task !== null);
  const free = allowed.filter((slot) => slot.task === null);
  if (busy.length > 0) {
    const names = busy.map((slot) => `${slot.spec.id} (${slot.task})`);
    sentences.push(`busy: ${listText(names, 8)}`);
  }
  if (free.length > 0) {
    sentences.push(`free: ${listText(free.map((slot) => slot.spec.id))}`);
  } else if (busy.length > 0) sentences.push("it goes to the first of them that becomes free");
  return sentences.map((sentence) => says(now, "schedule", sentence));
}

function wishSentence(task: Task, roles: AgentRoles): string {
  const wish = wishOf(task, roles);
  switch (wish.kind) {
    case "pin":
      return `pinned to ${wish.agent}`;
    case "role":
      return roles.roles.has(wish.role)
        ? `asks for the role ${wish.role}; any agent is the fallback`
        : `asks for the role ${wish.role}, which no agent has: any agent may take it`;
    case "any":
      return "any agent may take it";
    case "nobody":
      return `pinned to ${task.spec.agent}, which is neither an agent nor a role here`;
  }
}

function says(at: Instant, source: Source, sentence: string): Evidence {
  return { at, source, says: sentence };
}
