/**
 * The rows of LOG.md: which events deserve one, and in which words.
 *
 * A row depends on its events alone, never on the state around them, so that rows that are written
 * again after a crash are the same to the byte. Each row carries the number of its (last) event.
 */

import type { Event } from "./event.ts";
import { isAskEvent, tellAsk } from "./view-log-ask.ts";
import { isAttemptEvent, tellAttempt } from "./view-log-attempt.ts";
import { isConductorEvent, tellConductor } from "./view-log-conductor.ts";
import { tellRun } from "./view-log-run.ts";
import { countText, listText, table, tableRow } from "./view-text.ts";
import { plainTime } from "./view-time.ts";

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
      if (isAskEvent(event)) return tellAsk(event);
      return isAttemptEvent(event) ? tellAttempt(event) : tellRun(event);
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
