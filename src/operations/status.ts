/** Is a run at work, who does what, what is missing from the goal? */

import { z } from "zod";
import type { AgentSpec } from "../domain/agent.ts";
import type { Instant, SlotId } from "../domain/id.ts";
import type { State } from "../domain/state.ts";
import { statusJson } from "../domain/view-status-json.ts";
import { AppError } from "../lib/app-error.ts";
import type { Context, Holder, Planner } from "./context.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";

type StatusJson = ReturnType<typeof statusJson>;

/** `asks`: the ids of what it waits for a person with. */
type AgentJson = StatusJson["agents"][number] & { readonly asks: readonly string[] };

export interface Status {
  readonly json: Omit<StatusJson, "agents"> & {
    readonly agents: readonly AgentJson[];
    readonly holder: Holder | null;
    readonly planner: Planner | null;
  };
  readonly state: State;
  /** The configuration is another one than that which the run has read. */
  readonly isStale: boolean;
}

const maybe = z.string().nullable();

const shape = z.looseObject({
  run: z.looseObject({
    state: z.enum(["none", "running", "paused", "stopping", "interrupted", "ended"]),
    startedAt: maybe,
    eta: maybe,
    endedAt: maybe,
    exitCode: z.int().nullable(),
    why: maybe,
  }),
  agents: z.array(
    z.looseObject({
      name: z.string().describe("of the slot"),
      agent: z.string(),
      driver: maybe,
      state: z.string(),
      task: maybe,
      since: z.iso.datetime(),
      why: maybe,
      asks: z.array(z.string()),
    }),
  ),
  tasks: z.record(z.string(), z.int()),
  goal: z.array(z.looseObject({ name: z.string(), met: z.boolean(), detail: z.string() })),
  inbox: z.int(),
  planner: z.looseObject({ pid: z.int(), isLeft: z.boolean() }).nullable(),
});

export const status: Operation<Record<string, never>, Status> = {
  name: "status",
  summary: "who does what, how the tasks and the goal stand",
  effect: "look",
  input: noInput,
  async run(context) {
    const [state, holder, planner, configured] = await Promise.all([
      context.state(),
      context.holder(),
      context.planner(),
      readConfig(context),
    ]);
    return statusOf(state, { now: context.clock.now(), holder, planner, configured });
  },
  tool: {
    says: "The run, who does what and by what that is known, how many tasks stand how, the goal, how many lines wait in the inbox, and what was used up.",
    output: shape,
    json: ({ json: { schema: _, ...told } }) => told,
  },
};

export interface StatusParts {
  readonly now: Instant;
  readonly holder: Holder | null;
  readonly planner: Planner | null;
  /** `null`: it cannot be read. */
  readonly configured: Configured | null;
}

export function statusOf(state: State, { now, holder, planner, configured }: StatusParts): Status {
  const agents = configured?.agents ?? [];
  const isStale =
    holder !== null &&
    state.run !== null &&
    configured !== null &&
    configured.hash !== state.run.configHash;
  const json = statusJson(state, { now, agents, hasRunner: holder !== null });
  const withAsks = json.agents.map((agent) => ({ ...agent, asks: asksOf(state, agent.name) }));
  return { json: { ...json, agents: withAsks, holder, planner }, state, isStale };
}

function asksOf(state: State, slot: SlotId): readonly string[] {
  return [...state.asks.values()]
    .filter((open) => open.slot === slot && state.running.has(open.task))
    .map(({ id }) => id);
}

export interface Configured {
  readonly agents: readonly AgentSpec[];
  readonly hash: string;
}

export async function readConfig(context: Context): Promise<Configured | null> {
  try {
    const { config, hash } = await context.config();
    return { agents: config.agents, hash };
  } catch (error) {
    // The state can be told without it; `temoin doctor` tells what is wrong with it.
    if (error instanceof AppError && error.code === "config") return null;
    throw error;
  }
}
