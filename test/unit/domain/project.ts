/**
 * A project without its hands: inputs go into `decide`, its events into the fold. Every decision
 * of every test is checked for what must hold of all: `decide` leaves its state alone, and the
 * state that follows is legal.
 */

import assert from "node:assert/strict";
import type { Limit } from "../../../src/domain/agent.ts";
import { apply } from "../../../src/domain/apply.ts";
import { noWork, type Outcome, type Work } from "../../../src/domain/attempt.ts";
import type { Lease, Offer } from "../../../src/domain/commit.ts";
import { type Decision, decide, isRefusal } from "../../../src/domain/decide.ts";
import type { Event, EventType } from "../../../src/domain/event.ts";
import { type Outlook, outlook } from "../../../src/domain/goal.ts";
import {
  type AgentName,
  type CommitSha,
  parseAgentName,
  parseSha,
  slotId,
} from "../../../src/domain/id.ts";
import type {
  ControlInput,
  Input,
  PersonInput,
  RunnerInput,
  TaskDraft,
} from "../../../src/domain/input.ts";
import { defaultPolicy, type Policy } from "../../../src/domain/policy.ts";
import type { Refusal } from "../../../src/domain/refusal.ts";
import { emptyState, type State, taskOf } from "../../../src/domain/state.ts";
import type { Task, TaskSpec } from "../../../src/domain/task.ts";
import { id, spec } from "../../task-spec.ts";
import { assertLegal } from "./legal.ts";

export function agent(text: string): AgentName {
  const parsed = parseAgentName(text);
  assert(parsed !== null, text);
  return parsed;
}

/** Forty times the same digit. */
export function sha(digit: number | string): CommitSha {
  const parsed = parseSha(String(digit).padStart(40, "0"));
  assert(parsed !== null, String(digit));
  return parsed;
}

export function draft(name: string, parts: Partial<TaskSpec> = {}): TaskDraft {
  return { spec: spec(name, parts), start: "open" };
}

/** `{ a: ["docs"], b: [] }`: one slot each, unless `slots` says more. */
export type Agents = Readonly<Record<string, readonly string[]>>;

export function runStarted(
  agents: Agents,
  policy: Partial<Policy> = {},
): Extract<ControlInput, { type: "run_started" }> {
  return {
    type: "run_started",
    runner: "here",
    slots: Object.entries(agents).map(([name, roles]) => ({
      id: slotId(agent(name), 1),
      agent: agent(name),
      roles,
    })),
    policy: { ...defaultPolicy, ...policy },
    configHash: "0",
    target: "main",
    targetSha: sha(0),
  };
}

export function work(parts: Partial<Work> = {}): Work {
  return { ...noWork, ...parts };
}

export interface EndParts {
  readonly work?: Work;
  readonly slotBroken?: string;
  readonly limit?: Limit;
  readonly verifyPassed?: boolean;
}

export class Project {
  readonly state: State = emptyState();
  readonly events: Event[] = [];
  now = 1_000;

  /** Decides and folds; a refusal changes nothing and is returned. */
  do(input: Input): Decision | Refusal {
    const before = JSON.stringify(snapshot(this.state));
    const decided = decide(this.state, input, this.now);
    assert.equal(JSON.stringify(snapshot(this.state)), before, "decide changed its state");
    if (isRefusal(decided)) return decided;
    for (const event of decided.events) apply(this.state, event);
    this.events.push(...decided.events);
    assertLegal(this.state);
    return decided;
  }

  /** What a person wants, which must not be refused. */
  ask(input: PersonInput): Decision {
    return accepted(this.do({ from: "person", input }));
  }

  /** What a person wants, which must be refused. */
  refused(input: PersonInput): Refusal {
    const decided = this.do({ from: "person", input });
    assert(isRefusal(decided), `${input.type} was not refused`);
    assert.notEqual(decided.hint, "");
    return decided;
  }

  control(input: ControlInput): Decision {
    return accepted(this.do({ from: "control", input }));
  }

  add(...tasks: readonly TaskDraft[]): Decision {
    return this.ask({ type: "add", tasks });
  }

  run(agents: Agents, policy: Partial<Policy> = {}): Decision {
    return this.control(runStarted(agents, policy));
  }

  /** The runner speaks of the attempt or the landing that the task is at. */
  say(name: string, input: RunnerInput): Decision {
    return accepted(this.do({ from: "runner", input, lease: this.lease(name) }));
  }

  end(name: string, outcome: Outcome, parts: EndParts = {}): Decision {
    const head = outcome === "verified" ? work({ head: sha(1), commits: 1 }) : noWork;
    return this.say(name, {
      type: "attempt_ended",
      outcome,
      why: `it was ${outcome}`,
      work: parts.work ?? head,
      usage: null,
      evidence: [],
      slotBroken: parts.slotBroken ?? null,
      limit: parts.limit ?? null,
      verifyPassed: parts.verifyPassed ?? false,
    });
  }

  lose(name: string, byRestart = false): Decision {
    const task = this.task(name);
    return this.control({
      type: "lost",
      task: task.spec.id,
      attempt: task.attempts.length,
      byRestart,
      work: noWork,
      why: "its runner is gone",
    });
  }

  land(name: string): Decision {
    return this.say(name, { type: "landed", sha: sha(9), proven: true, followBlocked: null });
  }

  /** The runner has looked at the goal: every item that it was asked for is `isMet`. */
  checkGoal(isMet: boolean, followBlocked: string | null = null): Decision {
    const items = this.state.run?.policy.goal ?? [];
    const check = this.state.goalCheck?.check ?? 0;
    const results = items
      .filter((item) => item.kind !== "queue")
      .map((item) => ({
        name: item.kind === "gates" ? "gates" : "run: check",
        met: isMet,
        detail: isMet ? "it passed" : "it is red",
      }));
    return accepted(
      this.do({
        from: "runner",
        input: { type: "goal_checked", results, followBlocked },
        lease: leaseOf({
          queue: "$goal",
          id: `goal/${check}`,
          priority: 0,
          data: { kind: "goal", check },
        }),
      }),
    );
  }

  lease(name: string): Lease {
    const task = this.task(name);
    const attempt = task.attempts.length;
    if (task.state === "landing") {
      const data = { kind: "landing", task: task.spec.id, attempt };
      return leaseOf({ queue: "$landing", id: `${name}/${attempt}`, priority: 0, data });
    }
    const data = { kind: "attempt", task: task.spec.id, attempt };
    const queue = task.state === "running" ? task.slot : "none";
    return leaseOf({ queue, id: `${name}/${attempt}`, priority: 0, data });
  }

  task(name: string): Task {
    return taskOf(this.state, id(name));
  }

  stateOf(name: string): Task["state"] {
    return this.task(name).state;
  }

  /** The agent at work on the task. */
  holder(name: string): string | null {
    const task = this.task(name);
    return task.state === "running" ? (task.attempts.at(-1)?.agent ?? null) : null;
  }

  get outlook(): Outlook {
    return outlook(this.state, this.now);
  }

  get exitCode(): number | null {
    const view = this.outlook;
    return view.kind === "over" ? view.exitCode : null;
  }
}

function accepted(decided: Decision | Refusal): Decision {
  assert(!isRefusal(decided), isRefusal(decided) ? decided.refused : "");
  return decided;
}

export function leaseOf(offer: Offer, fence = 1): Lease {
  const { queue, data } = offer;
  return { queue, id: offer.id, fence, runner: "here", expiresAt: 0, data };
}

export function typesOf(decision: Decision): EventType[] {
  return decision.events.map((event) => event.type);
}

/** Tables as entries, so that two states can be compared as text. */
export function snapshot(state: State): unknown {
  return Object.entries(state).map(([key, value]) =>
    typeof value === "object" && value !== null && "entries" in value
      ? [key, [...value.entries()]]
      : [key, value],
  );
}
