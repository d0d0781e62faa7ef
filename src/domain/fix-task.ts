/**
 * Tasks that mend a red target: urgent, one at a time for the same failures, and at most
 * `attempts.fixTasks` of them; then a person is asked.
 */

import { type GateResult, isRed } from "./attempt.ts";
import { type Brief, emptyBrief } from "./brief.ts";
import type { Draft } from "./draft.ts";
import { fingerprint } from "./fingerprint.ts";
import type { CommitSha, TaskId } from "./id.ts";
import { knownRoles } from "./may-take.ts";
import { ownTaskSpec } from "./own-task.ts";
import { moveDependants, open } from "./progress.ts";
import { isRunning, type State } from "./state.ts";
import { isTerminal, type TaskSpec } from "./task.ts";
import { clearTaskInbox } from "./task-inbox.ts";
import { failureLine } from "./view-failure.ts";
import { listText } from "./view-text.ts";

export interface FixRequest {
  /** Where the target is red. */
  readonly sha: CommitSha;
  /** What its gates found; only what is red counts. */
  readonly results: readonly GateResult[];
  /** Since the target was green, the newest first, with their tasks; empty: not known. */
  readonly commits: readonly string[];
  /** How it was found: `the gates were run before the first task`. */
  readonly why: string;
}

/** The task that mends it, opened now or before; `null`: a person is asked, or none is wanted. */
export function openFixTask(draft: Draft, request: FixRequest): TaskId | null {
  const { run } = draft.state;
  const red = request.results.filter(isRed);
  const what = fingerprint(red);
  if (run === null || what === null || run.policy.fixTasks === 0) return null;
  const earlier = [...draft.state.tasks.values()].filter(({ spec }) => spec.mends === what);
  const atWork = earlier.find((task) => !isTerminal(task.state));
  if (atWork !== undefined) return atWork.spec.id;
  const names = listText(red.map(({ name }) => name));
  if (earlier.length >= run.policy.fixTasks) {
    draft.inbox({
      key: `fix:${what}`,
      kind: "fix",
      task: null,
      says: `the target is red (${names}) after ${earlier.length} tasks to mend it: nothing lands until it is green`,
      next: "mend it on the branch and start temoin again, or raise attempts.fixTasks",
    });
    return null;
  }
  const spec = specOf(draft.state, request, { red, what, names });
  draft.emit({ type: "task_added", spec, status: { state: "queued" } }, "temoin");
  const fixer = fixerOf(draft.state, red);
  if (fixer?.kind === "agent") {
    open(draft, spec.id, "its gate names who mends it", {
      after: { prefer: fixer.name, avoid: null },
    });
  }
  return spec.id;
}

/** The target is green: tasks that were to mend it have nothing left to do. */
export function closeFixTasks(draft: Draft, what: string): void {
  draft.clearInbox(`fix:${what}`);
  for (const { spec, state } of [...draft.state.tasks.values()]) {
    if (spec.mends === undefined) continue;
    switch (state) {
      case "waiting":
      case "queued":
      case "needs_human":
      case "failed":
        clearTaskInbox(draft, spec.id);
        draft.emit({ type: "task_skipped", task: spec.id }, "temoin");
        moveDependants(draft, spec.id);
        break;
      case "running":
        draft.emit({ type: "ending_asked", task: spec.id, ending: { to: "skipped" } }, "temoin");
        break;
      default:
    }
  }
}

function specOf(
  state: State,
  request: FixRequest,
  found: { readonly red: readonly GateResult[]; readonly what: string; readonly names: string },
): TaskSpec {
  const { red, what, names } = found;
  const brief = briefOf(request, red);
  const fixer = fixerOf(state, red);
  return ownTaskSpec(state, {
    prefix: "FIX",
    title: `Mend the target: ${names} red`,
    priority: "urgent",
    brief,
    purpose: { mends: what },
    role: fixer?.kind === "role" ? fixer.name : null,
  });
}

function briefOf({ sha, commits, why }: FixRequest, red: readonly GateResult[]): Brief {
  const failures = red.flatMap(({ name, failures = [], why: reason }) =>
    failures.length === 0
      ? [`${name}: ${reason}`]
      : failures.slice(0, 20).map((one) => `${name}: ${failureLine(one)}`),
  );
  const proofs = red.flatMap(({ name, proof }) =>
    proof === null ? [] : [`the whole output of ${name}: .temoin/${proof}`],
  );
  return {
    ...emptyBrief,
    context: `The target branch is red at ${sha.slice(0, 10)} (${why}). Nothing else lands until it is green.`,
    objective: `Make these gates pass again: ${red.map(({ name }) => name).join(", ")}.`,
    instructions: [
      ...failures,
      ...proofs,
      ...(commits.length === 0 ? [] : [`since it was green: ${commits.join("; ")}`]),
    ],
    constraints: [
      "Mend the cause. Leave tests, gates and what others have landed as they mean it.",
    ],
  };
}

type Fixer =
  | { readonly kind: "agent"; readonly name: TaskSpec["agent"] }
  | { readonly kind: "role"; readonly name: string };

/** Of the first red gate that names one: an agent of this run, else a role. */
function fixerOf(state: State, red: readonly GateResult[]): Fixer | null {
  const fixers = state.run?.policy.fixers ?? {};
  const name = red.map((gate) => fixers[gate.name]).find((one) => one !== undefined);
  if (name === undefined || !isRunning(state)) return null;
  const agent = [...state.slots.values()].find((slot) => slot.spec.agent === name)?.spec.agent;
  if (agent !== undefined && knownRoles(state).agents.has(agent)) {
    return { kind: "agent", name: agent };
  }
  return { kind: "role", name };
}
