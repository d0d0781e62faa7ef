/** Gives the role of the conductor on: to the agent that is named, or to whoever is next. */

import { z } from "zod";
import type { AgentName } from "../domain/id.ts";
import type { Change } from "./change.ts";
import { agentName } from "./fields.ts";
import type { Operation } from "./operation.ts";

export const moveRole: Operation<{ to: AgentName | null }, Change> = {
  name: "handoff",
  summary: "give the role of the conductor to the next agent",
  effect: "change",
  input: z.strictObject({ to: agentName.nullable() }),
  async run(context, { to }) {
    await context.ask({ type: "move_role", to });
    const { agent, term } = (await context.state()).conductor;
    return {
      changed:
        agent === null
          ? "Nobody is the conductor now: no other agent can hold the role."
          : `The conductor is ${agent} now, term ${term}.`,
      tasks: [],
      warnings: [],
      next: "temoin status",
    };
  },
};
