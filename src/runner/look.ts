/** What is there when a turn has ended: the change in git, and what the agent says of it. */

import type { Evidence, Report } from "../domain/agent.ts";
import type { CommitSha, Instant } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { compareReport, readReports } from "../domain/report.ts";
import { outsideScope } from "../domain/scope.ts";
import { listText } from "../domain/view-text.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import { evidence } from "./evidence.ts";
import type { Hands } from "./hands.ts";

export interface Found {
  /** Paths that changed since the work left the target; report files do not count. */
  readonly changed: readonly string[];
  readonly unmerged: readonly string[];
  /** Those of `changed` that the task's given scope does not cover. */
  readonly outside: readonly string[];
  /** Commits since the work left the target, with the one that is about to be made. */
  readonly commits: number;
  /** All that the agent has said in this round, the last one last. */
  readonly reports: readonly Report[];
  /** Those of them that it wrote into a report file since. */
  readonly written: readonly Report[];
  /** Those of `written` that control has not said back: it may not know them yet. */
  readonly unheard: readonly Report[];
  /** It wrote the section of the finished task by itself. */
  readonly hasSection: boolean;
  readonly evidence: readonly Evidence[];
}

export interface LookRequest {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly workspace: Workspace;
  readonly since: CommitSha;
  /** What control has told of reports since: those by `temoin report`, and our own said back. */
  readonly told: readonly Report[];
  /** Keys of reports in files that were read before; a section stays there for good. */
  readonly known: ReadonlySet<string>;
}

export async function look(request: LookRequest): Promise<Found> {
  const { hands, order, workspace, told } = request;
  const at = hands.clock.now();
  const seen = await workspace.inspect(request.since, hands.reportFiles);
  const changed = seen.changed
    .map((file) => file.path)
    .filter((file) => !hands.reportFiles.includes(file));
  const inFiles = readWritten(order, seen.addedLines).map((found): Report => ({ ...found, at }));
  const isNew = (report: Report): boolean => !request.known.has(keyOf(report));
  const written = inFiles.filter(isNew);
  const heard = told.filter(isNew);
  // A section that was told as it was written has its place among what was told.
  const isHeard = new Set(heard.map(keyOf));
  const unheard = written.filter((one) => !isHeard.has(keyOf(one)));
  const reports = [...unheard, ...heard];
  const outside = outsideScope(changed, order.task.touches);
  const git = changed.length === 0 ? "no file changed" : `changed ${listText(changed)}`;
  const doubts = reports.flatMap((report) =>
    compareReport(report, { changed, reportFiles: hands.reportFiles }),
  );
  return {
    changed,
    unmerged: seen.unmerged,
    outside,
    commits: seen.ownCommits + (seen.uncommitted ? 1 : 0),
    reports,
    written,
    unheard,
    hasSection: inFiles.some((report) => report.kind === "done"),
    evidence: [
      evidence(hands.clock, "git", git),
      ...(outside.length > 0
        ? [evidence(hands.clock, "git", `outside its scope: ${listText(outside)}`)]
        : []),
      ...(seen.stray
        ? [
            evidence(
              hands.clock,
              "git",
              `the agent left its branch (now ${seen.branch ?? "detached"})`,
            ),
          ]
        : []),
      ...doubts.map((says) => evidence(hands.clock, "report", says)),
    ],
  };
}

type WrittenReport = Omit<Report, "at">;

/** Reports on the order's task, in lines that were added to report files. */
export function readWritten(
  { task }: AttemptOrder,
  addedLines: Readonly<Record<string, readonly string[]>>,
): readonly WrittenReport[] {
  const names = [task.id, ...task.aliases];
  return Object.values(addedLines).flatMap((lines) => readReports(lines, names));
}

/** Two reports that say the same have the same key. */
export function keyOf({ kind, text, files, tests }: WrittenReport): string {
  return JSON.stringify([kind, text, files, tests]);
}

/** The section that an agent should have written, in the form of the users' own documents. */
export function completedSection(
  order: AttemptOrder,
  changed: readonly string[],
  now: Instant,
): string {
  const date = new Date(now).toISOString().slice(0, 16).replace("T", " ");
  return [
    "",
    `### ${order.task.id}: COMPLETED ✅`,
    `**Date**: ${date} UTC`,
    `**Agent**: ${order.agent}`,
    `**Files**: ${listText(changed)}`,
    "",
  ].join("\n");
}
