/** What nothing needs any more: listed, and removed only where a person says so. */

import { z } from "zod";
import { parseDuration } from "../lib/duration.ts";
import type { Cleaned } from "./context.ts";
import type { Operation } from "./operation.ts";

const input = z.strictObject({
  /** `false`: only listed. */
  yes: z.boolean(),
  /** Proofs of tasks that ended longer ago are among it. */
  olderThan: z
    .string()
    .refine((text) => parseDuration(text) !== null, "is no length of time such as `30d` or `12h`"),
});

export const clean: Operation<z.infer<typeof input>, Cleaned> = {
  name: "clean",
  summary: "worktrees, branches, saved refs and proofs that nothing needs any more",
  effect: "host",
  input,
  run: (context, { yes, olderThan }) =>
    context.clean({ removes: yes, proofAgeMs: parseDuration(olderThan) ?? 0 }),
};
