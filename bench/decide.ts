/** How long one decision takes while ten thousand tasks lie in the queue. */

import { apply } from "../src/domain/apply.ts";
import { decide as decideOne, isRefusal } from "../src/domain/decide.ts";
import type { Input, RunnerInput } from "../src/domain/input.ts";
import { emptyState, type State } from "../src/domain/state.ts";
import { draft, leaseOf, runStarted, sha } from "../test/unit/domain/project.ts";
import { type Measurement, spread, timed } from "./measurement.ts";
import { drawQueue, fourAgents } from "./queue.ts";
import { VirtualRun } from "./virtual-run.ts";

/** Chosen: from here on a decision is one that the compiler has optimised. */
const warmUp = 500;

/** Of one decision, in milliseconds; the goal of the issue. */
const goals = { p95: 5 };

export const decide: Measurement = {
  name: "decide",
  about: "decide for one outcome, with 10,000 tasks in the queue",
  async run(say) {
    say("10,000 tasks that depend on each other, played to their end");
    const whole = play({ dependent: 0.7 });
    say("10,000 tasks that are all ready, the first 2,000 decisions");
    const ready = play({ dependent: 0, mostEvents: 18_000 });
    const scoped = play({ dependent: 0, withScope: 1, mostEvents: 18_000 });
    say("one landing on which 9,999 tasks wait");
    const unit = "ms";
    return [
      ...spread({ what: "an attempt has ended", unit }, whole.ended, goals),
      ...spread({ what: "a task has landed", unit }, whole.landed, goals),
      ...spread({ what: "an attempt has ended, all others ready", unit }, ready.ended, goals),
      ...spread({ what: "the same, each with a file scope", unit }, scoped.ended, goals),
      ...spread({ what: "a task has landed on which 9,999 wait", unit }, timeHub()),
    ];
  },
};

interface Tooks {
  readonly ended: readonly number[];
  readonly landed: readonly number[];
}

/** Every eighth first attempt has a bad end, so that the queue grows back too. */
function play(plan: {
  readonly dependent: number;
  readonly withScope?: number;
  readonly mostEvents?: number;
}): Tooks {
  const { dependent, withScope = 0, ...rest } = plan;
  const ended: number[] = [];
  const landed: number[] = [];
  const run = new VirtualRun({
    ...rest,
    tasks: drawQueue({ seed: 1, size: 10_000, dependent, reach: 200, withRole: 0.2, withScope }),
    agents: fourAgents,
    lengthMs: (task) => 60_000 + (numberOf(task) % 7) * 10_000,
    handoverMs: 100,
    landingMs: 200,
    outcomeOf: (task, attempt) =>
      attempt === 1 && numberOf(task) % 8 === 0 ? "gate_failed" : "verified",
    onDecision(input, tookMs) {
      if (input.from !== "runner") return;
      if (input.input.type === "attempt_ended") ended.push(tookMs);
      if (input.input.type === "landed") landed.push(tookMs);
    },
  });
  run.play();
  if (plan.mostEvents === undefined && run.state.settled !== 10_000) {
    throw new Error("the queue was not worked through");
  }
  return { ended: ended.slice(warmUp), landed: landed.slice(warmUp) };
}

function numberOf(task: string): number {
  return Number(task.slice("Q-".length));
}

/** The widest step there can be; it is told without a goal. */
function timeHub(): readonly number[] {
  const state = hubState();
  const landed = { type: "landed", sha: sha(2), proven: true, followBlocked: null } as const;
  const tooks: number[] = [];
  for (let round = 0; round < 25; round += 1) {
    const { ms } = timed(() => decideOne(state, fromHub("landing", landed), 3_000));
    if (round >= 5) tooks.push(ms);
  }
  return tooks;
}

/** `hub` is at its landing; 9,999 tasks wait for it. */
function hubState(): State {
  const state = emptyState();
  const carryOut = (input: Input): void => {
    const decided = decideOne(state, input, 1_000);
    if (isRefusal(decided)) throw new Error(decided.refused);
    for (const event of decided.events) apply(state, event);
  };
  const hub = draft("hub");
  const others = Array.from({ length: 9_999 }, (_, n) => draft(`S-${n}`, { deps: [hub.spec.id] }));
  carryOut({ from: "person", input: { type: "add", tasks: [hub, ...others] } });
  carryOut({ from: "control", input: runStarted(fourAgents) });
  carryOut(
    fromHub("attempt", {
      type: "attempt_ended",
      outcome: "verified",
      why: "it was verified",
      work: { head: sha(1), saved: null, commits: 1 },
      usage: null,
      evidence: [],
      slotBroken: null,
      limit: null,
      verifyPassed: false,
    }),
  );
  return state;
}

function fromHub(kind: "attempt" | "landing", input: RunnerInput): Input {
  const data = { kind, task: "hub", attempt: 1 };
  return { from: "runner", input, lease: leaseOf({ queue: kind, id: "hub/1", priority: 0, data }) };
}
