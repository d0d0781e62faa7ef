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
    kind: z
      .enum(reportKinds, { error: `must be one of ${reportKinds.join(", ")}` })
      .describe("done: finished; blocked: a person is needed; note; handoff: for who goes on"),
    text: z.string().default("").describe("in your words; of `blocked`: what a person should do"),
    files: z.array(z.string()).default([]).describe("what you have changed"),
    tests: z.string().nullable().default(null).describe("what the tests said"),
  }),
  async run(context, said) {
    await context.report({ ...said, at: context.clock.now() });
    return { reported: said.kind };
  },
  tool: {
    says: "Says how your task stands. `done` when you have finished it: the gates then judge it. `blocked` when only a person can help: say what with. `note` for what should be known later. `handoff` when another has to go on: what is done, what is left, decisions, traps, how to check; a conductor reports that alone.",
    output: z.looseObject({ reported: z.enum(reportKinds) }),
    json: (told) => told,
  },
};
