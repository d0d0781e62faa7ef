/** Pins a task to an agent; from another one that is at work on it the task is taken. */

import { z } from "zod";
import type { AgentName } from "../domain/id.ts";
import { plainWord } from "../domain/view-text.ts";
import { type Change, changeTask, endsFirst } from "./change.ts";
import { agentName, someText } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { warnOfPin } from "./warn-of-pin.ts";

export const assign: Operation<{ id: string; agent: AgentName }, Change> = {
  name: "assign",
  summary: "give a task to an agent",
  effect: "change",
  input: z.strictObject({ id: someText, agent: agentName }),
  async run(context, { id, agent }) {
    const warnings = await warnOfPin(context, agent);
    const change = await changeTask(context, id, {
      wish: (task) => ({ type: "assign", id: task.spec.id, agent }),
      tell: (task) => ({
        changed: endsFirst(task)
          ? `${task.spec.id} goes to ${agent} as soon as the agent that has it has ended.`
          : `${task.spec.id} is pinned to ${agent}; it is ${plainWord(task.state)}.`,
        next: `temoin why ${task.spec.id}`,
      }),
    });
    return { ...change, warnings };
  },
};
