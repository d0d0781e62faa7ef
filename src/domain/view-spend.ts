/** What was used up, as people read it: by a task, a slot, an agent, the run. Unknown is never zero. */

import type { Usage } from "./agent.ts";
import type { Attempt } from "./attempt.ts";
import { costText, tokensOf, tokensText } from "./budget.ts";
import type { AgentName } from "./id.ts";
import type { Run, State } from "./state.ts";
import type { Task } from "./task.ts";
import { addUsage } from "./usage.ts";
import { listText } from "./view-text.ts";

export function attemptsIn(task: Task, { since }: Run): readonly Attempt[] {
  return task.attempts.filter((attempt) => attempt.startedAt >= since);
}

/** `null`: nobody has told anything. */
export function spentOn(attempts: readonly Attempt[]): Usage | null {
  return attempts.reduce<Usage | null>((sum, { usage }) => addUsage(sum, usage), null);
}

/** `$0.42, 12.3k tokens`; what is not known is said to be so. */
export function spendText(usage: Usage | null): string {
  const tokens = tokensOf(usage);
  const cost = usage?.costUsd;
  if (cost === undefined && tokens === null) return "unknown";
  const money = cost === undefined ? "cost unknown" : costText(cost);
  return tokens === null ? money : `${money}, ${tokensText(tokens)} tokens`;
}

/** The same of attempts: nothing at all where there was none. */
export function attemptsSpend(attempts: readonly Attempt[]): string {
  return attempts.length === 0 ? "–" : spendText(spentOn(attempts));
}

/** Has any agent ever told what it uses? */
export function tellsSpend(state: State): boolean {
  return [...state.tasks.values()].some((task) => spendText(spentOn(task.attempts)) !== "unknown");
}

/** `$1.20 of $5.00, 9.0k tokens (bo $1.20, 9.0k tokens; ada unknown)`: the run and its agents. */
export function runSpend(state: State, run: Run): string {
  const { cost = null, tokens = null } = run.policy.budget ?? {};
  const bounds = [
    ...(cost === null ? [] : [costText(cost)]),
    ...(tokens === null ? [] : [`${tokensText(tokens)} tokens`]),
  ];
  const bound = bounds.length === 0 ? "" : ` of ${bounds.join(" and ")}`;
  const attempts = [...state.tasks.values()].flatMap((task) => attemptsIn(task, run));
  const byAgent = Map.groupBy(attempts, ({ agent }) => agent);
  const parts = [...byAgent].map(([agent, own]) => `${agent} ${spendText(spentOn(own))}`);
  const who = parts.length < 2 ? "" : ` (${parts.join("; ")})`;
  return `${spendText(run.spent)}${bound}${who}`;
}

/** Who has told no cost, after the sum of those who have: `, and what ada did not tell`. */
export function untold(usage: Usage | null, silent: readonly AgentName[]): string {
  if (silent.length === 0) return "";
  const names = listText(silent);
  if (spendText(usage) !== "unknown") return `, and what ${names} did not tell`;
  return `: ${names} ${silent.length === 1 ? "tells" : "tell"} none`;
}
