/** What a person is told of the budget while the run goes on. */

import { nearlyUsed, tokensOf } from "./budget.ts";
import type { Draft } from "./draft.ts";
import type { AgentName, TaskId } from "./id.ts";
import type { Budget } from "./policy.ts";
import { taskOf } from "./state.ts";

/** Tells a person, once, that most of the budget is used, and what of it cannot be counted. */
export function noteBudget(
  draft: Draft,
  of: { readonly task: TaskId; readonly attempt: number },
): void {
  const { run } = draft.state;
  if (run === null || run.ended !== null || run.policy.budget === undefined) return;
  const near = nearlyUsed(run);
  if (near !== null && !run.isWarned) {
    draft.inbox({
      key: "budget:near",
      kind: "budget",
      task: null,
      says: near,
      next: "temoin status tells the spend; once it is used up, no task is started in this run",
    });
  }
  noteUnknown(draft, of, run.policy.budget);
}

function noteUnknown(
  draft: Draft,
  { task, attempt }: { readonly task: TaskId; readonly attempt: number },
  budget: Budget,
): void {
  const ended = taskOf(draft.state, task).attempts[attempt - 1];
  if (ended?.phase !== "ended" || ended.agentBroken || ended.outcome === "lost") return;
  const missing = [
    ...(budget.cost !== null && ended.usage?.costUsd === undefined ? ["cost"] : []),
    ...(budget.tokens !== null && tokensOf(ended.usage) === null ? ["tokens"] : []),
  ];
  if (missing.length === 0) return;
  const key = unknownKey(ended.agent);
  if (draft.state.inbox.has(key)) return;
  draft.inbox({
    key,
    kind: "budget",
    task: null,
    says: `${ended.agent} tells no ${missing.join(" and no ")}: the budget cannot count it`,
    next: "give the run a deadline too, or leave that agent out",
  });
}

function unknownKey(agent: AgentName): string {
  return `budget:unknown:${agent}`;
}

/** A new account begins. */
export function clearBudget(draft: Draft): void {
  for (const key of [...draft.state.inbox.keys()]) {
    if (key.startsWith("budget:")) draft.clearInbox(key);
  }
}
