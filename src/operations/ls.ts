/** The tasks, in the order in which they came. */

import type { State } from "../domain/state.ts";
import { lsJson } from "../domain/view-json.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";

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
};
