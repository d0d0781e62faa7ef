/** How a face calls a verb: who may, and is what was handed in what the verb takes? */

import { AppError } from "../lib/app-error.ts";
import type { Context } from "./context.ts";
import type { Operation } from "./operation.ts";

export interface Invocation {
  readonly context: Context;
  /** As it came from outside. */
  readonly input: unknown;
  readonly signal: AbortSignal;
}

/** Rejects with an AppError: `refused` for a worker, `usage` for input that makes no sense. */
export async function invoke<Input, Output>(
  operation: Operation<Input, Output>,
  { context, input, signal }: Invocation,
): Promise<Output> {
  const { name, effect } = operation;
  if (context.caller.role === "worker" && effect !== "look" && effect !== "report") {
    throw new AppError("refused", `A worker cannot ${name}: TEMOIN_TOKEN is set.`, {
      hint: 'Say by `temoin report blocked "…"` what a person should do.',
    });
  }
  const parsed = operation.input.safeParse(input);
  if (parsed.success) return operation.run(context, parsed.data, signal);
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")} ${message}`,
  );
  throw new AppError("usage", `Cannot ${name}: ${problems.join("; ")}.`, {
    hint: `\`temoin help ${name}\` shows how it is used.`,
  });
}
