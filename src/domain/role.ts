/** What is held against what a conductor says, beside its rights: its role, and what is dangerous. */

import type { JudgeInput, RoleInput, RunnerInput } from "./input.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { refuseWish, type Wish } from "./rights.ts";
import type { State } from "./state.ts";

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
  if (input.type === "edit") return refuseUnchecked(state, input);
  if (input.type !== "answer") return null;
  const open = state.asks.get(input.ask);
  const careful = open?.ask.careful ?? (open?.ask.kind === "dialog" ? "it is a dialog" : null);
  if (careful === null) return null;
  return refuse("refused", `${input.ask} is for a person: ${careful}.`, "It stays in the inbox.");
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
