/** A plan against the queue, in full: a check that is named here is a command that temoin will run. */

import type { AddedTask, ChangedTask } from "../domain/plan-difference.ts";
import type { TaskSpec } from "../domain/task.ts";
import { commandLines } from "../domain/view-command.ts";
import { countText, listText, oneLine } from "../domain/view-text.ts";
import type { PlanLook } from "../operations/plan-look.ts";
import type { Face } from "./face.ts";
import { tellWarnings } from "./print-change.ts";

export function printPlanLook(face: Face, look: PlanLook): void {
  const { added, changed, same, left, inbox, warnings } = look;
  for (const task of added) printAdded(face, task);
  for (const task of changed) printChanged(face, task);
  for (const { id, fields } of left) {
    face.print(`  ${id} has started: its new ${fields.join(", ")} would be left out`);
  }
  if (same > 0) face.print(`  ${same} as in the queue`);
  if (added.length + changed.length === 0) face.print("The draft changes nothing in the queue.");
  for (const says of inbox) face.print(`would be for you: ${oneLine(says)}`);
  tellWarnings(face, warnings);
}

function printAdded(face: Face, task: AddedTask): void {
  const { id, title, priority, agent, role, phase, deps, skills, briefLines } = task;
  face.print(face.style("green", `+ ${id}: ${oneLine(title)}`));
  const facts = [
    role === null ? null : `role ${oneLine(role)}`,
    priority === "medium" ? null : priority,
    agent === null ? null : `only ${agent}`,
    phase === null ? null : `in ${oneLine(phase)}`,
    deps.length === 0 ? null : `after ${listText(deps, 20)}`,
    `${briefLines} lines of brief`,
  ];
  face.print(`    ${facts.filter((fact) => fact !== null).join(" · ")}`);
  face.print(`    touches ${oneLine(task.touches.join(", "), 400)}`);
  if (skills.length > 0) face.print(`    loads ${oneLine(skills.join(", "), 400)}`);
  for (const one of task.acceptance)
    face.print(`    agents are told, as accepted when: ${oneLine(one, 400)}`);
  printUnasked(face, task);
}

/** What is done without anybody being asked: answers in a person's place, and checks. */
export function printUnasked(
  face: Face,
  { answers = [], verify }: Pick<TaskSpec, "answers" | "verify">,
): void {
  for (const one of answers) face.print(`    is answered unasked: ${oneLine(one, 400)}`);
  for (const run of verify) {
    for (const [n, line] of commandLines(run).entries()) {
      face.print(face.style("bold", `    ${n === 0 ? "runs:" : "     "} ${line}`));
    }
  }
}

/** More lines of one brief are looked at in the plan (chosen). */
const mostLines = 40;

export function printChanged(face: Face, task: ChangedTask): void {
  const { id, title, fields, brief, verify } = task;
  face.print(face.style("yellow", `~ ${id}: ${oneLine(title)}`));
  for (const { field, before, after } of fields) {
    face.print(`    ${field}: ${oneLine(before, 500)} → ${oneLine(after, 500)}`);
  }
  printUnasked(face, { verify });
  for (const line of brief.slice(0, mostLines)) {
    const style = line.startsWith("-") ? "red" : "green";
    face.print(face.style(style, `      ${oneLine(line, 400)}`));
  }
  const more = brief.length - mostLines;
  if (more > 0) face.print(`      and ${countText(more, "more line")} of its brief`);
}
