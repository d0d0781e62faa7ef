/** What is held against what a conductor says, beside its rights: its role, and what is dangerous. */

import { asksOf } from "./ask.ts";
import type { TaskId } from "./id.ts";
import type { JudgeInput, RoleInput, RunnerInput } from "./input.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { refuseWish, type Wish } from "./rights.ts";
import type { State } from "./state.ts";
import { listText } from "./view-text.ts";

const roleInputs: Readonly<Record<RoleInput["type"], true>> = {
  acknowledge: true,
  decided: true,
  leave_words: true,
};

export function isRoleInput(input: Wish): input is RoleInput {
  return Object.hasOwn(roleInputs, input.type);
}

export function isJudgeInput(input: RunnerInput): input is JudgeInput {
  return input.type === "conductor_seen" || input.type === "judgement_ended";
}

/** `null`: it may. */
export function refuseToConductor(state: State, input: Wish): Refusal | null {
  const refusal = refuseWish("conductor", input);
  if (refusal !== null) return refusal;
  if (input.type !== "acknowledge" && state.conductor.acknowledgedAt === null) {
    const says = "The role has not been acknowledged.";
    return refuse("refused", says, "`temoin acknowledge`, or the tool `acknowledge`, first.");
  }
  if (input.type === "add") return refuseFlood(state, input.tasks.length);
  if (input.type === "split") return refuseFlood(state, input.into.length);
  if (input.type === "edit") return refuseUnchecked(state, input);
  if (input.type === "tell") return refuseUnasked(state, input.id);
  if (input.type !== "answer") return null;
  const open = state.asks.get(input.ask);
  const careful = open?.ask.careful ?? (open?.ask.kind === "dialog" ? "it is a dialog" : null);
  if (careful === null) return null;
  return refuse("refused", `${input.ask} is for a person: ${careful}.`, "It stays in the inbox.");
}

/** Lines of the inbox with which a task waits for words, and for nothing that is a person's alone. */
const waitsForWords: ReadonlySet<string> = new Set(["blocked", "no_change"]);

/** It answers who has asked; whoever is at work has a brief, and is a person's to speak to. */
function refuseUnasked(state: State, id: TaskId): Refusal | null {
  const task = state.tasks.get(id);
  if (task === undefined) return null;
  const lines = [...state.inbox.values()].filter((line) => line.task === id);
  if (task.state === "needs_human" && lines.some(({ kind }) => waitsForWords.has(kind)))
    return null;
  const asks = asksOf(state.asks, id).map((open) => open.id);
  if (asks.length > 0) {
    return refuse("refused", `${id} asks by ${listText(asks)}.`, `temoin answer ${asks[0]}`);
  }
  return refuse(
    "refused",
    `${id} is ${task.state}: a conductor tells only a task that is blocked, and waits for words.`,
    "`temoin edit` gives another brief to what has not started or has failed, `temoin retry` opens again what has failed.",
  );
}

/** What a person has asked to be proven stays to be proven: another check it cannot give. */
function refuseUnchecked(
  state: State,
  { id, changes }: Extract<Wish, { type: "edit" }>,
): Refusal | null {
  const checks = state.tasks.get(id)?.spec.verify ?? [];
  if (changes.verify === undefined || checks.length === 0) return null;
  return refuse(
    "refused",
    `Only a person takes its check from ${id}: \`${checks.join("`, `")}\`.`,
    "Leave `verify` away; say by `temoin decide` why the check is wrong.",
  );
}

/** So many tasks that no plan names may be before the agents; more are a loop (chosen). */
const mostUnplanned = 1_000;

/** Who adds or splits without end is told to wait; what plans of a person bring in does not count. */
function refuseFlood(state: State, more: number): Refusal | null {
  let open = 0;
  for (const { state: at, spec } of state.tasks.values()) {
    const isUnplanned = spec.source === null || spec.splitFrom !== undefined;
    if (isUnplanned && (at === "waiting" || at === "queued")) open += 1;
  }
  if (open + more <= mostUnplanned) return null;
  return refuse(
    "refused",
    `${open} tasks that were added or split off have not begun: with ${more} more they are over ${mostUnplanned}.`,
    "Let them be worked on first; end your turn.",
  );
}
