/** Where the words of an agent are kept. */

import { z } from "zod";
import type { SlotId } from "../domain/id.ts";
import { conductorSeat, plannerSeat } from "../domain/seat.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface SlotLog {
  readonly slot: SlotId;
  readonly file: string;
}

export const logs: Operation<{ name: string }, readonly SlotLog[]> = {
  name: "logs",
  summary: "what an agent has printed",
  effect: "look",
  input: z.strictObject({ name: someText }),
  async run(context, { name }) {
    const state = await context.state();
    const slots = [...state.slots.values()].map(({ spec }) => spec);
    const seats = [...(state.conductor.term > 0 ? [conductorSeat] : []), plannerSeat];
    const meant = [
      ...slots.filter(({ id, agent }) => id === name || agent === name).map(({ id }) => id),
      ...seats.filter((seat) => seat === name),
    ];
    if (meant.length === 0) {
      const near = nearest(
        name,
        slots.flatMap(({ id, agent }) => [agent, id]),
      );
      const known = [...new Set(slots.map(({ agent }) => agent))].join(", ");
      const list =
        slots.length === 0 ? "No run has begun yet: `temoin run`." : `Its agents: ${known}.`;
      throw new AppError("not_found", `The last run has no agent \`${name}\`.`, {
        hint: near === null ? list : `Did you mean ${near}?`,
      });
    }
    return Promise.all(meant.map(async (slot) => ({ slot, file: await context.logFile(slot) })));
  },
};
