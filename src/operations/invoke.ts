/** How a face calls a verb: who may, and is what was handed in what the verb takes? */

import { type Effect, isForAgents, type Role, refuseAgent, refuseRole } from "../domain/rights.ts";
import { AppError } from "../lib/app-error.ts";
import type { Context } from "./context.ts";
import { inputProblem } from "./input-problem.ts";
import type { Operation } from "./operation.ts";
import { refused } from "./refused.ts";

export interface Invocation {
  readonly context: Context;
  /** As it came from outside. */
  readonly input: unknown;
  readonly signal: AbortSignal;
  /** Where whoever calls can read what is taken; absent: in the help of the command. */
  readonly usage?: string;
}

/** Rejects with an AppError: `refused` for whoever may not, `usage` for input that makes no sense. */
export async function invoke<Input, Output>(
  operation: Operation<Input, Output>,
  { context, input, signal, usage }: Invocation,
): Promise<Output> {
  const { name, effect } = operation;
  await demand(context, effect, name);
  const parsed = operation.input.safeParse(input, { reportInput: true });
  if (parsed.success) return operation.run(context, parsed.data, signal);
  const problems = parsed.error.issues.map(inputProblem);
  throw new AppError("usage", `Cannot ${name}: ${problems.join("; ")}.`, {
    hint: usage ?? `\`temoin help ${name}\` shows how it is used.`,
  });
}

/**
 * Rejects with `refused` when the caller may not. It spares an agent half of a deed: what alters the
 * queue is judged once more by the temoin that does it.
 */
export async function demand(context: Context, effect: Effect, verb: string): Promise<void> {
  const { kind } = context.caller;
  // What every token may needs nobody to be asked.
  if (kind === "agent" && (effect === "look" || effect === "report")) return;
  const role = kind === "person" ? "person" : await roleOf(context, effect);
  const refusal = role === null ? refuseAgent(verb) : refuseRole(role, effect, verb);
  if (refusal !== null) throw refused(refusal);
}

/** `null`: nobody knows the token, and no agent may. */
async function roleOf(context: Context, effect: Effect): Promise<Role | null> {
  try {
    return await context.role();
  } catch (error) {
    if (error instanceof AppError && !isForAgents(effect)) return null;
    throw error;
  }
}
