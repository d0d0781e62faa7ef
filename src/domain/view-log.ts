/**
 * The rows of LOG.md: which events deserve one, and in which words.
 *
 * A row depends on its events alone, never on the state around them, so that rows that are written
 * again after a crash are the same to the byte. Each row carries the number of its (last) event.
 */

import type { Outcome } from "./attempt.ts";
import type { Event } from "./event.ts";
import type { TaskId } from "./id.ts";
import { areGreen, gatesText } from "./view-gates.ts";
import { isAskEvent, tellAsk } from "./view-log-ask.ts";
import { isConductorEvent, tellConductor } from "./view-log-conductor.ts";
import { type RunEvent, tellRun } from "./view-log-run.ts";
import { countText, listText, plainWord, table, tableRow } from "./view-text.ts";
import { plainTime } from "./view-time.ts";
import { nudgeText } from "./watch.ts";

export interface LogRow {
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** A sign and one word. */
  readonly status: string;
}

export interface NumberedRow {
  /** The number of the event that the row is about; of the last one, where it is about several. */
  readonly seq: number;
  readonly row: LogRow;
}

export const logHeader: readonly string[] = table(
  ["time", "actor", "action", "target", "status"],
  [],
);

export function logLine({ time, actor, action, target, status }: LogRow): string {
  return tableRow([time, actor, action, target, status]);
}

/** The rows of `events`, of which the first has the number `seq`. Tasks added at once share one. */
export function logRows(seq: number, events: readonly Event[]): readonly NumberedRow[] {
  const rows: NumberedRow[] = [];
  for (let at = 0; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined) break;
    if (event.type === "task_added") {
      const added = addedTogether(events, at);
      at += added.length - 1;
      rows.push({ seq: seq + at, row: addedRow(added) });
      continue;
    }
    const row = logRow(event);
    if (row !== null) rows.push({ seq: seq + at, row });
  }
  return rows;
}

/** The row of one event, or `null` when it deserves none. */
export function logRow(event: Event): LogRow | null {
  if (event.type === "task_added") return addedRow([event]);
  const told = tell(event);
  if (told === null) return null;
  const [action, target, status] = told;
  return { time: plainTime(event.at), actor: event.by, action, target, status };
}

type Added = Extract<Event, { type: "task_added" }>;

function addedTogether(events: readonly Event[], from: number): readonly Added[] {
  const added: Added[] = [];
  for (let at = from; at < events.length; at += 1) {
    const event = events[at];
    if (event?.type !== "task_added") break;
    const first = added[0] ?? event;
    const isSame = event.at === first.at && event.by === first.by;
    if (!isSame || event.spec.source?.file !== first.spec.source?.file) break;
    if (event.spec.splitFrom !== first.spec.splitFrom) break;
    added.push(event);
  }
  return added;
}

function addedRow(added: readonly Added[]): LogRow {
  const [first] = added;
  if (first === undefined) throw new Error("a row about no task");
  const file = first.spec.source?.file ?? null;
  const whole = first.spec.splitFrom;
  const from = whole !== undefined ? ` out of ${whole}` : file === null ? "" : ` from ${file}`;
  const what = added.length === 1 ? `added: ${first.spec.title}` : countText(added.length, "task");
  return {
    time: plainTime(first.at),
    actor: first.by,
    action: added.length === 1 ? `${what}${from}` : `added ${what}${from}`,
    target: listText(
      added.map(({ spec }) => spec.id),
      4,
    ),
    status: addedStatus(added),
  };
}

function addedStatus(added: readonly Added[]): string {
  const states = new Set(added.map(({ status }) => status.state));
  if (states.size > 1) return "⏳ added";
  if (states.has("done")) return "✅ imported, unproven";
  if (states.has("needs_human")) return "⚠️ needs human";
  return states.has("waiting") ? "⏳ waiting" : "⏳ queued";
}

type Told = readonly [action: string, target: string, status: string];

function tell(event: Exclude<Event, Added>): Told | null {
  switch (event.type) {
    case "task_edited":
    case "plan_imported":
    case "tell_delivered":
    case "task_waiting":
    case "task_queued":
    case "ending_asked":
    case "landing_offered":
    case "landing_prepared":
    case "goal_asked":
    case "inbox_cleared":
      return null;
    case "task_paused":
      return ["paused", event.task, "⏳ paused"];
    case "task_resumed":
      return ["resumed", event.task, "⏳ queued"];
    case "project_paused":
      return ["paused: no new work is handed out", "project", "⏳ paused"];
    case "project_resumed":
      return ["resumed", "project", "🔄 running"];
    case "told":
      return [`told: ${event.text}`, event.task, "🔄 told"];
    case "task_reopened":
      return [
        event.keepWork ? "opened again, from its work so far" : "opened again, from the target",
        event.task,
        "⏳ reopened",
      ];
    case "task_done":
      return tellDone(event);
    case "task_needs_human":
      return [`needs a person: ${event.why}`, event.task, "⚠️ needs human"];
    case "task_failed":
      return [`failed: ${event.why}`, event.task, "❌ failed"];
    case "task_cancelled":
      return ["cancelled", event.task, "❌ cancelled"];
    case "task_skipped":
      return ["skipped: its dependants go on", event.task, "✅ skipped"];
    case "inbox_added":
      return [
        `for a person: ${event.item.says} → ${event.item.next}`,
        event.item.task ?? event.item.kind,
        "⚠️ inbox",
      ];
    default:
      if (isConductorEvent(event)) return tellConductor(event);
      return isAskEvent(event) ? tellAsk(event) : tellAttempt(event);
  }
}

function tellDone({ how, task }: Extract<Event, { type: "task_done" }>): Told {
  switch (how) {
    case "imported":
      return ["done by its plan, unproven", task, "✅ imported"];
    case "branch":
      return ["done: verified, and left on its branch", task, "✅ done"];
    case "no_change":
      return ["done: nothing had to change", task, "✅ done"];
  }
}

type AttemptEvent = Extract<
  Event,
  {
    type:
      | "attempt_offered"
      | "attempt_moved"
      | "reported"
      | "gates_ran"
      | "feedback_given"
      | "nudged"
      | "attempt_ended"
      | "landed"
      | "landing_refused"
      | "landing_lost"
      | "revert_asked"
      | "reverted"
      | "revert_refused";
  }
>;
function tellAttempt(event: AttemptEvent | RunEvent): Told | null {
  switch (event.type) {
    case "attempt_offered":
      return [
        `assigned to ${event.slot}: ${event.because}`,
        attemptName(event.task, event.attempt),
        "🔄 assigned",
      ];
    case "attempt_moved":
      if (event.outside !== undefined && event.outside.length > 0) {
        return [
          `changed files outside its scope: ${listText(event.outside)}`,
          attemptName(event.task, event.attempt),
          "⚠️ scope",
        ];
      }
      if (event.config === true) {
        return [
          "changed temoin.yaml, which has no effect on this run",
          attemptName(event.task, event.attempt),
          "⚠️ configuration",
        ];
      }
      // Once per attempt; the other phases come and go with each round of feedback.
      return event.phase === "starting"
        ? ["started", attemptName(event.task, event.attempt), "🔄 running"]
        : null;
    case "reported":
      return [
        `reports ${event.report.kind}: ${event.report.text}`,
        event.task,
        event.report.kind === "blocked" ? "⚠️ report" : "🔄 report",
      ];
    case "gates_ran": {
      if (event.results.length === 0) return null;
      const isGreen = areGreen(event.results);
      const where = event.results.some((gate) => gate.where === "landing") ? " on the landing" : "";
      return [
        `gates${where}: ${gatesText(event.results)}`,
        attemptName(event.task, event.attempt),
        isGreen ? "✅ green" : "❌ red",
      ];
    }
    case "feedback_given":
      return [
        `feedback, round ${event.round}: ${event.says}`,
        attemptName(event.task, event.attempt),
        "🔄 feedback",
      ];
    case "nudged":
      return [
        `${nudgeText(event)}: ${event.why}`,
        attemptName(event.task, event.attempt),
        "⏳ quiet",
      ];
    case "attempt_ended":
      return [
        `ended ${event.outcome}: ${event.why}`,
        attemptName(event.task, event.attempt),
        `${outcomeSign(event.outcome)} ${plainWord(event.outcome)}`,
      ];
    case "landed":
      return [
        `landed as ${event.sha.slice(0, 10)}${event.proven ? ", gates passed on the result" : ", unproven: no gate is configured"}`,
        event.task,
        event.proven ? "✅ done" : "✅ done, unproven",
      ];
    case "landing_refused":
      return [
        `landing refused: ${event.why}`,
        attemptName(event.task, event.attempt),
        `❌ ${plainWord(event.outcome)}`,
      ];
    case "landing_lost":
      return [
        `landing lost, it is tried again: ${event.why}`,
        attemptName(event.task, event.attempt),
        "🔄 landing",
      ];
    case "revert_asked":
      return [`is to be taken back: ${event.reason || "no reason told"}`, event.task, "🔄 revert"];
    case "reverted":
      return [`taken back as ${event.sha.slice(0, 10)}`, event.task, "⏳ reverted"];
    case "revert_refused":
      return [`could not be taken back: ${event.why}`, event.task, "❌ revert"];
    default:
      return tellRun(event);
  }
}

function attemptName(task: TaskId, attempt: number): string {
  return `${task} (attempt ${attempt})`;
}

function outcomeSign(outcome: Outcome): string {
  switch (outcome) {
    case "verified":
      return "✅";
    case "no_change":
    case "blocked":
    case "handed_off":
    case "limited":
      return "⚠️";
    default:
      return "❌";
  }
}
