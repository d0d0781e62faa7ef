/**
 * A verb, declared once: the command line offers it now, the web and MCP later. `look` only reads,
 * `change` alters the queue, `host` needs this machine and its terminal.
 */

import type { z } from "zod";
import type { Context } from "./context.ts";

export interface Operation<Input, Output> {
  readonly name: string;
  /** One line for help. */
  readonly summary: string;
  readonly effect: "look" | "change" | "host";
  /** What may be handed in; checked at the edge, believed inside. */
  readonly input: z.ZodType<Input>;
  /** Rejects with an AppError when it cannot be done. */
  run(context: Context, input: Input): Promise<Output>;
}
