/** The last things that have happened, for whoever has no terminal to follow them in. */

import { z } from "zod";
import { eventJson } from "../domain/view-json.ts";
import type { Operation } from "./operation.ts";

const mostEvents = 200;

export interface LastEvents {
  /** The newest last. */
  readonly events: readonly ReturnType<typeof eventJson>[];
}

const input = z.strictObject({
  last: z.int().min(1).max(mostEvents).default(50).describe("how many; the newest come last"),
});

export const log: Operation<z.infer<typeof input>, LastEvents> = {
  name: "log",
  summary: "the last events of the log",
  effect: "look",
  input,
  async run(context, { last }) {
    const { seq } = await context.state();
    const after = Math.max(0, seq - last);
    const happened = await context.events(after);
    // More may have come since the state was read.
    const events = happened.map((event, place) => eventJson(after + place + 1, event));
    return { events: events.slice(-last) };
  },
  tool: {
    says: "What has happened last, as events: tasks added, attempts begun and ended, gates, landings, asks.",
    output: z.looseObject({
      events: z.array(z.looseObject({ seq: z.int(), at: z.iso.datetime(), type: z.string() })),
    }),
    json: (told) => told,
  },
};
