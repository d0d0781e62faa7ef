/** STATUS.md: one page on which a person sees where the project stands. Its length is bounded. */

import { lowDiskText } from "./disk.ts";
import { eta } from "./eta.ts";
import { fullnessText } from "./fullness.ts";
import { waitsUntil } from "./goal.ts";
import { goal } from "./goal-items.ts";
import type { Instant } from "./id.ts";
import type { GoalResult } from "./run-event.ts";
import type { State } from "./state.ts";
import type { Task, TaskState } from "./task.ts";
import { type AgentState, shownSlots } from "./view-agent.ts";
import { conductorLine } from "./view-conductor.ts";
import { durationText } from "./view-duration.ts";
import { rangeText, runState } from "./view-run.ts";
import { attemptsIn, attemptsSpend, runSpend, tellsSpend } from "./view-spend.ts";
import {
  byTurn,
  countTasks,
  holds,
  shownAgent,
  shownOutcome,
  shownState,
  stateText,
} from "./view-task.ts";
import { table, tableCell } from "./view-text.ts";
import { plainTime } from "./view-time.ts";

/** Rows of the queue and of the inbox (chosen: a page that an editor and a browser show at once). */
const mostRows = 200;

/** What is under way and what needs somebody comes first, what is over comes last. */
const sections: readonly TaskState[] = [
  "running",
  "landing",
  "needs_human",
  "failed",
  "queued",
  "waiting",
  "done",
  "skipped",
  "cancelled",
];

/** The page, with a line end. A table that has no rows says so in a line. */
export function statusPage(state: State, now: Instant): string {
  const lines = [
    "# Status",
    "",
    ...runLines(state, now),
    "",
    "## Agents",
    "",
    ...orElse("No run has begun yet.", agentTable(state, now)),
    "",
    "## Tasks",
    "",
    totalLine(state),
    "",
    ...queueTable(state),
    "",
    "## Goal",
    "",
    ...orElse("No run has begun yet.", goalTable(goal(state))),
    "",
    "## Inbox",
    "",
    ...orElse("Nothing waits for a person.", inboxTable(state)),
  ];
  return `${lines.join("\n")}\n`;
}

function orElse(sentence: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [sentence] : rows;
}

function runLines(state: State, now: Instant): readonly string[] {
  const { run } = state;
  const lines = [`- As of ${plainTime(now)}`];
  if (run === null) return lines;
  lines.push(`- Run: ${runState(state, true)}, since ${plainTime(run.startedAt)}`);
  const why = run.ended?.why ?? run.stopping;
  if (why !== null) lines.push(`- Why: ${tableCell(why, 400)}`);
  lines.push(`- Target: ${tableCell(run.target)}`);
  if (run.spent !== null || run.policy.budget !== undefined) {
    lines.push(`- Spend: ${tableCell(runSpend(state, run), 400)}`);
  }
  const conductor = conductorLine(state);
  if (conductor !== null) lines.push(`- Conductor: ${tableCell(conductor, 400)}`);
  if (run.ended !== null) {
    const tookMs = run.ended.at - run.startedAt;
    lines.push(`- Ended ${plainTime(run.ended.at)}, after ${durationText(tookMs)}`);
    return lines;
  }
  const end = eta(state, now);
  const left =
    end === null
      ? "unknown"
      : `${plainTime(end)} (in ${durationText(end - now)}${rangeOf(state, now)})`;
  lines.push(`- Expected end: ${left}`);
  if (state.lowDisk !== null) lines.push(`- Disk: ${tableCell(lowDiskText(state.lowDisk), 400)}`);
  const wait = waitsUntil(state);
  if (wait !== null) {
    lines.push(`- Waits until ${plainTime(wait)}: no agent that may go on can be used before`);
  }
  if (run.policy.deadline !== null) lines.push(`- Deadline: ${plainTime(run.policy.deadline)}`);
  return lines;
}

function rangeOf(state: State, now: Instant): string {
  const text = rangeText(state, now);
  return text === "" ? "" : `;${text.replace(/[()]/g, "")}`;
}

function agentTable(state: State, now: Instant): readonly string[] {
  const slots = shownSlots(state);
  if (slots.length === 0) return [];
  const { run } = state;
  const isTold = tellsSpend(state) && run !== null;
  const attempts = isTold ? [...state.tasks.values()].flatMap((task) => attemptsIn(task, run)) : [];
  return table(
    ["agent", "task", "status", "since", "for", "fullness", ...(isTold ? ["spend"] : [])],
    slots.map((slot) => [
      slot.slot,
      slot.task ?? "–",
      `${agentSigns[slot.state]} ${slot.state}${slot.why === null ? "" : `: ${slot.why}`}`,
      plainTime(slot.since),
      durationText(now - slot.since),
      fullnessText(slot),
      ...(isTold ? [attemptsSpend(attempts.filter((one) => one.slot === slot.slot))] : []),
    ]),
  );
}

const agentSigns: Readonly<Record<AgentState, string>> = {
  offline: "⏳",
  starting: "🔄",
  idle: "⏳",
  working: "🔄",
  retrying: "⏳",
  asking: "⚠️",
  limited: "⏳",
  quiet: "⏳",
  failed: "❌",
  unknown: "❔",
  stopping: "⏳",
  broken: "❌",
};

function totalLine(state: State): string {
  const counts = countTasks(state);
  const known = sections.filter((name) => counts[name] > 0);
  const parts = known.map((name) => `${counts[name]} ${name.replace("_", " ")}`);
  return `${state.tasks.size} in all${parts.length === 0 ? "" : `: ${parts.join(", ")}`}.`;
}

function queueTable(state: State): readonly string[] {
  const heldBy = holds(state);
  const isTold = tellsSpend(state);
  const bySection = Map.groupBy(state.tasks.values(), (task) => shownState(task, heldBy));
  const rows: string[][] = [];
  for (const section of sections) {
    const tasks = bySection.get(section) ?? [];
    // Of what is over, the latest is of interest; of what is to come, the first.
    const isOver = section === "done" || section === "skipped" || section === "cancelled";
    const room = mostRows - rows.length;
    const shown = isOver ? tasks.slice(Math.max(0, tasks.length - room)) : tasks.toSorted(byTurn);
    for (const task of shown.slice(0, room)) {
      const spend = isTold ? [attemptsSpend(task.attempts)] : [];
      rows.push([...queueRow(task, section), ...spend]);
    }
  }
  const more = state.tasks.size - rows.length;
  const lines =
    rows.length === 0 ? [] : table([...queueHeader, ...(isTold ? ["spend"] : [])], rows);
  return more > 0 ? [...lines, "", `${more} more: \`temoin ls\` lists them all.`] : lines;
}

const queueHeader = ["priority", "id", "task", "agent", "status"];

function queueRow(task: Task, shown: TaskState): string[] {
  const { spec } = task;
  return [
    spec.priority,
    spec.id,
    spec.title,
    shownAgent(task) ?? spec.role ?? "any",
    `${stateText(shown)}${statusNote(task)}`,
  ];
}

function statusNote(task: Task): string {
  if (task.paused) return ", paused";
  if (task.state === "needs_human" || task.state === "failed") return `: ${task.why}`;
  if (task.state === "done" && !task.proven) return ", unproven";
  const outcome = shownOutcome(task);
  const isAgain = task.state === "queued" || task.state === "waiting";
  return isAgain && outcome !== null ? `, after ${outcome.replace("_", " ")}` : "";
}

function goalTable(items: readonly GoalResult[]): readonly string[] {
  if (items.length === 0) return [];
  const rows = items.map(({ name, met, detail }) => [name, met ? "✅ met" : "⏳ missing", detail]);
  return table(["goal", "status", "detail"], rows);
}

function inboxTable(state: State): readonly string[] {
  const items = [...state.inbox.values()];
  if (items.length === 0) return [];
  const rows = items
    .slice(0, mostRows)
    .map((item) => [plainTime(item.at), item.task ?? item.kind, item.says, item.next]);
  const lines = table(["since", "about", "what", "next step"], rows);
  const more = items.length - rows.length;
  return more > 0 ? [...lines, "", `${more} more: \`temoin inbox\` lists them all.`] : lines;
}
