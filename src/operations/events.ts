/** What has happened, one after the other. */

import { z } from "zod";
import type { Event } from "../domain/event.ts";
import { eventJson } from "../domain/view-json.ts";
import type { Operation } from "./operation.ts";

export interface NumberedEvent {
  readonly seq: number;
  readonly event: Event;
  readonly json: ReturnType<typeof eventJson>;
}

export const events: Operation<{ after: number }, readonly NumberedEvent[]> = {
  name: "events",
  summary: "what has happened, one line each",
  effect: "look",
  input: z.strictObject({ after: z.int().min(0) }),
  async run(context, { after }) {
    const happened = await context.events(after);
    return happened.map((event, place) => {
      const seq = after + place + 1;
      return { seq, event, json: eventJson(seq, event) };
    });
  },
};
