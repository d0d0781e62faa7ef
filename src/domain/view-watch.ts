/**
 * What `temoin watch` shows: who does what, what comes next, what waits for the person. A page of
 * lines for a terminal of a given size: never wider, never longer, and nothing in them that it obeys.
 */

import type { Instant } from "./id.ts";
import type { State } from "./state.ts";
import { type AgentState, shownSlots } from "./view-agent.ts";
import { alignColumns, cutCells } from "./view-columns.ts";
import { conductorLine } from "./view-conductor.ts";
import { durationText } from "./view-duration.ts";
import { runLine, slotReason, tasksLine } from "./view-run.ts";
import { byTurn } from "./view-task.ts";
import { oneLine } from "./view-text.ts";

/** How a line is meant; which colour that is, the face decides. */
export type Tone = "title" | "plain" | "faint" | "busy" | "attention" | "bad";

export interface WatchLine {
  readonly text: string;
  readonly tone: Tone;
}

export interface WatchFacts {
  readonly now: Instant;
  readonly hasRunner: boolean;
  /** Of the terminal, in cells; `null`: there is none, all is shown. */
  readonly width: number | null;
  readonly height: number | null;
}

/** More of what comes next is no help (chosen). */
const mostNext = 10;

export function watchLines(state: State, facts: WatchFacts): readonly WatchLine[] {
  const { now, hasRunner, width, height } = facts;
  const waiting = state.inbox.size === 0 ? "" : ` · ${state.inbox.size} for you`;
  const head: readonly WatchLine[] = [
    { text: `${oneLine(runLine(state, { now, hasRunner }), 300)}${waiting}`, tone: "title" },
    { text: `tasks: ${tasksLine(state)}`, tone: "plain" },
    ...conductorLines(state, hasRunner),
  ];
  const sections = [
    { title: "agents", lines: agentLines(state, facts) },
    { title: "next", lines: nextLines(state, width) },
    { title: "for you", lines: inboxLines(state) },
  ].filter(({ lines }) => lines.length > 0);
  // A title and an empty line before it.
  const room = height === null ? null : height - head.length - 2 * sections.length;
  const shares = share(
    sections.map(({ lines }) => lines.length),
    room,
  );
  const body = sections.flatMap(({ title, lines }, place): readonly WatchLine[] => [
    { text: "", tone: "plain" },
    { text: title, tone: "faint" },
    ...shorten(lines, shares[place] ?? 0),
  ]);
  return [...head, ...body]
    .slice(0, height ?? undefined)
    .map(({ text, tone }) => ({ text: width === null ? text : cutCells(text, width), tone }));
}

function conductorLines(state: State, hasRunner: boolean): readonly WatchLine[] {
  const line = conductorLine(state, hasRunner);
  if (line === null) return [];
  const isInCall = hasRunner && state.conductor.call !== null;
  return [{ text: `conductor: ${oneLine(line, 300)}`, tone: isInCall ? "busy" : "plain" }];
}

function agentLines(state: State, { now, hasRunner, width }: WatchFacts): readonly WatchLine[] {
  const slots = shownSlots(state, hasRunner);
  const atWork = [...state.asks.values()].filter(({ task }) => state.running.has(task));
  const asks = Map.groupBy(atWork, ({ slot }) => slot);
  const rows = slots.map((shown) => {
    const ids = (asks.get(shown.slot) ?? []).map(({ id }) => id);
    const age = durationText(now - shown.since);
    return [shown.slot, shown.state, age, shown.task ?? "–", slotReason(shown, ids)];
  });
  const lines = alignColumns(rows, width === null ? null : width - indent.length);
  return lines.map((text, place) => {
    const shown = slots[place];
    const tone = shown === undefined ? "plain" : shown.held ? "attention" : tones[shown.state];
    return { text: `${indent}${text}`, tone };
  });
}

const indent = "  ";

const tones: Readonly<Record<AgentState, Tone>> = {
  offline: "faint",
  starting: "busy",
  idle: "plain",
  working: "busy",
  retrying: "attention",
  asking: "attention",
  limited: "attention",
  quiet: "attention",
  failed: "bad",
  unknown: "attention",
  stopping: "plain",
  broken: "bad",
};

function nextLines(state: State, width: number | null): readonly WatchLine[] {
  const ready = [...state.queued.values()].filter((task) => !task.paused).toSorted(byTurn);
  const rows = ready.slice(0, mostNext).map((task) => {
    const { id, priority, agent, role, title } = task.spec;
    return [id, priority, agent ?? role ?? "any", title];
  });
  const texts = alignColumns(rows, width === null ? null : width - indent.length);
  const lines = texts.map((text) => ({ text: `${indent}${text}`, tone: "plain" }) as const);
  const more = ready.length - rows.length;
  return more > 0 ? [...lines, { text: `${indent}… and ${more} more`, tone: "faint" }] : lines;
}

function inboxLines(state: State): readonly WatchLine[] {
  return [...state.inbox.values()].flatMap(({ says, next }): readonly WatchLine[] => [
    { text: `${indent}${oneLine(says, 500)}`, tone: "attention" },
    { text: `${indent}  → ${oneLine(next, 500)}`, tone: "faint" },
  ]);
}

/** So much for each that all get the same where they need it; `null`: there is no end of room. */
function share(needs: readonly number[], room: number | null): readonly number[] {
  if (room === null) return needs;
  const shares = needs.map(() => 0);
  for (let left = Math.max(0, room); left > 0; left -= 1) {
    // The one that has least of what it needs gets the next line.
    let poorest = -1;
    for (const [place, need] of needs.entries()) {
      const has = shares[place] ?? 0;
      if (has < need && (poorest < 0 || has < (shares[poorest] ?? 0))) poorest = place;
    }
    if (poorest < 0) break;
    shares[poorest] = (shares[poorest] ?? 0) + 1;
  }
  return shares;
}

function shorten(lines: readonly WatchLine[], most: number): readonly WatchLine[] {
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, Math.max(0, most - 1));
  const more: WatchLine = { text: `${indent}… ${lines.length - kept.length} more`, tone: "faint" };
  return most === 0 ? [] : [...kept, more];
}
