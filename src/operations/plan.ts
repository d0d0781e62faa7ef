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
import type { State } from "../domain/state.ts";
import { unfitness } from "../domain/succession.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import { writeText } from "../lib/text-file.ts";
import type { Context, HandedIn, PlanningRequest } from "./context.ts";
import { demand } from "./invoke.ts";
import { judgeText } from "./judge-draft.ts";
import { planFile } from "./plan-file.ts";

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

/** What an agent would be asked, and which; nobody is. */
export async function planOrder(
  context: Context,
  { goal, agent: named }: PlanWish,
): Promise<{ readonly order: PlanningOrder; readonly agent: AgentSpec; loaded: LoadedConfig }> {
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
  const agent = await chooseAgent(context, { loaded, state, named });
  const { agents, gates } = loaded.config;
  const { name } = await planFile(context, words);
  const order = {
    agent: agent.name,
    goal: words,
    board: boardLines(state),
    gates: gates.map(({ name: gate, run }) => ({ name: gate, run })),
    roles: [...new Set(agents.flatMap(({ roles }) => roles))],
    before: [...state.tasks.values()].flatMap(({ spec }) =>
      spec.source?.file === name && spec.splitFrom === undefined ? [spec.id] : [],
    ),
  };
  return { order, agent, loaded };
}

/** Rejects with an AppError where nobody can be asked, and with the signal's reason. */
export async function draftPlan(
  context: Context,
  wish: PlanWish,
  { onAgent, onTold, signal }: PlanListener,
): Promise<Drafted> {
  const { order, agent, loaded } = await planOrder(context, wish);
  const file = await planFile(context, order.goal);
  let last: { readonly text: string; readonly judged: Judged } | null = null;
  const onDraft = async (text: string): Promise<HandedIn> => {
    const judged = await judgeText(context, { file: file.name, text, loaded });
    last = { text, judged };
    const { tasks, findings } = judged;
    const complete = findings.length === 0;
    onTold(complete ? `handed in ${tasks} tasks` : `${findings.length} things are missing in it`);
    return { complete, tasks, findings: findings.map(findingText) };
  };
  onAgent(agent);
  const asked = await askUntilComplete(context, { order, signal }, () => missingIn(last), {
    agent,
    loaded,
    onDraft,
    onTold,
    signal,
  });
  const told = { agent: agent.name, ...asked };
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

/** Until there is nothing to be completed, or it cannot go on. Then its agent has ended. */
async function askUntilComplete(
  context: Context,
  { order, signal }: { readonly order: PlanningOrder; readonly signal: AbortSignal },
  missingNow: () => Missing,
  request: PlanningRequest,
): Promise<Pick<Drafted, "rounds" | "trouble" | "log">> {
  await using planning = await context.openPlanning(request);
  const { log } = planning;
  let missing: Missing | undefined;
  for (let rounds = 1; ; rounds += 1) {
    const trouble = await planning.take(order, missing);
    signal.throwIfAborted();
    missing = missingNow();
    const isOver = trouble !== null || missing?.length === 0 || rounds === mostRounds;
    if (isOver) return { rounds, trouble, log };
  }
}

type Judged = Awaited<ReturnType<typeof judgeText>>;

function missingIn(last: { readonly judged: Judged } | null): Missing {
  return last === null ? null : last.judged.findings;
}

interface Choice {
  readonly loaded: LoadedConfig;
  readonly state: State;
  readonly named: string | null;
}

/** The one that is named; else the first who may be the conductor, else the first of all. */
async function chooseAgent(context: Context, { loaded, state, named }: Choice): Promise<AgentSpec> {
  const { agents, conductor } = loaded.config;
  if (agents.length === 0) {
    throw new AppError("not_found", "No agent is configured: nobody can plan.", {
      hint: "`temoin init` finds those of this machine; write one under `agents:` in temoin.yaml.",
    });
  }
  if (named !== null && !agents.some(({ name }) => name === named)) {
    const known = agents.map(({ name }) => name as string);
    const meant = nearest(named, known);
    const hint = meant === null ? `Agents: ${known.join(", ")}.` : `Did you mean ${meant}?`;
    throw new AppError("not_found", `There is no agent ${named} in temoin.yaml.`, { hint });
  }
  const wanted = named === null ? (conductor?.order ?? agents.map(({ name }) => name)) : [named];
  const missing = await context.missingAgents(loaded);
  const now = context.clock.now();
  const reasons: string[] = [];
  for (const name of wanted) {
    const agent = agents.find((one) => one.name === name);
    if (agent === undefined) continue;
    const gone = missing.find((one) => one.agent === name)?.says;
    // A person who names it knows what they do: only what is not there is refused.
    const unfit = named === null ? unfitness(state, agent.name, now) : null;
    const why = gone ?? (unfit !== null && unfit.until > now ? unfit.why : null);
    if (why === null) return agent;
    reasons.push(`${name}: ${why}`);
  }
  throw new AppError("failed", `Nobody can plan now: ${reasons.join("; ")}`, {
    hint: "`temoin doctor` tells what is missing; `--agent NAME` asks another one.",
  });
}
