/**
 * Who did what in a run, and what every slot did with its time: at work, idle although work was
 * ready for it, idle because nothing could be done, asleep until a limit is over, or out of order.
 *
 * The five lengths of a slot add up to the length of the run. "Ready" is what the schedule would
 * have given that very slot: queued, not paused, allowed to it, not held by files at work. While
 * the project is paused, the run is stopping, its deadline has passed or a disk is low, nothing is ready.
 */

import { apply } from "./apply.ts";
import type { Outcome } from "./attempt.ts";
import { killedExit, noMoreWork } from "./budget.ts";
import type { Event } from "./event.ts";
import type { AgentName, Instant, SlotId, TaskId } from "./id.ts";
import { knownRoles, mayTake } from "./may-take.ts";
import type { Slot } from "./slot.ts";
import { emptyState, isRunning, type State } from "./state.ts";
import type { TaskState } from "./task.ts";
import { countTasks, holds } from "./view-task.ts";

export interface SlotSummary {
  readonly slot: SlotId;
  readonly agent: AgentName;
  /** Tasks of which an attempt here landed or was settled without a change. */
  readonly done: number;
  readonly attempts: number;
  /** How its attempts ended; one that is under way is in `attempts` only. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly workingMs: number;
  /** Free while a task was ready for it. */
  readonly idleReadyMs: number;
  /** Free while no task was ready for it. */
  readonly idleMs: number;
  /** Without work, until a limit is over. */
  readonly limitedMs: number;
  readonly brokenMs: number;
}

export interface Summary {
  readonly startedAt: Instant;
  /** The end of the run, or `now`. */
  readonly endedAt: Instant;
  /** Between the two, no temoin was running for so long. */
  readonly awayMs: number;
  readonly exitCode: number | null;
  readonly why: string | null;
  /** In the order of the configuration. */
  readonly slots: readonly SlotSummary[];
  /** Changes that landed in this run. */
  readonly landed: number;
  readonly tasks: Readonly<Record<TaskState, number>>;
}

type Counts = { -readonly [K in keyof SlotSummary]: SlotSummary[K] } & {
  outcomes: Partial<Record<Outcome, number>>;
};

/** The events of the last run, from its start on, over the restarts of a temoin that was killed. */
export function runEvents(events: readonly Event[]): readonly Event[] {
  const start = startOfRun(events);
  return start === null ? [] : events.slice(start);
}

function startOfRun(events: readonly Event[]): number | null {
  let start: number | null = null;
  let isOver = false;
  for (const [place, event] of events.entries()) {
    if (event.type === "run_ended") isOver = event.exitCode !== killedExit;
    if (event.type !== "run_started") continue;
    if (start === null || isOver) start = place;
    isOver = false;
  }
  return start;
}

/** The last run of the log, as it stands at `now`; `null`: there was none. `events`: the whole log. */
export function tally(events: readonly Event[], now: Instant): Summary | null {
  const start = startOfRun(events) ?? -1;
  const begin = events[start];
  if (begin?.type !== "run_started") return null;
  const state = emptyState();
  for (const event of events.slice(0, start + 1)) apply(state, event);
  const run = new RunTally(state, begin.at);
  for (const event of events.slice(start + 1)) run.add(event);
  return run.summary(now);
}

class RunTally {
  readonly #state: State;
  readonly #slots = new Map<SlotId, Counts>();
  #landed = 0;
  #awayMs = 0;
  #until: Instant;

  constructor(state: State, startedAt: Instant) {
    this.#state = state;
    this.#until = startedAt;
    this.#openSlots();
  }

  /** A run that goes on after a kill may have other slots; those that it had keep their counts. */
  #openSlots(): void {
    for (const { spec } of this.#state.slots.values()) {
      if (this.#slots.has(spec.id)) continue;
      const times = { workingMs: 0, idleReadyMs: 0, idleMs: 0, limitedMs: 0, brokenMs: 0 };
      const { id: slot, agent } = spec;
      this.#slots.set(slot, { slot, agent, done: 0, attempts: 0, outcomes: {}, ...times });
    }
  }

  add(event: Event): void {
    const { run } = this.#state;
    const isKill = event.type === "run_ended" && event.aliveAt !== undefined;
    this.#passTo(isKill ? (event.aliveAt ?? event.at) : event.at);
    if (event.type === "run_started" && run?.ended) {
      this.#awayMs += Math.max(0, event.at - run.ended.at);
    }
    if (event.type === "attempt_offered") {
      const counts = this.#slots.get(event.slot);
      if (counts !== undefined) counts.attempts += 1;
    }
    if (event.type === "attempt_ended") {
      this.#count(event, (counts) => count(counts, event.outcome, 1));
    }
    if (event.type === "landing_refused") {
      // The attempt was counted as verified when it ended; now it is what the landing made of it.
      this.#count(event, (counts) => {
        count(counts, "verified", -1);
        count(counts, event.outcome, 1);
      });
    }
    if (event.type === "landed") {
      this.#landed += 1;
      this.#count(event, (counts) => {
        counts.done += 1;
      });
    }
    if (event.type === "task_done" && event.how !== "imported") {
      const attempt = this.#state.tasks.get(event.task)?.attempts.length ?? 0;
      this.#count({ task: event.task, attempt }, (counts) => {
        counts.done += 1;
      });
    }
    apply(this.#state, event);
    if (event.type === "run_started") this.#openSlots();
  }

  summary(now: Instant): Summary {
    this.#passTo(now);
    const { run } = this.#state;
    if (run === null) throw new Error("a tally without a run");
    return {
      startedAt: run.since,
      endedAt: run.ended?.at ?? now,
      awayMs: this.#awayMs,
      exitCode: run.ended?.exitCode ?? null,
      why: run.ended?.why ?? run.stopping,
      slots: [...this.#slots.values()],
      landed: this.#landed,
      tasks: countTasks(this.#state),
    };
  }

  /** Gives the time up to `at` to what each slot was doing meanwhile. */
  #passTo(at: Instant): void {
    // A clock that was set back takes nothing away.
    const ms = at - this.#until;
    if (ms <= 0) return;
    this.#until = at;
    const state = this.#state;
    if (!isRunning(state)) return;
    const free: Slot[] = [];
    for (const slot of state.slots.values()) {
      const counts = this.#slots.get(slot.spec.id);
      if (counts === undefined) continue;
      if (slot.broken !== null) counts.brokenMs += ms;
      else if (slot.task !== null) counts.workingMs += ms;
      else if (slot.asleep !== null) counts.limitedMs += ms;
      else free.push(slot);
    }
    const hasWork = workFor(state, free, at);
    for (const { spec } of free) {
      const counts = this.#slots.get(spec.id);
      if (counts === undefined) continue;
      if (hasWork.has(spec.id)) counts.idleReadyMs += ms;
      else counts.idleMs += ms;
    }
  }

  /** The slot that had the attempt; one of an earlier run counts nowhere. */
  #count(of: { task: TaskId; attempt: number }, change: (counts: Counts) => void): void {
    const attempt = this.#state.tasks.get(of.task)?.attempts[of.attempt - 1];
    const counts = attempt === undefined ? undefined : this.#slots.get(attempt.slot);
    const began = this.#state.run?.since ?? 0;
    if (attempt !== undefined && counts !== undefined && attempt.startedAt >= began) change(counts);
  }
}

function count(counts: Counts, outcome: Outcome, by: number): void {
  const sum = (counts.outcomes[outcome] ?? 0) + by;
  if (sum === 0) delete counts.outcomes[outcome];
  else counts.outcomes[outcome] = sum;
}

/** Which of the free slots could have been given a task? */
function workFor(state: State, free: readonly Slot[], at: Instant): ReadonlySet<SlotId> {
  const found = new Set<SlotId>();
  if (free.length === 0 || state.queued.size === 0) return found;
  if (!isRunning(state) || state.paused || state.run.stopping !== null) return found;
  if (state.lowDisk !== null) return found;
  if (noMoreWork(state, at) !== null) return found;
  const roles = knownRoles(state);
  const heldBy = holds(state);
  for (const task of state.queued.values()) {
    if (found.size === free.length) break;
    if (task.paused || heldBy(task) !== null) continue;
    for (const { spec } of free) if (mayTake(task, spec, roles)) found.add(spec.id);
  }
  return found;
}
