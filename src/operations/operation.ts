/** A verb, declared once: the command line and MCP offer it now, the web later. */

import type { z } from "zod";
import type { Effect } from "../domain/rights.ts";
import type { Context } from "./context.ts";

export interface Operation<Input, Output> {
  readonly name: string;
  /** One line for help. */
  readonly summary: string;
  readonly effect: Effect;
  /** What may be handed in; checked at the edge, believed inside. */
  readonly input: z.ZodType<Input>;
  /** Rejects with an AppError when it cannot be done. The signal ends what takes long. */
  run(context: Context, input: Input, signal: AbortSignal): Promise<Output>;
  /** How an agent is offered it as a tool; absent: it is not. */
  readonly tool?: Tool<Output>;
}

export interface Tool<Output> {
  /** Where it is not that of the verb. */
  readonly name?: string;
  /** It alters nothing; what is a `look` never does. */
  readonly isReadOnly?: true;
  /** For the model that may call it: when, and what comes of it. */
  readonly says: string;
  /** What is given back, as JSON. Its object is open: more may come in later. */
  readonly output: z.ZodType<object>;
  /** The part of what the verb tells that is for machines, within what a model can read. */
  json(output: Output): object;
}
