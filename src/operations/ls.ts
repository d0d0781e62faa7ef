/** The tasks, in the order in which they came. */

import { z } from "zod";
import type { State } from "../domain/state.ts";
import { lsJson } from "../domain/view-json.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";
import { taskLine } from "./tool-shapes.ts";

export interface Listing {
  readonly json: ReturnType<typeof lsJson>;
  readonly state: State;
}

export const ls: Operation<Record<string, never>, Listing> = {
  name: "ls",
  summary: "the tasks and how they stand",
  effect: "look",
  input: noInput,
  async run(context) {
    const state = await context.state();
    return { json: lsJson(state), state };
  },
  tool: {
    says: "All tasks in the order in which they came, and how each stands.",
    output: z.looseObject({ tasks: z.array(taskLine) }),
    json: ({ json }) => ({ tasks: json.tasks }),
  },
};
