/** What several verbs take in, each with the end of the sentence that begins with its name. */

import { z } from "zod";
import { parseAgentName } from "../domain/id.ts";
import { priorities } from "../domain/task.ts";

/** Longer is a document, not a title (chosen). */
const longestTitle = 300;

export const noInput = z.strictObject({});

export const someText = z
  .string()
  .refine((text) => text.trim() !== "", { error: "must not be empty" });

export const title = someText
  .transform((text) => text.trim().replace(/\s+/g, " "))
  .refine((text) => text.length <= longestTitle, {
    error: `must be one line of at most ${longestTitle} characters`,
  });

export const priority = z.enum(priorities, { error: `must be one of ${priorities.join(", ")}` });

export const agentName = z.string().transform((text, context) => {
  const name = parseAgentName(text);
  if (name !== null) return name;
  const message = `must be the name of an agent, but is \`${text}\``;
  context.issues.push({ code: "custom", message, input: text });
  return z.NEVER;
});

/** A task's id or alias, as a person writes it. */
export const oneTask = z.strictObject({ id: someText });

/** Empty takes the value away. */
export const orNothing = <T>(schema: z.ZodType<T>) =>
  z.union([z.literal("").transform(() => null), schema]);
