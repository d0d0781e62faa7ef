/**
 * What would a run do? The real decisions, in a time that passes in leaps: every attempt takes
 * what its plan says or the usual length, succeeds at once, and lands. Nothing is changed.
 *
 * It foresees no red gate, no new limit and no landing's length: it is the order that can be trusted.
 */

import type { Evidence } from "./agent.ts";
import { apply } from "./apply.ts";
import type { Lease } from "./commit.ts";
import { type Decision, decide, isRefusal } from "./decide.ts";
import { medianAttemptMs } from "./eta.ts";
import type { CommitSha, Instant, SlotId, TaskId } from "./id.ts";
import { parseSha } from "./id.ts";
import type { Assignment, ControlInput, Input } from "./input.ts";
import { fork, type State, taskOf } from "./state.ts";
import { isTerminal, type TaskState } from "./task.ts";
import { estimateMs } from "./view-duration.ts";
import { why } from "./why.ts";

export interface Start {
  readonly task: TaskId;
  readonly title: string;
  readonly slot: SlotId;
  readonly agent: string;
  /** Why this agent. */
  readonly because: string;
  readonly expectedMs: number;
}

/** What begins at the same moment. */
export interface Wave {
  /** After the beginning of the run. */
  readonly afterMs: number;
  readonly starts: readonly Start[];
}

export interface Rehearsal {
  readonly waves: readonly Wave[];
  /** What would still be open at the end, and why. */
  readonly left: readonly {
    readonly task: TaskId;
    readonly state: TaskState;
    readonly why: string;
  }[];
  readonly lengthMs: number;
  /** All lengths come from the plans or from what was seen; `false`: some are made up. */
  readonly isEstimated: boolean;
}

/** The length of an attempt of which nothing is known (chosen). */
const unknownLengthMs = 30 * 60_000;

export function rehearse(
  state: State,
  start: Extract<ControlInput, { type: "run_started" }>,
  now: Instant,
): Rehearsal {
  return new Stage(state, now).play(start);
}

interface AtWork {
  readonly assignment: Extract<Assignment, { kind: "attempt" }>;
  readonly endsAt: Instant;
}

class Stage {
  readonly #state: State;
  readonly #startedAt: Instant;
  readonly #usualMs: number | null;
  readonly #waves = new Map<Instant, Start[]>();
  #atWork: AtWork[] = [];
  #landings: Assignment[] = [];
  #now: Instant;
  #isEstimated = true;

  constructor(state: State, now: Instant) {
    this.#state = fork(state);
    this.#startedAt = now;
    this.#now = now;
    this.#usualMs = medianAttemptMs(state);
  }

  play(start: Extract<ControlInput, { type: "run_started" }>): Rehearsal {
    for (const id of [...this.#state.running.keys()]) this.#lose(id);
    this.#decide({ from: "control", input: start });
    this.#keepBroken();
    for (;;) {
      const landing = this.#landings.shift();
      if (landing !== undefined) {
        this.#submit(landing, { type: "landed", sha: anySha, proven: true, followBlocked: null });
        continue;
      }
      if (this.#leapToTimer(this.#atWork[0]?.endsAt ?? Number.POSITIVE_INFINITY)) continue;
      const next = this.#atWork.shift();
      if (next === undefined) break;
      this.#now = next.endsAt;
      this.#submit(next.assignment, {
        type: "attempt_ended",
        outcome: "verified",
        why: "as rehearsed",
        work: { head: anySha, saved: null, commits: 1 },
        usage: null,
        evidence: [],
        slotBroken: null,
        limit: null,
        verifyPassed: false,
      });
    }
    return {
      waves: [...this.#waves].map(([at, starts]) => ({ afterMs: at - this.#startedAt, starts })),
      left: this.#left(),
      lengthMs: this.#now - this.#startedAt,
      isEstimated: this.#isEstimated,
    };
  }

  /** What a dead temoin has left at work is given back, as a real start does. */
  #lose(id: TaskId): void {
    const task = taskOf(this.#state, id);
    const last = task.attempts.at(-1);
    if (last === undefined) return;
    const { work, n } = last;
    const because = "its temoin is gone";
    this.#decide({
      from: "control",
      input: { type: "lost", task: id, attempt: n, byRestart: true, work, why: because },
    });
  }

  /** What is missing now stays so: nobody knows when it will be there. */
  #keepBroken(): void {
    const { slots } = this.#state;
    for (const [id, slot] of [...slots.entries()]) {
      if (slot.broken === null) continue;
      slots.set(id, { ...slot, broken: { ...slot.broken, retryAt: Number.POSITIVE_INFINITY } });
    }
  }

  /** To the next instant at which time alone changes something, if that is before. */
  #leapToTimer(before: Instant): boolean {
    const { timers, slots } = this.#state;
    const wakes = [...slots.values()].flatMap(({ asleep }) => asleep?.until ?? []);
    const next = Math.min(...[...timers.values(), ...wakes].filter((at) => at > this.#now));
    if (next >= before) return false;
    this.#now = next;
    this.#decide({ from: "control", input: { type: "tick" } });
    return true;
  }

  #submit(assignment: Assignment, input: Extract<Input, { from: "runner" }>["input"]): void {
    const lease: Lease = {
      queue: "",
      id: "",
      fence: 0,
      runner: "rehearsal",
      expiresAt: this.#now,
      // What control puts into its offers is an Assignment.
      data: { ...assignment },
    };
    this.#decide({ from: "runner", input, lease });
  }

  #decide(input: Input): void {
    const decided = decide(this.#state, input, this.#now);
    if (isRefusal(decided)) throw new Error(decided.refused);
    this.#carryOut(decided);
  }

  #carryOut({ events, offers }: Decision): void {
    for (const event of events) {
      apply(this.#state, event);
      if (event.type === "attempt_offered") this.#begin(event);
    }
    for (const { data } of offers) {
      // Offers carry what `decide` has put into them.
      const assignment = data as unknown as Assignment;
      if (assignment.kind === "landing") this.#landings.push(assignment);
    }
    this.#atWork.sort((a, b) => a.endsAt - b.endsAt);
  }

  #begin(offered: {
    readonly task: TaskId;
    readonly attempt: number;
    readonly slot: SlotId;
    readonly agent: string;
    readonly because: string;
  }): void {
    const { task: id, attempt, slot, agent, because } = offered;
    const { spec } = taskOf(this.#state, id);
    const known = estimateMs(spec.estimate) ?? this.#usualMs;
    if (known === null) this.#isEstimated = false;
    const expectedMs = known ?? unknownLengthMs;
    const wave = this.#waves.get(this.#now) ?? [];
    wave.push({ task: id, title: spec.title, slot, agent, because, expectedMs });
    this.#waves.set(this.#now, wave);
    const assignment = { kind: "attempt", task: id, attempt } as const;
    this.#atWork.push({ assignment, endsAt: this.#now + expectedMs });
  }

  #left(): Rehearsal["left"] {
    return [...this.#state.tasks.values()]
      .filter((task) => !isTerminal(task.state) || task.state === "failed")
      .map((task) => ({
        task: task.spec.id,
        state: task.state,
        why: says(why(this.#state, task.spec.id, this.#now)?.because ?? []),
      }));
  }
}

function says(because: readonly Evidence[]): string {
  return because.at(-1)?.says ?? "nothing is known";
}

/** No commit: what a rehearsal lands is nowhere. */
const anySha = shaOfZeros();

function shaOfZeros(): CommitSha {
  const sha = parseSha("0".repeat(40));
  if (sha === null) throw new Error("forty zeros are a git object name");
  return sha;
}
