/** The status as `--json` prints it: the run, its agents, its tasks in numbers (docs/spec.md). */

import type { AgentSpec, Usage } from "./agent.ts";
import { eta } from "./eta.ts";
import { etaRange } from "./eta-range.ts";
import { waitsUntil } from "./goal.ts";
import { goal } from "./goal-items.ts";
import type { Instant } from "./id.ts";
import type { Sleep } from "./slot.ts";
import { isRunning, type State } from "./state.ts";
import { addUsage } from "./usage.ts";
import { type ShownSlot, shownSlots, transportOf } from "./view-agent.ts";
import { conductorJson } from "./view-conductor.ts";
import { evidenceJson, schema, usageJson } from "./view-json.ts";
import { runState } from "./view-run.ts";
import { countTasks } from "./view-task.ts";
import { isoTime } from "./view-time.ts";

export interface StatusFacts {
  readonly now: Instant;
  /** As they are configured; the state knows only which slots they have. */
  readonly agents: readonly AgentSpec[];
  /** Is a process at work on the run? A run that was killed is open in the log all the same. */
  readonly hasRunner: boolean;
}

export function statusJson(state: State, facts: StatusFacts) {
  const specs = new Map(facts.agents.map((agent) => [agent.name, agent]));
  return {
    schema,
    run: runJson(state, facts),
    agents: shownSlots(state, facts.hasRunner).map((shown) => ({
      name: shown.slot,
      agent: shown.agent,
      driver: specs.get(shown.agent)?.driver ?? null,
      transport: transportOf(specs.get(shown.agent)),
      state: shown.state,
      task: shown.task,
      phase: shown.phase,
      since: isoTime(shown.since),
      context: contextJson(shown),
      quota: quotaJson(shown),
      usage: usageJson(shown.usage),
      limit: limitJson(shown.limit),
      why: shown.why,
      because: shown.because.map(evidenceJson),
      held: shown.held,
    })),
    conductor: conductorJson(state, facts.hasRunner),
    tasks: countTasks(state),
    goal: goal(state),
    inbox: state.inbox.size,
    spent: usageJson(spent(state)),
  };
}

/** `percent` is rounded down; `says` is as `temoin status` says it. */
function contextJson({ context, usage }: ShownSlot) {
  if (context === null) return null;
  const { used = null, size = null } = usage?.context ?? {};
  const percent = context.percent === null ? null : Math.floor(context.percent);
  return { used, size, percent, source: context.source, says: context.says };
}

function quotaJson({ quota, usage }: ShownSlot) {
  if (quota === null || usage?.quota === undefined) return null;
  const { percent, resetsAt } = usage.quota;
  return { percent: Math.floor(percent), resetsAt: isoTime(resetsAt), says: quota.says };
}

function limitJson(limit: Sleep | null) {
  if (limit === null) return null;
  const { kind, says, resetAt, until, metBy = null } = limit;
  return { kind, says, resetAt: isoTime(resetAt), until: isoTime(until), metBy };
}

function runJson(state: State, { now, hasRunner }: StatusFacts) {
  const { run } = state;
  const budget = run?.policy.budget;
  const isAtWork = hasRunner && isRunning(state);
  return {
    state: runState(state, hasRunner),
    startedAt: isoTime(run?.startedAt ?? null),
    eta: isAtWork ? isoTime(eta(state, now)) : null,
    etaRange: isAtWork ? (etaRange(state, now)?.map((at) => isoTime(at)) ?? null) : null,
    endedAt: isoTime(run?.ended?.at ?? null),
    exitCode: run?.ended?.exitCode ?? null,
    why: run?.ended?.why ?? run?.stopping ?? null,
    target: run?.target ?? null,
    configHash: run?.configHash ?? null,
    deadline: isoTime(run?.policy.deadline ?? null),
    budget: { cost: budget?.cost ?? null, tokens: budget?.tokens ?? null },
    spent: usageJson(run?.spent ?? null),
    lowDisk: lowDiskJson(state),
    waitsUntil: hasRunner ? isoTime(waitsUntil(state)) : null,
  };
}

/** Where too little is free for one more attempt; `null`: nowhere. */
function lowDiskJson({ lowDisk }: State) {
  if (lowDisk === null) return null;
  const { dir, freeBytes, leastBytes, since } = lowDisk;
  return { dir, freeBytes, leastBytes, since: isoTime(since) };
}

/** The sum of what agents have told of their use; a part that none has told is unknown. */
function spent(state: State): Usage {
  let sum: Usage | null = null;
  for (const task of state.tasks.values()) {
    for (const { usage } of task.attempts) sum = addUsage(sum, usage);
  }
  return sum ?? {};
}
