/**
 * What `temoin run` says while it works: one line per event that a person at the terminal wants to
 * see, and a table at the end. Plain text; colours are the command's business.
 */

import { answerText } from "./ask.ts";
import type { Attempt, GateResult } from "./attempt.ts";
import type { Actor, Event } from "./event.ts";
import type { Instant, SlotId, TaskId } from "./id.ts";
import { sleepOf } from "./slot.ts";
import type { State } from "./state.ts";
import { alignColumns } from "./view-columns.ts";
import { durationText, shareText } from "./view-duration.ts";
import { gatesText } from "./view-gates.ts";
import { brokenText, sleepText } from "./view-slot.ts";
import type { SlotSummary, Summary } from "./view-summary.ts";
import { countText, listText, oneLine, plainWord } from "./view-text.ts";
import { clockTime, setBackText } from "./view-time.ts";
import { nudgeText } from "./watch.ts";

export interface LiveFacts {
  /** The state after the event; later events may be in it too. */
  readonly state: State;
  /** How far the person's clock is ahead of UTC. */
  readonly offsetMinutes: number;
}

/** `12:05:01  codex-1  T-3 verified: 1 commit, gates build ✓ test ✓ (4.2 s)`, or `null`. */
export function liveLine(event: Event, { state, offsetMinutes }: LiveFacts): string | null {
  const line = lineOf(event, state);
  if (line === null) return null;
  const [who, says] = line;
  const width = Math.max(6, ...[...state.slots.keys()].map((slot) => slot.length));
  return `${clockTime(event.at, offsetMinutes)}  ${who.padEnd(width)}  ${oneLine(says, 300)}`;
}

type Line = readonly [who: SlotId | Actor, says: string];

function lineOf(event: Event, state: State): Line | null {
  switch (event.type) {
    case "attempt_offered": {
      const title = state.tasks.get(event.task)?.spec.title ?? "";
      const again = event.attempt > 1 ? ` attempt ${event.attempt}` : "";
      return [event.slot, `${event.task} begins${again}: ${title} (${event.because})`];
    }
    case "reported":
      return event.report.kind === "note"
        ? null
        : at(event, state, `reports ${event.report.kind}: ${event.report.text}`);
    case "feedback_given":
      return at(event, state, `is not green, round ${event.round}: ${event.says}`);
    case "nudged":
      return at(event, state, `${nudgeText(event)}: ${event.why}`);
    case "attempt_ended":
      return at(event, state, endText(event, attemptOf(event, state)));
    case "attempt_resumed":
      return at(event, state, `goes on: ${event.why}`);
    case "answered": {
      const from = event.brief === undefined ? "" : ` (${event.brief})`;
      return [event.by, `${event.ask} of ${event.task}: ${answerText(event.answer)}${from}`];
    }
    case "ask_ruled":
      return event.isAllowed ? null : at(event, state, `${event.says} ${event.why}`);
    case "answer_refused":
      return ["temoin", `${event.ask} of ${event.task} was not taken: ${event.why}`];
    case "landed": {
      const proof = event.proven ? "" : ", unproven: no gate is configured";
      return at(event, state, `landed as ${event.sha.slice(0, 10)}${proof}`);
    }
    case "landing_refused":
      return at(event, state, `was not landed, ${plainWord(event.outcome)}: ${event.why}`);
    case "landing_lost":
      return at(event, state, `landing is tried again: ${event.why}`);
    case "task_done":
      if (event.how === "imported") return null;
      return event.how === "branch"
        ? ["temoin", `${event.task} done: verified, left on its branch`]
        : ["temoin", `${event.task} done: no change needed`];
    case "revert_asked":
      return ["person", `${event.task} is to be taken back: ${event.reason || "no reason told"}`];
    case "reverted":
      return ["temoin", `${event.task} taken back as ${event.sha.slice(0, 10)}`];
    case "revert_refused":
      return ["temoin", `${event.task} could not be taken back: ${event.why}`];
    case "task_failed":
      return ["temoin", `${event.task} failed: ${event.why}`];
    case "task_cancelled":
      return [event.by, `${event.task} cancelled`];
    case "task_skipped":
      return ["person", `${event.task} skipped`];
    case "told":
      return [event.by, `to ${event.task}: ${event.text}`];
    case "task_added":
      if (event.by === "temoin") return ["temoin", `${event.spec.id} opened: ${event.spec.title}`];
      // What a plan brings is told as one.
      return event.spec.source === null || event.spec.splitFrom
        ? [event.by, `${event.spec.id} added: ${event.spec.title}`]
        : null;
    case "inbox_added":
      return ["temoin", `for you: ${event.item.says} → ${event.item.next}`];
    default:
      return lineOfRun(event) ?? lineOfConductor(event);
  }
}

function lineOfRun(event: Event): Line | null {
  switch (event.type) {
    case "project_paused":
      return ["person", "paused: no new work is handed out"];
    case "project_resumed":
      return ["person", "resumed"];
    case "task_paused":
      return ["person", `${event.task} paused`];
    case "task_resumed":
      return ["person", `${event.task} resumed`];
    case "run_started":
      return ["temoin", `run started: ${countText(event.slots.length, "slot")}, ${event.target}`];
    case "clock_set_back":
      return ["temoin", setBackText(event)];
    case "slot_broken":
      return [event.slot, brokenText(event)];
    case "slot_limited":
      return [event.slot, sleepText(sleepOf(event))];
    case "slot_awake":
      return [event.slot, "is awake: its limit should be over"];
    case "disk_enough":
      return ["temoin", "the disk has room again: attempts begin"];
    case "run_stopping":
      return ["temoin", `stopping: ${event.why}`];
    case "run_ended":
      return ["temoin", `run ended: ${event.why}`];
    default:
      return null;
  }
}

function lineOfConductor(event: Event): Line | null {
  switch (event.type) {
    case "conductor_appointed":
      return ["temoin", `${event.agent} is the conductor, term ${event.term}: ${event.why}`];
    case "conductor_left":
      return ["temoin", `nobody is the conductor: ${event.why}`];
    case "conductor_called": {
      const about = listText(event.about.map(({ says }) => says));
      return ["temoin", `the conductor is called to judge: ${about}`];
    }
    case "conductor_decided":
      return [event.agent, `decides: ${event.text}`];
    default:
      return null;
  }
}

interface OfAttempt {
  readonly task: TaskId;
  readonly attempt: number;
}

function attemptOf(of: OfAttempt, state: State): Attempt | null {
  return state.tasks.get(of.task)?.attempts[of.attempt - 1] ?? null;
}

function at(of: OfAttempt, state: State, says: string): Line {
  return [attemptOf(of, state)?.slot ?? "temoin", `${of.task} ${says}`];
}

function endText(
  event: Extract<Event, { type: "attempt_ended" }>,
  attempt: Attempt | null,
): string {
  const { outcome, why, work } = event;
  if (outcome !== "verified") return `${plainWord(outcome)}: ${why}`;
  const gates = lastRound(attempt?.gates ?? []);
  const lengthMs = gates.reduce((sum, gate) => sum + gate.durationMs, 0);
  const proof =
    gates.length === 0
      ? "no gate is configured"
      : `gates ${gatesText(gates)} (${durationText(lengthMs)})`;
  return `verified: ${countText(work.commits, "commit")}, ${proof}`;
}

function lastRound(gates: readonly GateResult[]): readonly GateResult[] {
  const own = gates.filter((gate) => gate.where === "workspace");
  const round = Math.max(0, ...own.map((gate) => gate.round));
  return own.filter((gate) => gate.round === round);
}

/** The end of a run as lines: what came of the tasks, then who did what with their time. */
export function summaryLines(summary: Summary): readonly string[] {
  const { startedAt, endedAt, tasks, landed } = summary;
  const counts = Object.entries(tasks)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${plainWord(name)}`);
  const length = durationText(lengthOf(startedAt, endedAt));
  return [
    `${countText(landed, "change")} landed in ${length}; tasks: ${counts.join(", ") || "none"}`,
    ...alignColumns([summaryHeader, ...summary.slots.map(summaryRow)], null),
  ];
}

const summaryHeader = [
  "slot",
  "done",
  "attempts",
  "working",
  "idle",
  "with work ready",
  "outcomes",
];

/** `idle`: all of its free time and the share of the whole; then what of it work was ready for. */
function summaryRow(slot: SlotSummary): readonly string[] {
  const idleMs = slot.idleMs + slot.idleReadyMs;
  const wholeMs = idleMs + slot.workingMs + slot.limitedMs + slot.brokenMs;
  const outcomes = Object.entries(slot.outcomes)
    .map(([name, number]) => `${plainWord(name)} ${number}`)
    .join(", ");
  const limited = slot.limitedMs > 0 ? `limited ${durationText(slot.limitedMs)}` : "";
  const broken = slot.brokenMs > 0 ? `out of order ${durationText(slot.brokenMs)}` : "";
  return [
    slot.slot,
    String(slot.done),
    String(slot.attempts),
    durationText(slot.workingMs),
    `${durationText(idleMs)} (${shareText(idleMs, wholeMs)})`,
    durationText(slot.idleReadyMs),
    [outcomes, limited, broken].filter((part) => part !== "").join("; ") || "–",
  ];
}

function lengthOf(from: Instant, to: Instant): number {
  return Math.max(0, to - from);
}
