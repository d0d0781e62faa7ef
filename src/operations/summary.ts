/** The report of the last run, or of the one at work as it stands. */

import { runReport } from "../domain/view-report.ts";
import { reportJson, reportPage } from "../domain/view-report-page.ts";
import { AppError } from "../lib/app-error.ts";
import { noInput } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface Summarized {
  readonly json: ReturnType<typeof reportJson>;
  /** Markdown. */
  readonly page: string;
}

export const summary: Operation<Record<string, never>, Summarized> = {
  name: "summary",
  summary: "what the last run has done, caught and cost",
  effect: "look",
  input: noInput,
  async run(context) {
    const [events, holder] = await Promise.all([context.events(0), context.holder()]);
    // Of one that was cut off, nothing has gone on since.
    const now = context.clock.now();
    const report = runReport(events, holder === null ? (events.at(-1)?.at ?? now) : now);
    if (report === null) {
      throw new AppError("not_found", "No run has begun yet: there is nothing to sum up.", {
        hint: "`temoin run` begins one.",
      });
    }
    return { json: reportJson(report), page: reportPage(report) };
  },
};
