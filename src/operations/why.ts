/** Why a task or an agent stands as it stands. */

import { z } from "zod";
import { whyJson } from "../domain/view-json.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { Context } from "./context.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { evidence } from "./tool-shapes.ts";

export type Reasons = NonNullable<ReturnType<typeof whyJson>>;

export const why: Operation<{ subject: string }, Reasons> = {
  name: "why",
  summary: "why a task or an agent stands as it stands",
  effect: "look",
  input: z.strictObject({
    subject: someText.describe("a task's id, an agent, a slot, or `conductor`"),
  }),
  async run(context, { subject }) {
    const state = await context.state();
    const hasRunner = (await context.holder()) !== null;
    const reasons = whyJson(state, subject, context.clock.now(), hasRunner);
    if (reasons !== null) return reasons;
    const configured = await agentsOf(context);
    if (configured.includes(subject)) {
      throw new AppError("not_found", `No run has had the agent \`${subject}\` yet.`, {
        hint: "It is configured; `temoin run --dry-run` tells what it would do.",
      });
    }
    if (subject === "conductor") {
      throw new AppError("not_found", "No run has had a conductor yet.", {
        hint: "It is called once something has to be judged; `conductor: { order: [AGENT, …] }` in temoin.yaml names who may be it.",
      });
    }
    const slots = [...state.slots.values()].flatMap(({ spec }) => [spec.id, spec.agent]);
    const meant = nearest(subject, [...state.names.keys(), ...slots, ...configured]);
    throw new AppError("not_found", `There is no task, agent or slot \`${subject}\`.`, {
      hint:
        meant === null ? "`temoin ls` and `temoin status` list them." : `Did you mean ${meant}?`,
    });
  },
  tool: {
    says: "Why a task, an agent, a slot or the `conductor` stands as it stands, with the evidence.",
    output: z.looseObject({
      subject: z.string(),
      state: z.string(),
      because: z.array(evidence),
    }),
    json: ({ subject, state, because }) => ({ subject, state, because }),
  },
};

async function agentsOf(context: Context): Promise<readonly string[]> {
  try {
    return (await context.config()).config.agents.map(({ name }) => name);
  } catch (error) {
    // It is told by the commands that need one.
    if (error instanceof AppError && error.code === "config") return [];
    throw error;
  }
}
