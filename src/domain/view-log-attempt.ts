/** How LOG.md tells what becomes of attempts and of their landings. */

import type { Outcome } from "./attempt.ts";
import type { Event } from "./event.ts";
import type { TaskId } from "./id.ts";
import { areGreen, gatesText } from "./view-gates.ts";
import { listText, plainWord } from "./view-text.ts";
import { nudgeText } from "./watch.ts";

const types = {
  attempt_offered: true,
  attempt_moved: true,
  reported: true,
  gates_ran: true,
  feedback_given: true,
  nudged: true,
  attempt_ended: true,
  landed: true,
  landing_refused: true,
  landing_lost: true,
  revert_asked: true,
  reverted: true,
  revert_refused: true,
} as const satisfies Partial<Record<Event["type"], true>>;

export type AttemptEvent = Extract<Event, { readonly type: keyof typeof types }>;

export function isAttemptEvent(event: Event): event is AttemptEvent {
  return Object.hasOwn(types, event.type);
}

/** Action, target and status, or `null` for what deserves no row. */
export function tellAttempt(event: AttemptEvent): readonly [string, string, string] | null {
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
