/** The report of a run beside its log, written as it ends. */

import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { projectStream } from "../control/ledger.ts";
import { runReport } from "../domain/view-report.ts";
import { reportPage } from "../domain/view-report-page.ts";
import type { Clock } from "../lib/clock.ts";
import type { ProjectPlace } from "../operations/context.ts";
import type { Store } from "../store/store.ts";

export interface SummaryParts {
  readonly clock: Clock;
  readonly place: ProjectPlace;
  readonly store: Pick<Store, "load">;
  readonly onProblem: (says: string) => void;
}

/** Never rejects: a report that cannot be written ends no run otherwise than it has ended. */
export async function writeSummary(parts: SummaryParts): Promise<void> {
  const file = path.join(parts.place.stateDir, "SUMMARY.md");
  try {
    const report = runReport(await parts.store.load(projectStream), parts.clock.now());
    if (report !== null) await writeFileAtomic(file, reportPage(report));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    parts.onProblem(`Cannot write ${file}: ${why}. \`temoin summary\` shows it.`);
  }
}
