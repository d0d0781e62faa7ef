/**
 * What a person has configured, as the rest of the program sees it: complete, checked, and without
 * a trace of the file that it came from. Nothing here changes while a run lasts.
 */

import { createHash } from "node:crypto";
import type { AgentSpec, SlotSpec } from "../domain/agent.ts";
import type { Instant } from "../domain/id.ts";
import { slotId } from "../domain/id.ts";
import { defaultPolicy, type GoalItem, type Policy } from "../domain/policy.ts";
import type { GateSpec } from "../gates/gate.ts";
import { deadlineAfter, type Until } from "./deadline.ts";

export interface Config {
  /** The branch that landings go to; `null`: the one that is checked out. */
  readonly target: string | null;
  /** In the order of the file, which is the order of fallback. */
  readonly agents: readonly AgentSpec[];
  readonly gates: readonly GateSpec[];
  /** Run by `sh -c` once per workspace; `null`: nothing. */
  readonly setup: string | null;
  readonly goal: readonly GoalItem[];
  readonly landing: { readonly mode: "merge" | "squash" };
  readonly watch: { readonly turnMs: number };
  readonly attempts: { readonly perTask: number; readonly feedbackRounds: number };
  readonly budget: { readonly until: Until | null };
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

export const defaultConfig: Config = {
  target: null,
  agents: [],
  gates: [],
  setup: null,
  goal: defaultPolicy.goal,
  landing: { mode: defaultPolicy.landing },
  watch: { turnMs: defaultPolicy.turnMs },
  attempts: { perTask: defaultPolicy.perTask, feedbackRounds: defaultPolicy.feedbackRounds },
  budget: { until: null },
  prompts: { style: "headings", template: null },
  log: { file: ".temoin/LOG.md", status: ".temoin/STATUS.md", completed: null },
};

/** With gates the goal is also that they pass on what has landed. */
export function defaultGoal(hasGates: boolean): readonly GoalItem[] {
  return hasGates ? [{ kind: "queue" }, { kind: "gates" }] : [{ kind: "queue" }];
}

/** The policy of a run that starts now. */
export function policyOf(config: Config, now: Instant): Policy {
  return {
    perTask: config.attempts.perTask,
    feedbackRounds: config.attempts.feedbackRounds,
    turnMs: config.watch.turnMs,
    landing: config.landing.mode,
    goal: config.goal,
    gates: config.gates.map((gate) => gate.name),
    deadline: config.budget.until === null ? null : deadlineAfter(config.budget.until, now),
  };
}

/** Every slot of every agent, in the order of the file. */
export function slotsOf(config: Config): readonly SlotSpec[] {
  return config.agents.flatMap((agent) =>
    Array.from({ length: agent.slots }, (_, place) => ({
      id: slotId(agent.name, place + 1),
      agent: agent.name,
      roles: agent.roles,
    })),
  );
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
