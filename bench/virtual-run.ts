/**
 * A whole run in virtual time: real decisions and the real fold; processes, git and the disk are
 * given lengths. Landings go one at a time, as they do. Nothing random happens here: the same
 * queue and the same lengths give the same run.
 */

import { apply } from "../src/domain/apply.ts";
import type { Outcome } from "../src/domain/attempt.ts";
import { type Decision, decide, isRefusal } from "../src/domain/decide.ts";
import type { Event } from "../src/domain/event.ts";
import type { Assignment, Input, RunnerInput, TaskDraft } from "../src/domain/input.ts";
import { emptyState, type State } from "../src/domain/state.ts";
import { type Agents, leaseOf, runStarted, sha } from "../test/unit/domain/project.ts";
import { timed } from "./measurement.ts";

export interface VirtualPlan {
  readonly tasks: readonly TaskDraft[];
  readonly agents: Agents;
  /** How long an agent works on a task. */
  readonly lengthMs: (task: string) => number;
  /** From the offer of a task until its agent has the prompt. */
  readonly handoverMs: number;
  readonly landingMs: number;
  /** How an attempt ends; default: always `verified`. */
  readonly outcomeOf?: (task: string, attempt: number) => Outcome;
  /** Called with each decision: how long `decide` took, and what it was asked. */
  readonly onDecision?: (input: Input, tookMs: number) => void;
  /** The run is left as it is as soon as so many events have happened. */
  readonly mostEvents?: number;
}

interface Happening {
  readonly at: number;
  readonly act: () => void;
}

export class VirtualRun {
  readonly state: State = emptyState();
  readonly events: Event[] = [];
  readonly #plan: VirtualPlan;
  readonly #startedAt = 1_000_000;
  #happenings: Happening[] = [];
  #now = this.#startedAt;
  #landerFreeAt = 0;
  #lastWorkAt = this.#startedAt;

  constructor(plan: VirtualPlan) {
    this.#plan = plan;
  }

  /** Until nothing is left to happen. Returns the makespan: the end of the last attempt. */
  play(): number {
    const { tasks, agents, mostEvents = Number.POSITIVE_INFINITY } = this.#plan;
    this.#decide({ from: "person", input: { type: "add", tasks } });
    this.#decide({ from: "control", input: runStarted(agents) });
    while (this.events.length < mostEvents) {
      this.#happenings.sort((a, b) => a.at - b.at);
      const next = this.#happenings.shift();
      if (next === undefined) break;
      this.#now = next.at;
      next.act();
    }
    return this.#lastWorkAt - this.#startedAt;
  }

  #decide(input: Input): void {
    const { result, ms } = timed(() => decide(this.state, input, this.#now));
    if (isRefusal(result)) throw new Error(result.refused);
    this.#plan.onDecision?.(input, ms);
    this.#carryOut(result);
  }

  #carryOut({ events, offers }: Decision): void {
    for (const event of events) {
      apply(this.state, event);
      this.events.push(event);
    }
    for (const offer of offers) {
      // Offers carry what `decide` has put into them.
      const assignment = offer.data as unknown as Assignment;
      const say = (input: RunnerInput): void =>
        this.#decide({ from: "runner", input, lease: leaseOf(offer) });
      if (assignment.kind === "attempt") this.#work(assignment, say);
      else if (assignment.kind === "landing") this.#land(say);
    }
  }

  #work(at: Extract<Assignment, { kind: "attempt" }>, say: (input: RunnerInput) => void): void {
    const { handoverMs, lengthMs, outcomeOf } = this.#plan;
    const hasPromptAt = this.#now + handoverMs;
    const outcome = outcomeOf?.(at.task, at.attempt) ?? "verified";
    const moved = { type: "attempt_moved", phase: "working", evidence: [] } as const;
    this.#later(hasPromptAt, () => say(moved));
    this.#later(hasPromptAt + lengthMs(at.task), () => {
      this.#lastWorkAt = this.#now;
      say({
        type: "attempt_ended",
        outcome,
        why: `it was ${outcome}`,
        work: { head: sha(1), saved: null, commits: 1 },
        usage: null,
        evidence: [],
        slotBroken: null,
        limit: null,
        verifyPassed: false,
      });
    });
  }

  #land(say: (input: RunnerInput) => void): void {
    this.#landerFreeAt = Math.max(this.#now, this.#landerFreeAt) + this.#plan.landingMs;
    const landed = { type: "landed", sha: sha(2), proven: true, followBlocked: null } as const;
    this.#later(this.#landerFreeAt, () => {
      say({ type: "landing_prepared", prepared: { expected: sha(1), mergeSha: sha(2) } });
      say(landed);
    });
  }

  #later(at: number, act: () => void): void {
    this.#happenings.push({ at, act });
  }
}
