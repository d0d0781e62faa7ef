/** Every verb that agents are offered as a tool, in the order in which they see them. */

import { z } from "zod";
import { type Effect, type OfferedEffect, offers, type ToolRole } from "../domain/rights.ts";
import type { Caller, Context } from "../operations/context.ts";
import { invoke } from "../operations/invoke.ts";
import type { Operation } from "../operations/operation.ts";

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

/** Loaded when they are offered: an agent's CLI may not wait for a server that takes its time. */
const groups: Readonly<Record<OfferedEffect, () => Promise<readonly Offered[]>>> = {
  async report() {
    const { ownTask } = await import("../operations/own-task.ts");
    const { report } = await import("../operations/report.ts");
    const { ask } = await import("../operations/ask.ts");
    return [offer(ownTask), offer(report), offer(ask)];
  },
  async draft() {
    const { draft } = await import("../operations/draft.ts");
    return [offer(draft)];
  },
  async look() {
    const { status } = await import("../operations/status.ts");
    const { ls } = await import("../operations/ls.ts");
    const { show } = await import("../operations/show.ts");
    const { why } = await import("../operations/why.ts");
    const { log } = await import("../operations/log.ts");
    const { diff } = await import("../operations/diff.ts");
    const { proof } = await import("../operations/proof.ts");
    const { inbox } = await import("../operations/inbox.ts");
    const board = [offer(status), offer(ls), offer(show), offer(why), offer(log)];
    return [...board, offer(diff), offer(proof), offer(inbox)];
  },
  async plan() {
    const { add } = await import("../operations/add.ts");
    const { edit } = await import("../operations/edit.ts");
    const { split } = await import("../operations/split.ts");
    const { cancel } = await import("../operations/cancel.ts");
    const { answer } = await import("../operations/answer.ts");
    const { tell } = await import("../operations/tell.ts");
    const { retry } = await import("../operations/retry.ts");
    const tasks = [offer(add), offer(edit), offer(split), offer(cancel)];
    return [...tasks, offer(answer), offer(tell), offer(retry)];
  },
  async lead() {
    const { acknowledge } = await import("../operations/acknowledge.ts");
    const { decide } = await import("../operations/decide.ts");
    const { report } = await import("../operations/report.ts");
    return [offer(acknowledge), offer(decide), offer(report)];
  },
};

/** What only the one in office says is offered to nobody who has no token to be it by. */
export async function offeredTo(role: ToolRole, caller: Caller): Promise<readonly Offered[]> {
  const effects = offers[role].filter((effect) => effect !== "lead" || caller.kind === "agent");
  return (await Promise.all(effects.map((effect) => groups[effect]()))).flat();
}

function offer<Input, Output>(operation: Operation<Input, Output>): Offered {
  const { summary, effect, input, tool } = operation;
  if (tool === undefined) throw new Error(`${operation.name} is no tool`);
  const name = tool.name ?? operation.name;
  const usage = `The schema of the tool \`${name}\` tells what it takes.`;
  return {
    name,
    title: summary,
    says: tool.says,
    effect,
    isReadOnly: effect === "look" || tool.isReadOnly === true,
    input: jsonSchema(input, "input"),
    output: tool.output,
    call: async (context, given, signal) =>
      tool.json(await invoke(operation, { context, input: given, signal, usage })),
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
