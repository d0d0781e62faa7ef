/**
 * What a person has configured, as the rest of the program sees it: complete, checked, and without
 * a trace of the file that it came from. Nothing here changes while a run lasts.
 */

import { createHash } from "node:crypto";
import { accountOf } from "../domain/account.ts";
import type { AgentSpec, SlotSpec } from "../domain/agent.ts";
import type { AskRules } from "../domain/ask-rule.ts";
import type { ConductorPolicy } from "../domain/conductor.ts";
import { type HandoffPolicy, usualHandoff } from "../domain/handoff.ts";
import type { Instant } from "../domain/id.ts";
import { slotId } from "../domain/id.ts";
import {
  defaultPolicy,
  type GoalItem,
  type Policy,
  usualParkMs,
  usualSilence,
} from "../domain/policy.ts";
import type { WatchTimes } from "../domain/watch.ts";
import type { GateSpec } from "../gates/gate.ts";
import type { SetupCommand } from "../gates/setup.ts";
import { deadlineAfter, type Until } from "./deadline.ts";

export interface Config {
  /** The branch that landings go to; `null`: the one that is checked out. */
  readonly target: string | null;
  /** In the order of the file, which is the order of fallback. */
  readonly agents: readonly AgentSpec[];
  readonly gates: readonly GateSpec[];
  /** Run once per workspace; `null`: nothing. */
  readonly setup: SetupCommand | null;
  readonly goal: readonly GoalItem[];
  readonly landing: {
    readonly mode: "merge" | "squash" | "none";
    readonly review: boolean;
    readonly scope: "report" | "strict";
  };
  /** `parkMs`: after so long a question waits without the slot of its agent; `null`: never. */
  readonly watch: WatchTimes & { readonly parkMs: number | null };
  readonly handoff: HandoffPolicy;
  /** `null`: there is none. */
  readonly conductor: ConductorPolicy | null;
  readonly attempts: {
    readonly perTask: number;
    readonly feedbackRounds: number;
    readonly fixTasks: number;
  };
  readonly budget: {
    readonly until: Until | null;
    /** In US dollars. */
    readonly cost: number | null;
    readonly tokens: number | null;
  };
  /** Of what agents ask, and of what they are charged for. */
  readonly policy: AskRules & { readonly overage: boolean };
  /** With less than that free where a run writes, no attempt begins; 0: nobody looks. */
  readonly disk: { readonly freeBytes: number };
  readonly prompts: { readonly style: "headings" | "xml"; readonly template: Template | null };
  readonly log: {
    readonly file: string;
    readonly status: string;
    /** Where sections of completed tasks are written; `null`: nowhere. */
    readonly completed: string | null;
  };
}

/** A prompt template, read once: a later change of its file changes no run that goes on. */
export interface Template {
  /** As configured, for messages. */
  readonly file: string;
  readonly text: string;
}

/** A gate without `timeout` may take so long (chosen: a cold release build fits). */
export const defaultGateTimeoutMs = 15 * 60 * 1000;

/** With less, a store or a worktree soon stands still (chosen). */
const usualFreeBytes = 256 * 1024 * 1024;

export const defaultConfig: Config = {
  target: null,
  agents: [],
  gates: [],
  setup: null,
  goal: defaultPolicy.goal,
  landing: { mode: defaultPolicy.landing, review: false, scope: "report" },
  watch: { ...usualSilence, turnMs: defaultPolicy.turnMs, parkMs: usualParkMs },
  handoff: usualHandoff,
  conductor: null,
  attempts: {
    perTask: defaultPolicy.perTask,
    feedbackRounds: defaultPolicy.feedbackRounds,
    fixTasks: defaultPolicy.fixTasks,
  },
  budget: { until: null, cost: null, tokens: null },
  policy: { allow: [], deny: [], overage: false },
  disk: { freeBytes: usualFreeBytes },
  prompts: { style: "headings", template: null },
  log: { file: ".temoin/LOG.md", status: ".temoin/STATUS.md", completed: null },
};

/** With gates the goal is also that they pass on what has landed. */
export function defaultGoal(hasGates: boolean): readonly GoalItem[] {
  return hasGates ? [{ kind: "queue" }, { kind: "gates" }] : [{ kind: "queue" }];
}

/** The policy of a run that starts now. */
export function policyOf(config: Config, now: Instant): Policy {
  const { turnMs, parkMs, ...silence } = config.watch;
  return {
    perTask: config.attempts.perTask,
    feedbackRounds: config.attempts.feedbackRounds,
    fixTasks: config.attempts.fixTasks,
    fixers: Object.fromEntries(
      config.gates.flatMap(({ name, fix }) => (fix === undefined ? [] : [[name, fix]])),
    ),
    turnMs,
    watch: silence,
    parkMs,
    handoff: config.handoff,
    ...(config.conductor === null ? {} : { conductor: config.conductor }),
    landing: config.landing.mode,
    review: config.landing.review,
    scope: config.landing.scope,
    goal: config.goal,
    gates: config.gates.map((gate) => gate.name),
    budget: { cost: config.budget.cost, tokens: config.budget.tokens },
    deadline: config.budget.until === null ? null : deadlineAfter(config.budget.until, now),
  };
}

/** Every slot of every agent, in the order of the file. */
export function slotsOf(config: Config): readonly SlotSpec[] {
  return config.agents.flatMap((agent) => {
    const account = accountOf(agent, config.agents);
    return Array.from({ length: agent.slots }, (_, place) => ({
      id: slotId(agent.name, place + 1),
      agent: agent.name,
      ...(account === agent.name ? {} : { account }),
      roles: agent.roles,
    }));
  });
}

/** SHA-256 in hexadecimal. Equal configurations have equal hashes, however they were written. */
export function hashConfig(config: Config): string {
  return createHash("sha256").update(canonicalJson(config)).digest("hex");
}

/** JSON with sorted keys. `agents` is a list here, so their order counts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}
