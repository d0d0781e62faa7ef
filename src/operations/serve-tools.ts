/** Offers verbs to an agent, on this process's own standard streams. */

import { z } from "zod";
import { toolRoles } from "../domain/rights.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

const input = z.strictObject({
  role: z.enum(toolRoles, { error: `must be one of ${toolRoles.join(", ")}` }),
  /** A file that says whom the agent speaks for; `null`: the environment does. */
  as: someText.nullable(),
  /** A file that is left when the agent has been given the list; `null`: none. */
  listed: someText.nullable(),
});

/** It serves whoever calls; each call is judged by itself. Ends with its input, or the signal. */
export const serveTools: Operation<z.infer<typeof input>, void> = {
  name: "mcp",
  summary: "offer tools to an agent, by the Model Context Protocol",
  effect: "look",
  input,
  run: (context, asked, signal) => context.serveTools({ ...asked, signal }),
};
