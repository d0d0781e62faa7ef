/**
 * A goal becomes a draft of a plan: an agent writes it, in a seat of its own and in no run, and what
 * it hands in is judged at once. Nothing of the queue is changed here. Not an `Operation`: it tells
 * each step, and it may take long.
 */

import { realpath } from "node:fs/promises";
import path from "node:path";
import type { LoadedConfig } from "../config/load.ts";
import type { AgentSpec } from "../domain/agent.ts";
import { type DraftFinding, findingText } from "../domain/drafted-plan.ts";
import type { AgentName } from "../domain/id.ts";
import { boardLines, type Missing, mostRounds, type PlanningOrder } from "../domain/planning.ts";
import { countText } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { writeText } from "../lib/text-file.ts";
import type { Context, HandedIn, PlanningRequest } from "./context.ts";
import { demand } from "./invoke.ts";
import { judgeText } from "./judge-draft.ts";
import { planFile } from "./plan-file.ts";
import { findPlanners } from "./planners.ts";

/** A longer one is a document: name it in the goal (chosen). */
const longestGoal = 20_000;

export interface PlanListener {
  /** Whom it asks, before it does. */
  readonly onAgent: (agent: AgentSpec) => void;
  /** One line about what goes on. */
  readonly onTold: (says: string) => void;
  readonly signal: AbortSignal;
}

export interface Drafted {
  readonly agent: AgentName;
  /** Where the draft is kept, from the directory of the context; `null`: none was handed in. */
  readonly file: string | null;
  readonly text: string;
  readonly tasks: number;
  /** Empty: it is complete. */
  readonly findings: readonly DraftFinding[];
  /** How often the agent was asked. */
  readonly rounds: number;
  /** Why its last turn did not come to its end; `null`: it did. */
  readonly trouble: string | null;
  /** What it has printed. */
  readonly log: string;
}

export interface PlanWish {
  readonly goal: string;
  /** By name; `null`: whoever is first. */
  readonly agent: string | null;
}

interface PlanningRound {
  readonly order: PlanningOrder;
  /** The next one is asked where one cannot go on and has handed in nothing. */
  readonly agents: readonly [AgentSpec, ...AgentSpec[]];
  readonly loaded: LoadedConfig;
}

/** What an agent would be asked, and which; nobody is. */
export async function planOrder(
  context: Context,
  { goal, agent: named }: PlanWish,
): Promise<PlanningRound> {
  await demand(context, "change", "plan");
  const words = goal.trim();
  if (words === "" || words.length > longestGoal) {
    const size = words === "" ? "it is empty" : `it has ${words.length} characters`;
    throw new AppError("usage", `Cannot plan for this goal: ${size}.`, {
      hint: `Say in at most ${longestGoal} characters what is to be true: temoin plan "…"`,
    });
  }
  const loaded = await context.config();
  const state = await context.state();
  const planners = await findPlanners(context, { loaded, state, named });
  const { agents, gates } = loaded.config;
  const { name } = await planFile(context, words);
  const order = {
    agent: planners[0].name,
    goal: words,
    board: boardLines(state),
    gates: gates.map(({ name: gate, run }) => ({ name: gate, run })),
    roles: [...new Set(agents.flatMap(({ roles }) => roles))],
    before: [...state.tasks.values()].flatMap(({ spec }) =>
      spec.source?.file === name && spec.splitFrom === undefined ? [spec.id] : [],
    ),
  };
  return { order, agents: planners, loaded };
}

/** Rejects with an AppError where nobody can be asked, and with the signal's reason. */
export async function draftPlan(
  context: Context,
  wish: PlanWish,
  { onAgent, onTold, signal }: PlanListener,
): Promise<Drafted> {
  const { order, agents, loaded } = await planOrder(context, wish);
  const file = await planFile(context, order.goal);
  let last: { readonly text: string; readonly judged: Judged } | null = null;
  const onDraft = async (text: string): Promise<HandedIn> => {
    const judged = await judgeText(context, { file: file.name, text, loaded });
    last = { text, judged };
    const { tasks, findings } = judged;
    const complete = findings.length === 0;
    onTold(complete ? `handed in ${countText(tasks, "task")}` : missingText(findings.length));
    return { complete, tasks, findings: findings.map(findingText) };
  };
  const missingNow = (): Missing => missingIn(last);
  const told = await askInTurn(
    context,
    { order, missingNow },
    {
      agents,
      onAgent,
      request: { loaded, onDraft, onTold, signal },
    },
  );
  const kept = last as { readonly text: string; readonly judged: Judged } | null;
  if (kept === null) return { ...told, file: null, text: "", tasks: 0, findings: [] };
  const { tasks, findings } = kept.judged;
  // A complete one of an earlier time is not lost by another that is not.
  const at = findings.length === 0 ? file.path : file.path.replace(/\.md$/, ".unfinished.md");
  // Its agent has ended: from here on nobody but the person writes there.
  await writeText(at, kept.text);
  const name = path.relative(await realpath(context.dir), at);
  return { ...told, file: name, text: kept.text, tasks, findings };
}

type Asked = Pick<Drafted, "agent" | "rounds" | "trouble" | "log">;

interface Asking {
  readonly order: PlanningOrder;
  /** In the draft that was handed in last. */
  readonly missingNow: () => Missing;
}

interface Planners extends Pick<PlanListener, "onAgent"> {
  readonly agents: PlanningRound["agents"];
  readonly request: Omit<PlanningRequest, "agent">;
}

/** One after the other, until one has handed in something or has come to its end by itself. */
async function askInTurn(
  context: Context,
  asking: Asking,
  { agents: [agent, next, ...others], onAgent, request }: Planners,
): Promise<Asked> {
  onAgent(agent);
  const order = { ...asking.order, agent: agent.name };
  const asked = await askUntilComplete(context, { ...asking, order }, { ...request, agent }).catch(
    (error: unknown) => {
      request.signal.throwIfAborted();
      const isIts = error instanceof AppError && error.code !== "locked";
      if (!isIts || next === undefined) throw error;
      return { agent: agent.name, rounds: 1, trouble: error.message, log: "" };
    },
  );
  const isOver = asked.trouble === null || asking.missingNow() !== null || next === undefined;
  if (isOver) return asked;
  request.onTold(`${agent.name}: ${asked.trouble}`);
  return await askInTurn(context, asking, { agents: [next, ...others], onAgent, request });
}

/** Until there is nothing to be completed, or it cannot go on. Then it has ended. */
async function askUntilComplete(
  context: Context,
  { order, missingNow }: Asking,
  request: PlanningRequest,
): Promise<Asked> {
  await using planning = await context.openPlanning(request);
  const told = { agent: order.agent, log: planning.log };
  let missing: Missing | undefined;
  for (let rounds = 1; ; rounds += 1) {
    const trouble = await planning.take(order, missing);
    request.signal.throwIfAborted();
    const before = missing;
    missing = missingNow();
    // A turn that has failed with a draft of its own is a round like any other.
    const hasHandedIn = missing !== null && missing !== before;
    const cannotGoOn = trouble !== null && (trouble.isOver || !hasHandedIn);
    const isOver = cannotGoOn || missing?.length === 0 || rounds === mostRounds;
    if (isOver) return { ...told, rounds, trouble: trouble?.says ?? null };
  }
}

function missingText(count: number): string {
  return count === 1 ? "one thing is missing in it" : `${count} things are missing in it`;
}

type Judged = Awaited<ReturnType<typeof judgeText>>;

function missingIn(last: { readonly judged: Judged } | null): Missing {
  return last === null ? null : last.judged.findings;
}
