/**
 * What an agent must know of a task, in sections: the brief, what earlier attempts came to, the
 * words of a person, and the rules of the workspace. A pure function of the order and the project.
 */

import type { Conflict } from "../domain/conflict.ts";
import type { AttemptOrder, EarlierAttempt } from "../domain/order.ts";
import { handoffText } from "./handoff-document.ts";
import type { HandoffDocument } from "./prompt.ts";
import { bullets, fenced, numbered, type Section, section } from "./section.ts";

export interface ProjectRules {
  /** The branch that landings go to, by its short name. */
  readonly target: string;
  readonly gates: readonly { readonly name: string; readonly run: string }[];
  /** The project's `.temoin/`, absolute: proofs lie in it. */
  readonly stateDir: string;
}

export function taskSections(
  order: AttemptOrder,
  rules: ProjectRules,
  handoff: HandoffDocument | null = null,
): readonly Section[] {
  const { task } = order;
  return [
    ...briefSections(order),
    ...section("skills", "Read first", skillsText(task.skills)),
    ...section("earlier", "Earlier attempts", earlierText(order, rules)),
    ...section("handoff", "Handoff", handoff === null ? "" : handoffText(handoff, rules)),
    ...section("conflict", "Resolve the conflict first", conflictText(order, rules)),
    ...section("tells", "What you are told", bullets(order.tells.map((tell) => tell.text))),
    ...section("workspace", "Workspace", workspaceText(order, rules)),
    ...section("gates", "Gates", gatesText(order, rules)),
    ...section("report", "Report", reportText(order)),
  ];
}

/** What is asked for, in the author's own words. */
export function briefSections(order: AttemptOrder): readonly Section[] {
  const { brief } = order;
  return [
    ...section("context", "Context", brief.context),
    ...section("objective", "Objective", objectiveOf(order)),
    ...section("files", "Files", bullets(brief.files)),
    ...section("instructions", "Instructions", numbered(brief.instructions)),
    ...section("constraints", "Constraints", bullets(brief.constraints)),
    ...section("deliverables", "Deliverables", numbered(brief.deliverables)),
    ...section("acceptance", "Acceptance criteria", bullets(brief.acceptance)),
    ...section("tests", "Tests", bullets(brief.tests)),
    ...section("answers", "Answers to what you may ask", bullets(brief.answers ?? [])),
  ];
}

export function targetRef(target: string): string {
  return `refs/temoin/target/${target}`;
}

/** Must the attempt merge the target before anything else? Only where it goes on from such work. */
export function mustMerge(order: AttemptOrder): boolean {
  return (
    order.base.from === "attempt" && order.earlier.some(({ outcome }) => outcome === "conflict")
  );
}

/** A brief of which only the author's text is known is that text; one of nothing is its title. */
function objectiveOf({ task, brief }: AttemptOrder): string {
  if (brief.objective.trim() !== "") return brief.objective;
  const { raw, objective: _, ...parts } = brief;
  const isStructured = Object.values(parts).some((part) => part.length > 0);
  return isStructured || raw.trim() === "" ? task.title : raw;
}

function skillsText(skills: readonly string[]): string {
  if (skills.length === 0) return "";
  const list = bullets(skills.map((skill) => `\`${skill}\``));
  return `Load these documents of the repository before you start, and follow them:\n${list}`;
}

function earlierText(order: AttemptOrder, rules: ProjectRules): string {
  if (order.earlier.length === 0) return "";
  const { base } = order;
  const start =
    base.from === "attempt"
      ? `Your branch starts from the work of attempt ${base.attempt}: look at it, keep what is good and go on from there.`
      : `Your branch starts from \`${rules.target}\`: nothing of the earlier attempts is in it.`;
  return `${order.earlier.map((attempt) => oneEarlier(attempt, rules)).join("\n")}\n\n${start}`;
}

function oneEarlier(attempt: EarlierAttempt, rules: ProjectRules): string {
  const why = attempt.why.trim();
  const head = `Attempt ${attempt.n} by ${attempt.agent} ended as \`${attempt.outcome}\`${why === "" ? "." : `: ${why}`}`;
  const gates = attempt.failedGates.map(({ name, why: reason, proof }) => {
    const output = proof === null ? "" : ` Output: ${rules.stateDir}/${proof}`;
    return `- \`${name}\`: ${reason}${output}`;
  });
  return bullets([[head, ...gates].join("\n")]);
}

function conflictText(order: AttemptOrder, rules: ProjectRules): string {
  if (!mustMerge(order)) return "";
  const conflict = order.earlier.findLast((one) => one.conflict !== undefined)?.conflict;
  return [
    `An earlier attempt could not land because \`${rules.target}\` had changed in the same places.`,
    ...(conflict === undefined ? [] : sidesText(order, conflict)),
    numbered([
      `Run \`git merge ${targetRef(rules.target)}\` in your branch.`,
      "Resolve each conflict so that the intent and the lines of both sides are kept.",
      "Commit the merge, see that the gates pass, then go on with the task.",
    ]),
    ...(conflict === undefined ? [] : hunksText(conflict, rules)),
  ].join("\n");
}

/** Whose work meets whose. */
function sidesText({ task }: AttemptOrder, { others }: Conflict): readonly string[] {
  if (others.length === 0) return [];
  const theirs = others.map(({ task: id, title }) => (id === null ? title : `${id}: ${title}`));
  return [
    "",
    `Your side is ${task.id}: ${task.title}. The other side, which has landed:`,
    bullets(theirs),
    "",
    "Keep every line of the other side's intent: what it added is looked for in your result.",
    "",
  ];
}

function hunksText(conflict: Conflict, rules: ProjectRules): readonly string[] {
  const { files, more } = conflict;
  const shown = files.flatMap(({ path, hunks }) =>
    hunks === ""
      ? [`\`${path}\` (it is gone on one side, or no text)`]
      : [`\`${path}\`:`, fenced(hunks)],
  );
  const rest = more === 0 ? [] : [`${more} more files are at odds.`];
  return [
    "",
    `At odds, with \`${rules.target}\` above and your work below:`,
    "",
    ...shown,
    ...rest,
  ];
}

function workspaceText({ branch, attempt }: AttemptOrder, rules: ProjectRules): string {
  return bullets([
    `You are in a git worktree of your own, on the branch \`${branch}\` (attempt ${attempt}). The work will land on \`${rules.target}\`; do not merge or push it there yourself.`,
    "Commit or not, as you like: everything that is changed here at the end of your turn is taken.",
    "Do not switch to another branch, and do not touch files outside this directory.",
    "Do not edit `temoin.yaml`.",
    "Decide what the task leaves open, and say in your report what you decided: an answer from a person may take hours.",
  ]);
}

function gatesText({ task }: AttemptOrder, { gates }: ProjectRules): string {
  const list = [
    ...gates.map(({ name, run }) => `\`${name}\`: \`${run}\``),
    ...task.verify.map((command) => `for this task: \`${command}\``),
  ];
  if (list.length === 0) {
    return "No gates are configured. Prove your work as well as you can, and say in your report how.";
  }
  return `When your turn ends these gates are run here, and again on the merged result. The task is done when they pass:\n${bullets(list)}`;
}

function reportText({ task }: AttemptOrder): string {
  return [
    "End your turn when you are done. What you report is read beside the gates, and never in their place:",
    bullets([
      '`temoin report done "what you did" --files CHANGED --tests RESULT` when the task is complete;',
      '`temoin report blocked "what is in the way"` when you cannot go on without a person;',
      '`temoin report note "…"` for what the next one should know;',
      '`temoin report handoff "where you are, what is left"` when you must stop before the end.',
    ]),
    "",
    `Where that command is missing, add a section \`### ${task.id}: COMPLETED ✅\` to \`CLAUDE.md\` instead, with lines such as \`**Files**: …\` and \`**Tests**: …\`; \`### ${task.id}: BLOCKED\` when you cannot go on.`,
  ].join("\n");
}
