/** One document into a plan, whatever its form. */

import { taskIdFrom } from "../domain/id.ts";
import { readQueue } from "./json-queue.ts";
import { loadMarkdown } from "./markdown.ts";
import { mergeFound } from "./merge.ts";
import { emptyPlan, type Plan, type PlanWarning } from "./plan.ts";
import { decodePlan } from "./plan-text.ts";
import { readMarkdownPlan } from "./read-markdown.ts";

const understood =
  "Understood are: headings with an id and lines such as `**Agent**: codex`; tables with a column of tasks and one of agents, priorities or states; lists with boxes (`- [ ] title`); and a JSON task queue. docs/plans.md shows each.";

/** Rejects with an AppError for what is no readable text; see `PlanReader`. */
export async function readDocument(file: string, content: Uint8Array): Promise<Plan> {
  const text = decodePlan(file, content);
  const source = { file, stem: stemOf(file) };
  const plan = readJson(text, source) ?? readMarkdownPlan(text, await loadMarkdown(), source);
  return { ...plan, warnings: inOrder(saysNothing(plan) ? withHint(plan, text) : plan.warnings) };
}

function readJson(
  text: string,
  { file, stem }: { readonly file: string; readonly stem: string },
): Plan | null {
  const isNamedJson = /\.json$/i.test(file);
  if (!isNamedJson && !/^\s*\{/.test(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // A Markdown document may begin with a brace; a file of that name must be JSON.
    if (!isNamedJson) return null;
    const says = `This is not JSON: ${error instanceof Error ? error.message : String(error)}.`;
    return { ...emptyPlan, warnings: [{ line: lineOfError(error, text), says }] };
  }
  const warnings: PlanWarning[] = [];
  const warn = (warning: PlanWarning): void => void warnings.push(warning);
  const found = readQueue(value, text, warn);
  if (found === null) return { ...emptyPlan, warnings };
  const { tasks } = mergeFound(found, { file, stem, warn });
  return { ...emptyPlan, tasks, warnings };
}

/** V8 says where: "… at position 12", else in a form with no place. */
function lineOfError(error: unknown, text: string): number {
  const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : "") ?? [];
  return position === undefined ? 1 : text.slice(0, Number(position)).split("\n").length;
}

/** The name of the file without folder and ending, as an id may begin. */
function stemOf(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  return taskIdFrom(name.replace(/(?<=.)\.[^.]*$/, ""))?.slice(0, 60) ?? "plan";
}

function saysNothing(plan: Plan): boolean {
  const { tasks, agents, goal, gates, criteria, handoff } = plan;
  return (
    handoff === null && [tasks, agents, goal, gates, criteria].every((part) => part.length === 0)
  );
}

function withHint(plan: Plan, text: string): Plan["warnings"] {
  const what =
    text.trim() === "" ? "This document is empty." : "No task was found in this document.";
  return [...plan.warnings, { line: 1, says: `${what} ${understood}` }];
}

/** Chosen: nobody reads more; the first ones usually explain the others. */
const mostWarnings = 100;

function inOrder(warnings: Plan["warnings"]): Plan["warnings"] {
  const ordered = [...warnings].sort((a, b) => a.line - b.line);
  if (ordered.length <= mostWarnings) return ordered;
  const line = ordered[mostWarnings]?.line ?? 1;
  const left = ordered.length - mostWarnings;
  return [...ordered.slice(0, mostWarnings), { line, says: `There are ${left} more warnings.` }];
}
