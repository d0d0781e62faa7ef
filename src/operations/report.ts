/** What an agent says of its own work, from inside its workspace. */

import { z } from "zod";
import type { Report } from "../domain/agent.ts";
import type { Operation } from "./operation.ts";

const reportKinds = ["done", "blocked", "note", "handoff"] as const;

export type ReportInput = Omit<Report, "at">;

export const report: Operation<ReportInput, { readonly reported: Report["kind"] }> = {
  name: "report",
  summary: "say how the task at hand stands (for agents)",
  effect: "report",
  input: z.strictObject({
    kind: z.enum(reportKinds, { error: `must be one of ${reportKinds.join(", ")}` }),
    text: z.string(),
    files: z.array(z.string()),
    tests: z.string().nullable(),
  }),
  async run(context, said) {
    await context.report({ ...said, at: context.clock.now() });
    return { reported: said.kind };
  },
};
