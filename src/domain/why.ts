/**
 * Why is it so? For a task, a slot or an agent: its state, and the observations and decisions on
 * which that state rests, oldest first. Everything comes from the log; nothing is guessed.
 */

import type { Evidence } from "./agent.ts";
import { asksOf } from "./ask.ts";
import { lowDiskText } from "./disk.ts";
import type { Instant, TaskId } from "./id.ts";
import { judgeParking } from "./park.ts";
import { standingParts } from "./parts.ts";
import { schedule } from "./schedule.ts";
import { isAwake, type Slot } from "./slot.ts";
import { findTask, isRunning, type State, taskOf } from "./state.ts";
import { barred } from "./succession.ts";
import type { Task, TaskState, Wait } from "./task.ts";
import { type AgentState, attemptOn, shownSlots } from "./view-agent.ts";
import { brokenText, sleepText } from "./view-slot.ts";
import { holds, shownState } from "./view-task.ts";
import { countText, listText, plainWord } from "./view-text.ts";
import { plainTime } from "./view-time.ts";
import { bySchedule, courseOf, endOf, lastCourse } from "./why-attempt.ts";
import {
  isInCall,
  type OfficeState,
  whyConductor,
  whyInOffice,
  whyToBeJudged,
} from "./why-conductor.ts";
import { whyQueued } from "./why-queued.ts";

export interface Why {
  readonly subject: string;
  readonly state: TaskState | AgentState | OfficeState;
  readonly because: readonly Evidence[];
}

/** `null`: there is no task (id or alias), slot or agent of that name, and no conductor. */
export function why(state: State, subject: string, now: Instant, hasRunner = true): Why | null {
  const found = whyAsLeft(state, subject, { now, hasRunner });
  if (found === null || hasRunner || !isRunning(state)) return found;
  const says = "temoin is not running: so it stood as it was cut off; `temoin up` takes it up";
  return { ...found, because: [...found.because, bySchedule(state.lastAt, says)] };
}

function whyAsLeft(
  state: State,
  subject: string,
  { now, hasRunner }: { readonly now: Instant; readonly hasRunner: boolean },
): Why | null {
  const task = findTask(state, subject);
  if (task !== null) {
    const shown = shownState(task, holds(state));
    const because = [...whyTask(state, task, now), ...whyToBeJudged(state, task.spec.id, now)];
    return { subject: task.spec.id, state: shown, because };
  }
  const slots = [...state.slots.values()].filter(
    ({ spec }) => spec.id === subject || spec.agent === subject,
  );
  if (slots.length > 0) return whySlots(state, subject, { slots, hasRunner });
  return subject.toLowerCase() === "conductor" ? whyConductor(state, now, hasRunner) : null;
}

function whyTask(state: State, task: Task, now: Instant): readonly Evidence[] {
  const history = task.attempts.flatMap((attempt) => endOf(attempt));
  const paused = task.paused
    ? [bySchedule(now, `a person has paused it: temoin resume ${task.spec.id}`)]
    : [];
  switch (task.state) {
    case "waiting":
      return [...history, ...task.on.map((wait) => whyWaiting(state, task, wait)), ...paused];
    case "queued":
      return [...history, ...whyQueued(state, task, now)];
    case "running": {
      const attempt = task.attempts[task.attempt - 1];
      const earlier = task.attempts.slice(0, task.attempt - 1).flatMap((one) => endOf(one));
      const ending =
        task.ending === null
          ? []
          : [
              bySchedule(
                now,
                `its attempt is being ended, then it is ${task.ending.to}${task.ending.to === "parked" ? `: ${task.ending.why}` : ""}`,
              ),
            ];
      const asks = whyAsked(state, task.spec.id, now);
      return [...earlier, ...(attempt === undefined ? [] : courseOf(attempt)), ...asks, ...ending];
    }
    case "landing":
      return [...history, ...whyLanding(task)];
    case "done":
      return [...history, { at: task.at, source: "schedule", says: doneSentence(task) }];
    case "needs_human":
    case "failed":
      return [
        ...lastCourse(task),
        ...whyAsked(state, task.spec.id, now),
        { at: task.at, source: "schedule", says: task.why },
      ];
    case "cancelled":
      return [...history, whyCancelled(state, task)];
    case "skipped":
      return [...history, { at: task.at, source: "person", says: "skipped: dependants go on" }];
  }
}

/** What was split is cancelled too, as long as its parts stand for it. */
function whyCancelled(
  state: State,
  { at, spec: { id } }: Extract<Task, { at: Instant }>,
): Evidence {
  const parts = standingParts(state, id);
  if (parts.length === 0) return { at, source: "person", says: "cancelled by a person" };
  const told = parts.map((part) => `${part} (${plainWord(taskOf(state, part).state)})`);
  const verb = parts.length === 1 ? "stands" : "stand";
  return bySchedule(at, `it was split: ${listText(told, 10)} ${verb} for it`);
}

/** What waits for a person, why the brief has not answered it, and what its slot does meanwhile. */
function whyAsked(state: State, id: TaskId, now: Instant): readonly Evidence[] {
  const asks = asksOf(state.asks, id).flatMap((open) => {
    if (open.answer !== null) return [];
    const near = open.why === undefined ? "" : `; ${open.why}`;
    return [bySchedule(open.at, `${open.id} is yours to answer: “${open.ask.says}”${near}`)];
  });
  const parking = judgeParking(state, id, now);
  return parking === null ? asks : [...asks, bySchedule(now, parking.why)];
}

function whyWaiting(state: State, task: Task, wait: Wait): Evidence {
  switch (wait.kind) {
    case "task": {
      const dep = state.tasks.get(wait.task);
      if (dep === undefined) {
        return bySchedule(task.addedAt, `waits for ${wait.task}, which is no task`);
      }
      return bySchedule(changedAt(dep), `waits for ${wait.task}, which is ${standing(dep)}`);
    }
    case "phase": {
      const file = task.spec.source?.file ?? "";
      const phase = (state.phases.get(file) ?? []).find((one) => one.name === wait.phase);
      const open = (phase?.tasks ?? []).filter((id) => {
        const other = state.tasks.get(id)?.state;
        return other !== undefined && !["done", "skipped", "cancelled"].includes(other);
      });
      const which = open.length === 0 ? "" : `, in which ${listText(open)} ${isAre(open)} open`;
      return bySchedule(task.addedAt, `waits for the phase “${wait.phase}”${which}`);
    }
    case "time": {
      const endedAt = lastEnd(task) ?? task.addedAt;
      return bySchedule(endedAt, `waits until ${plainTime(wait.until)}: ${wait.why}`);
    }
  }
}

function isAre(list: readonly unknown[]): string {
  return list.length === 1 ? "is" : "are";
}

function standing(task: Task): string {
  switch (task.state) {
    case "running":
      return `running: attempt ${task.attempt} on ${task.slot}`;
    case "failed":
      return `failed: ${task.why}`;
    case "needs_human":
      return `waiting for a person: ${task.why}`;
    case "cancelled":
      return `cancelled: temoin retry ${task.spec.id}, or temoin skip ${task.spec.id}`;
    case "waiting":
    case "queued":
      return task.paused ? `${task.state} and paused` : task.state;
    default:
      return task.state;
  }
}

/** Since when it stands where it stands, as far as the state tells. */
function changedAt(task: Task): Instant {
  if ("at" in task) return task.at;
  if (task.state === "queued") return task.since;
  const last = task.attempts.at(-1);
  return (last?.phase === "ended" ? last.endedAt : last?.since) ?? task.addedAt;
}

function lastEnd(task: Task): Instant | null {
  const last = task.attempts.at(-1);
  return last?.phase === "ended" ? last.endedAt : null;
}

function whyLanding(task: Extract<Task, { state: "landing" }>): readonly Evidence[] {
  const at = lastEnd(task) ?? task.addedAt;
  if (task.reverting !== undefined) {
    const { sha, reason } = task.reverting;
    const why = reason === "" ? "" : `: ${reason}`;
    const says = `its landing ${sha.slice(0, 10)} is to be taken back${why}`;
    return [{ at, source: "person", says }];
  }
  const lost = task.lost === 0 ? "" : `; ${countText(task.lost, "landing")} lost before`;
  const says =
    task.prepared === null
      ? `its change waits in the merge queue, or is tested there${lost}`
      : `its merge ${task.prepared.mergeSha.slice(0, 10)} is tested; the target is about to move`;
  return [bySchedule(at, says)];
}

function doneSentence(task: Extract<Task, { state: "done" }>): string {
  if (task.how === "branch") {
    const branch = task.attempts.at(-1)?.branch ?? "its branch";
    return `verified, and left on ${branch} by landing.mode: none`;
  }
  if (task.how === "imported") return "its plan says that it is done; that is not proven";
  if (task.how === "no_change") return "nothing had to change, and its own verify passed";
  const proof = task.proven
    ? "the gates passed on the merged result"
    : "unproven: no gate is configured";
  return `landed as ${task.sha?.slice(0, 10) ?? "unknown"}; ${proof}`;
}

function whySlots(
  state: State,
  subject: string,
  { slots, hasRunner }: { readonly slots: readonly Slot[]; readonly hasRunner: boolean },
): Why {
  const ids = slots.map(({ spec }) => spec.id);
  const shown = shownSlots(state, hasRunner).filter((one) => ids.includes(one.slot));
  const first = shown[0];
  if (first === undefined) throw new Error(`${subject} has no slot`);
  // An agent with several slots is at work as soon as one of them is.
  const leading = shown.find((one) => one.task !== null) ?? first;
  const because = slots.flatMap((slot) => whySlot(state, slot));
  const office = whyInOffice(state, first.agent);
  // Its slots are free, and the agent is not.
  if (leading.state === "idle" && isInCall(state, first.agent)) {
    return { subject, state: "judging", because: [...office, ...because] };
  }
  return { subject, state: leading.state, because: [...because, ...office] };
}

function whySlot(state: State, slot: Slot): readonly Evidence[] {
  const { id } = slot.spec;
  const { run } = state;
  if (!isRunning(state)) {
    return [bySchedule(run?.ended?.at ?? slot.since, `${id}: no run is open`)];
  }
  const kept: Evidence[] = [];
  if (slot.broken !== null) {
    kept.push({ at: slot.since, source: "process", says: `${id} ${brokenText(slot.broken)}` });
  }
  if (slot.asleep !== null) {
    kept.push({ at: slot.since, source: "schedule", says: `${id} ${sleepText(slot.asleep)}` });
  }
  const attempt = attemptOn(state, slot);
  if (attempt !== null) {
    return [bySchedule(slot.since, `${id} works on ${slot.task}`), ...courseOf(attempt), ...kept];
  }
  if (!isAwake(slot)) return kept;
  const free = isInCall(state, slot.spec.agent) ? "has no task meanwhile" : "is free";
  return [bySchedule(slot.since, `${id} ${free}: ${whyFree(state, slot)}`)];
}

function whyFree(state: State, slot: Slot): string {
  if (state.paused) return "a person has paused the project";
  if (state.lowDisk !== null) return lowDiskText(state.lowDisk);
  if (isRunning(state) && state.run.stopping !== null) return `the run ends: ${state.run.stopping}`;
  const next = schedule(state).find((match) => match.slot.id === slot.spec.id);
  if (next !== undefined) return `it is about to get ${next.task}`;
  if (barred(state)(slot)) return "kept so for the role of the conductor (`works: false`)";
  if (state.queued.size > 0) {
    const ids = [...state.queued.keys()];
    const what = `${listText(ids, 3)} ${isAre(ids)} queued`;
    return `${what}, but pinned to others, paused, or held by the files of work that is under way`;
  }
  const waiting = [...state.tasks.values()].filter((task) => task.state === "waiting").length;
  if (waiting === 0) return "no task is left that may be handed out";
  return `no task is ready, ${countText(waiting, "task")} ${waiting === 1 ? "waits" : "wait"}`;
}
