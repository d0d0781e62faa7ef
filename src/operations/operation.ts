/**
 * A verb, declared once: the command line offers it now, the web and MCP later. `look` only reads,
 * `change` alters the queue, `host` needs this machine, `report` is what an agent at work may say.
 */

import type { z } from "zod";
import type { Context } from "./context.ts";

export interface Operation<Input, Output> {
  readonly name: string;
  /** One line for help. */
  readonly summary: string;
  readonly effect: "look" | "change" | "host" | "report";
  /** What may be handed in; checked at the edge, believed inside. */
  readonly input: z.ZodType<Input>;
  /** Rejects with an AppError when it cannot be done. The signal ends what takes long. */
  run(context: Context, input: Input, signal: AbortSignal): Promise<Output>;
}
