/** Ends the session that has a task; the next one, of any agent or of the one named, goes on from its work. */

import { z } from "zod";
import type { AgentName } from "../domain/id.ts";
import { type Change, changeTask } from "./change.ts";
import { agentName, someText } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { warnOfPin } from "./warn-of-pin.ts";

export const handoff: Operation<{ id: string; to: AgentName | null }, Change> = {
  name: "handoff",
  summary: "take a task from the session that has it; another one goes on",
  effect: "change",
  input: z.strictObject({ id: someText, to: agentName.nullable() }),
  async run(context, { id, to }) {
    const warnings = to === null ? [] : await warnOfPin(context, to);
    const change = await changeTask(context, id, {
      wish: (task) => ({ type: "hand_off", id: task.spec.id, to }),
      tell: ({ spec, attempts }) => ({
        changed: `${spec.id} is handed on to ${to ?? "whoever is free"} as soon as its work is saved.`,
        next: `temoin show ${spec.id}   (.temoin/handoff/${spec.id}-${attempts.length}.md, once it has begun)`,
      }),
    });
    return { ...change, warnings };
  },
};
