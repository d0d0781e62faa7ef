/**
 * Gives on what somebody has: a task from the session that has it, whose successor goes on from its
 * work; or, without a task, the role of the conductor.
 */

import { z } from "zod";
import type { AgentName } from "../domain/id.ts";
import { type Change, changeTask } from "./change.ts";
import type { Context } from "./context.ts";
import { agentName, someText } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { warnOfPin } from "./warn-of-pin.ts";

interface Handoff {
  readonly id: string | null;
  readonly to: AgentName | null;
}

export const handoff: Operation<Handoff, Change> = {
  name: "handoff",
  summary: "give on a task, or the role of the conductor",
  effect: "change",
  input: z.strictObject({ id: someText.nullable(), to: agentName.nullable() }),
  run: (context, { id, to }) =>
    id === null ? handOffRole(context, to) : handOffTask(context, id, to),
};

async function handOffTask(context: Context, id: string, to: AgentName | null): Promise<Change> {
  const warnings = to === null ? [] : await warnOfPin(context, to);
  const isAtWork = (await context.holder()) !== null;
  const change = await changeTask(context, id, {
    wish: (task) => ({ type: "hand_off", id: task.spec.id, to }),
    tell: ({ spec, attempts }) => ({
      changed: `${spec.id} is handed on to ${to ?? "whoever is free"} ${isAtWork ? "as soon as its work is saved" : "when temoin works again, which nobody has begun"}.`,
      next: `temoin show ${spec.id}   (.temoin/handoff/${spec.id}-${attempts.length}.md, once it has begun)`,
    }),
  });
  return { ...change, warnings };
}

async function handOffRole(context: Context, to: AgentName | null): Promise<Change> {
  await context.ask({ type: "move_role", to });
  const { agent, term } = (await context.state()).conductor;
  const changed =
    agent === null
      ? "Nobody is the conductor now: no other agent can hold the role."
      : `The conductor is ${agent} now, term ${term}.`;
  return { changed, tasks: [], warnings: [], next: "temoin status" };
}
