/** The configuration in effect, and where each value was set. */

import type { Origin } from "../config/origin.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface ShownConfig {
  /** `null`: the project has none. */
  readonly file: string | null;
  readonly hash: string;
  readonly values: readonly Origin[];
}

export const config: Operation<Record<string, never>, ShownConfig> = {
  name: "config",
  summary: "the configuration in effect",
  effect: "look",
  input: noInput,
  async run(context) {
    const { file, hash, origins } = await context.config();
    return { file, hash, values: origins };
  },
};
