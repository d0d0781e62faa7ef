/** Every verb that agents are offered as a tool, in the order in which they see them. */

import { z } from "zod";
import { type Effect, offers, type ToolRole } from "../domain/rights.ts";
import { add } from "../operations/add.ts";
import { answer } from "../operations/answer.ts";
import { cancel } from "../operations/cancel.ts";
import type { Context } from "../operations/context.ts";
import { diff } from "../operations/diff.ts";
import { edit } from "../operations/edit.ts";
import { inbox } from "../operations/inbox.ts";
import { invoke } from "../operations/invoke.ts";
import { log } from "../operations/log.ts";
import { ls } from "../operations/ls.ts";
import type { Operation } from "../operations/operation.ts";
import { ownTask } from "../operations/own-task.ts";
import { proof } from "../operations/proof.ts";
import { report } from "../operations/report.ts";
import { show } from "../operations/show.ts";
import { status } from "../operations/status.ts";
import { why } from "../operations/why.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

export interface Offered {
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly effect: Effect;
  readonly isReadOnly: boolean;
  readonly input: JsonSchema;
  readonly output: z.ZodType<object>;
  /** With the arguments as they came. Rejects with an AppError. */
  call(context: Context, input: unknown, signal: AbortSignal): Promise<object>;
}

const all: readonly Offered[] = [
  offer(ownTask),
  offer(report),
  offer(status),
  offer(ls),
  offer(show),
  offer(why),
  offer(log),
  offer(diff),
  offer(proof),
  offer(inbox),
  offer(add),
  offer(edit),
  offer(cancel),
  offer(answer),
];

export function offeredTo(role: ToolRole): readonly Offered[] {
  return all.filter(({ effect }) => offers[role].has(effect));
}

function offer<Input, Output>(operation: Operation<Input, Output>): Offered {
  const { summary, effect, input, tool } = operation;
  if (tool === undefined) throw new Error(`${operation.name} is no tool`);
  return {
    name: tool.name ?? operation.name,
    title: summary,
    says: tool.says,
    effect,
    isReadOnly: effect === "look" || tool.isReadOnly === true,
    input: jsonSchema(input, "input"),
    output: tool.output,
    call: async (context, given, signal) =>
      tool.json(await invoke(operation, { context, input: given, signal })),
  };
}

/** As clients take it: an object of JSON Schema 2020-12. */
export function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    override({ jsonSchema: made }) {
      // The bounds of what JavaScript can count: they say nothing, in each request to a model.
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
    },
  });
}
