/**
 * Tasks into documents: the JSON queue, and a list with boxes. `createPlanReader` reads both back
 * to the same tasks, whatever their words are; states that no plan can tell (running, landing) come
 * back as `queued`, and what was called off is told, but is no task any more.
 */

import type { Brief } from "../domain/brief.ts";
import type { TaskSpec, TaskState } from "../domain/task.ts";
import { oneLine } from "./blocks.ts";
import type { Fields } from "./fields.ts";
import { cutTitle } from "./found.ts";
import { isAmbiguous } from "./markers.ts";
import { readPhaseHeading } from "./outline.ts";
import { readTaskHeading } from "./sections.ts";
import { storedTaskLines } from "./stored-task.ts";
import { isCriteriaHeading, isListHeading } from "./words.ts";

/** A task as it is written out. */
export interface TaskRecord {
  readonly spec: Omit<TaskSpec, "brief" | "briefLines" | "source">;
  readonly state: TaskState;
  readonly brief: Brief;
}

type QueueList = "pending" | "in_progress" | "completed" | "blocked" | "cancelled" | "skipped";

const listOf: Readonly<Record<TaskState, QueueList>> = {
  waiting: "pending",
  queued: "pending",
  running: "in_progress",
  landing: "in_progress",
  done: "completed",
  needs_human: "blocked",
  failed: "blocked",
  cancelled: "cancelled",
  skipped: "skipped",
};

export interface JsonQueue {
  readonly current_orchestrator: string | null;
  readonly task_queue: Readonly<Record<QueueList, readonly Fields[]>>;
}

/** `conductor`: the agent that holds the office, if any. */
export function exportQueue(tasks: readonly TaskRecord[], conductor: string | null): JsonQueue {
  const items = Map.groupBy(tasks, (task) => listOf[task.state]);
  const of = (list: QueueList): readonly Fields[] => (items.get(list) ?? []).map(queueItem);
  return {
    current_orchestrator: conductor,
    task_queue: {
      pending: of("pending"),
      in_progress: of("in_progress"),
      completed: of("completed"),
      blocked: of("blocked"),
      cancelled: of("cancelled"),
      skipped: of("skipped"),
    },
  };
}

function queueItem({ spec, state, brief }: TaskRecord): Fields {
  const { id, title, priority, agent, deps, role } = spec;
  return {
    id,
    title,
    priority,
    agent,
    depends_on: deps,
    role,
    state,
    ...fieldsOf({ spec, brief }),
  };
}

export function exportMarkdown(tasks: readonly TaskRecord[]): string {
  const groups = Map.groupBy(tasks, ({ spec: { phase } }) => (isHeading(phase) ? phase : null));
  const lines = ["# Tasks", ""];
  for (const phase of [null, ...groups.keys()].filter((each, at) => at === 0 || each !== null)) {
    if (phase !== null) lines.push(`## ${escapeText(phase)}`, "");
    for (const task of groups.get(phase) ?? []) lines.push(...itemLines(task, phase), "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Is a heading of these words read as a group of just that name? */
function isHeading(phase: string | null): phase is string {
  if (phase === null || phase !== oneLine(phase)) return false;
  const read = readPhaseHeading(phase);
  const { names, number } = readTaskHeading(phase);
  const isSame = read.name === phase && read.tasks.length === 0;
  const isTask = names.length > 0 || number !== null;
  return isSame && !isTask && !isListHeading(phase) && !isCriteriaHeading(phase);
}

function itemLines(task: TaskRecord, heading: string | null): readonly string[] {
  const { spec, state, brief } = task;
  const { title } = cutTitle(spec.title);
  const fields: Fields = {
    ...(title === spec.title ? {} : { title: spec.title }),
    ...(spec.role === null ? {} : { role: spec.role }),
    ...fieldsOf({ spec: { ...spec, phase: spec.phase === heading ? null : spec.phase }, brief }),
  };
  const words = `${protect(title)} ${markersOf(task)}`;
  if (state === "cancelled" || state === "skipped") return [`- ${words}`];
  const box = state === "done" ? "[x]" : "[ ]";
  if (Object.keys(fields).length === 0) return [`- ${box} ${words}`];
  const stored = storedTaskLines(fields).map((line) => (line === "" ? "" : `  ${line}`));
  return [`- ${box} ${words}`, "", ...stored];
}

function markersOf({ spec, state }: TaskRecord): string {
  const markers = [`(id: ${escapeText(spec.id)})`];
  if (spec.deps.length > 0) markers.push(`(depends on ${spec.deps.map(escapeText).join(", ")})`);
  if (state === "needs_human" || state === "failed") markers.push("(status: blocked)");
  if (state === "cancelled" || state === "skipped") markers.push(`(status: ${state})`);
  if (spec.agent !== null) markers.push(`@${escapeText(spec.agent)}`);
  if (spec.priority !== "medium") markers.push(`!${spec.priority}`);
  return markers.join(" ");
}

/** What stands beside id, title, priority, agent, role, state and dependencies; nothing if empty. */
function fieldsOf({ spec, brief }: Pick<TaskRecord, "spec" | "brief">): Fields {
  const { aliases, skills, phase, estimate, touches, verify } = spec;
  return {
    ...filled({ aliases, skills, phase, estimate, touches, verify }),
    ...filled({ brief: filled({ ...brief }) }),
  };
}

function filled(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isBare(value)));
}

function isBare(value: unknown): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A comment on either side keeps words of a title from being read as markers. */
function protect(title: string): string {
  const text = escapeText(title);
  return isAmbiguous(title) || /:\/\/|www\.|@/i.test(title) ? `<!-- --> ${text} <!-- -->` : text;
}

/** Words that Markdown reads as just these words. */
function escapeText(text: string): string {
  return text
    .replace(/[\\`*[\]<~]/g, "\\$&")
    .replace(/&(?=[#\p{L}])/gu, "\\&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/(?<=^|\s)#/g, "\\#");
}
