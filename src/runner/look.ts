/** What is there when a turn has ended: the change in git, and what the agent says of it. */

import type { Evidence, Report } from "../domain/agent.ts";
import type { CommitSha, Instant } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { compareReport, readReports } from "../domain/report.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import { evidence, listed } from "./evidence.ts";
import type { Hands } from "./hands.ts";

export interface Found {
  /** Paths that changed since the work left the target; report files do not count. */
  readonly changed: readonly string[];
  readonly unmerged: readonly string[];
  readonly ownCommits: number;
  /** All that the agent has said in this round, the last one last. */
  readonly reports: readonly Report[];
  /** Those of them that it wrote into a report file: control does not know them yet. */
  readonly written: readonly Report[];
  /** It wrote the section of the finished task by itself. */
  readonly hasSection: boolean;
  readonly evidence: readonly Evidence[];
}

export interface LookRequest {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly workspace: Workspace;
  readonly since: CommitSha;
  /** Reports that came by `temoin report`. */
  readonly told: readonly Report[];
}

export async function look(request: LookRequest): Promise<Found> {
  const { hands, order, workspace, told } = request;
  const at = hands.clock.now();
  const seen = await workspace.inspect(request.since, hands.reportFiles);
  const changed = seen.changed
    .map((file) => file.path)
    .filter((file) => !hands.reportFiles.includes(file));
  const names = [order.task.id, ...order.task.aliases];
  const written = Object.values(seen.addedLines).flatMap((lines) =>
    readReports(lines, names).map((found): Report => ({ ...found, at })),
  );
  // A section stays in the file for the rounds that follow: what was told later counts more.
  const reports = [...written, ...told];
  const git = changed.length === 0 ? "no file changed" : `changed ${listed(changed)}`;
  const doubts = reports.flatMap((report) => compareReport(report, { changed }));
  return {
    changed,
    unmerged: seen.unmerged,
    ownCommits: seen.ownCommits,
    reports,
    written,
    hasSection: written.some((report) => report.kind === "done"),
    evidence: [
      evidence(hands.clock, "git", git),
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
    `**Files**: ${listed(changed)}`,
    "",
  ].join("\n");
}
