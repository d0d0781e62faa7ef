/** The report of a run as a page, as lines for a terminal, and as JSON. */

import type { Flaky } from "./flaky.ts";
import { durationText } from "./view-duration.ts";
import { usageJson } from "./view-json.ts";
import { summaryLines } from "./view-live.ts";
import type { Caught, RunReport } from "./view-report.ts";
import { spendText, untold } from "./view-spend.ts";
import { stateText } from "./view-task.ts";
import { countText, listText, oneLine, table, tableCell } from "./view-text.ts";
import { isoTime, plainTime } from "./view-time.ts";

/** Rows of each table (chosen: a page that an editor shows at once). */
const mostRows = 200;

/** `SUMMARY.md`, with a line end. Titles and sentences of others are shown, never obeyed. */
export function reportPage(report: RunReport): string {
  const { work, agents, caught, flaky, commits, goal, inbox } = report;
  const lines = [
    "# Summary",
    "",
    ...headLines(report),
    "",
    "## Tasks",
    "",
    ...section(
      "No task was tried.",
      ["id", "task", "state", "who", "tries", "rounds", "for", "spend"],
      work.map((one) => [
        one.id,
        one.title,
        `${stateText(one.state)}${one.proven === false ? ", unproven" : ""}`,
        listText(one.agents),
        String(one.attempts),
        String(one.rounds),
        durationText(one.workingMs),
        spendText(one.spent),
      ]),
    ),
    "",
    "## Agents",
    "",
    ...section(
      "There was none.",
      ["agent", "done", "tries", "working", "idle", "spend"],
      agents.map((one) => [
        one.agent,
        String(one.done),
        String(one.attempts),
        durationText(one.workingMs),
        durationText(one.idleMs),
        `${spendText(one.spent)}${one.unknownCost > 0 ? ` (cost of ${countText(one.unknownCost, "attempt")} unknown)` : ""}`,
      ]),
    ),
    "",
    "## Caught",
    "",
    ...section(
      "Nothing.",
      ["when", "task", "kind", "what"],
      caught.map((one) => [
        plainTime(one.at),
        `${one.task} (attempt ${one.attempt})`,
        caughtWords[one.kind],
        one.says,
      ]),
    ),
    "",
    "## Flaky",
    "",
    ...section(
      "Nothing was seen to flap.",
      ["gate", "test", "times", "tasks"],
      flaky.map((one) => [one.gate, one.test ?? "–", String(one.times), seenIn(one)]),
    ),
    "",
    "## Landed",
    "",
    ...section(
      "Nothing.",
      ["task", "commit"],
      commits.map(({ task, sha }) => [task, sha]),
    ),
    "",
    "## Goal",
    "",
    ...section(
      "There was none.",
      ["goal", "status", "detail"],
      goal.map((item) => [item.name, item.met ? "✅ met" : "⏳ missing", item.detail]),
    ),
    "",
    "## Inbox",
    "",
    ...section(
      "Nothing waits for a person.",
      ["what", "next step"],
      inbox.map(({ says, next }) => [says, next]),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function headLines(report: RunReport): readonly string[] {
  const { startedAt, endedAt, awayMs, exitCode, why, landed } = report;
  const length = durationText(endedAt - startedAt - awayMs);
  const away = awayMs === 0 ? "" : `, and ${durationText(awayMs)} in which temoin was not running`;
  return [
    `- ${plainTime(startedAt)} to ${plainTime(endedAt)}: ${length}${away}`,
    `- ${exitCode === null ? "It has not ended" : `Ended with exit code ${exitCode}`}${why === null ? "" : `: ${tableCell(why, 400)}`}`,
    `- ${countText(landed, "change")} landed`,
    `- Caught: ${caughtText(report.caught)}`,
    `- Spend: ${spendText(report.spent)}${unknownText(report)}`,
  ];
}

const caughtWords: Readonly<Record<Caught["kind"], string>> = {
  gate: "red gate",
  landing: "red on the merged result",
  conflict: "conflict",
  no_change: "no change",
  refused: "refused",
  scope: "outside its scope",
};

function caughtText(caught: readonly Caught[]): string {
  const counts = Map.groupBy(caught, ({ kind }) => caughtWords[kind]);
  const parts = [...counts].map(([word, all]) => `${all.length} × ${word}`);
  return parts.join(", ") || "nothing";
}

function unknownText({ agents, spent }: RunReport): string {
  const silent = agents.filter(({ unknownCost }) => unknownCost > 0).map(({ agent }) => agent);
  return untold(spent, silent);
}

function section(
  nothing: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [nothing];
  const lines = table(header, rows.slice(0, mostRows));
  const more = rows.length - mostRows;
  return more > 0 ? [...lines, "", `${more} more: \`temoin summary --json\` has them all.`] : lines;
}

function seenIn({ tasks }: Flaky): string {
  return tasks.length === 0 ? "the target" : listText(tasks);
}

/** What `temoin run` prints at its end, one line each. */
export function reportLines(report: RunReport): readonly string[] {
  const { caught, flaky } = report;
  const names = flaky.map(({ gate, test }) => (test === null ? gate : `${gate}: ${test}`));
  return [
    ...summaryLines(report),
    ...(caught.length === 0 ? [] : [`caught: ${caughtText(caught)}`]),
    ...(flaky.length === 0 ? [] : [oneLine(`flaky: ${listText(names)}`, 300)]),
    ...(report.spent === null ? [] : [`spend: ${spendText(report.spent)}${unknownText(report)}`]),
  ];
}

export function reportJson(report: RunReport) {
  const { slots, work, agents, caught, ...rest } = report;
  return {
    schema: 1,
    ...rest,
    startedAt: isoTime(report.startedAt),
    endedAt: isoTime(report.endedAt),
    spent: usageJson(report.spent),
    slots,
    work: work.map((one) => ({ ...one, spent: usageJson(one.spent) })),
    agents: agents.map((one) => ({ ...one, spent: usageJson(one.spent) })),
    caught: caught.map((one) => ({ ...one, at: isoTime(one.at) })),
  };
}
