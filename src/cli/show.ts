/** `temoin show ID` */

import type { Brief } from "../domain/brief.ts";
import { durationText } from "../domain/view-duration.ts";
import { failureLine } from "../domain/view-failure.ts";
import { testsText } from "../domain/view-gates.ts";
import { countText, oneLine, plainWord } from "../domain/view-text.ts";
import { type Shown, show } from "../operations/show.ts";
import { type CliCommand, perform } from "./command.ts";
import { sayNext } from "./print-change.ts";
import { styleState } from "./style-state.ts";

export const command: CliCommand = {
  describe: (command) => command.argument("<id>", "a task's id or alias"),
  async run(call) {
    const { face, args } = call;
    const { json, brief } = await perform(call, show, { id: args[0] });
    if (face.isJson) {
      face.printJson(json);
      return 0;
    }
    const { task } = json;
    face.print(`${face.style("bold", task.id)}  ${oneLine(task.title)}`);
    face.print(styleState(face, task.state, factsLine(task)));
    for (const [name, list] of Object.entries(listsOf(task))) {
      if (list.length > 0) face.print(`${name}: ${list.map((item) => oneLine(item)).join(", ")}`);
    }
    for (const tell of task.tells) {
      face.print(`told${tell.delivered ? "" : " (not yet heard)"}: ${oneLine(tell.text, 300)}`);
    }
    for (const attempt of task.attempts) for (const line of attemptLines(attempt)) face.print(line);
    face.print(`\n${briefOf(brief) || "(no brief)"}`);
    sayNext(face, task.attempts.length === 0 ? `temoin why ${task.id}` : `temoin diff ${task.id}`);
    return 0;
  },
};

type ShownTask = Shown["json"]["task"];

function factsLine(task: ShownTask): string {
  return [
    plainWord(task.state) + (task.paused ? " (paused)" : task.review ? " (review)" : ""),
    task.priority,
    task.agent === null ? null : `agent ${task.agent}`,
    task.role === null ? null : `role ${task.role}`,
    task.phase === null ? null : `phase ${oneLine(task.phase)}`,
    task.landed === null ? null : `landed ${task.landed.slice(0, 10)}`,
    task.proven === false ? "unproven" : null,
    task.splitFrom === null ? null : `part of ${task.splitFrom}`,
    task.source === null ? null : `${task.source.file}:${task.source.line}`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function listsOf(task: ShownTask): Readonly<Record<string, readonly string[]>> {
  const { parts, aliases, deps, skills, touches, learnt, verify, answers } = task;
  const ofBrief = { "touches (learnt from its brief)": learnt };
  return {
    "split into": parts,
    aliases,
    after: deps,
    skills,
    touches,
    ...ofBrief,
    verify,
    "answers to what it may ask": answers,
  };
}

function attemptLines(attempt: ShownTask["attempts"][number]): readonly string[] {
  const { n, slot, phase, outcome, why, because, gates, evidence, branch } = attempt;
  const head = `attempt ${n} by ${slot}: ${plainWord(outcome ?? phase)}${why === null ? "" : ` (${oneLine(why)})`}`;
  return [
    "",
    head,
    `  why this agent: ${oneLine(because)}`,
    `  branch: ${branch}`,
    ...workLines(attempt),
    ...gates.flatMap(gateLines),
    ...evidence
      .filter(({ says }) => says !== because)
      .slice(-5)
      .map(({ source, says }) => `  ${source}: ${oneLine(says)}`),
  ];
}

/** What it has started from, what it has left, and what came too late. */
function workLines({
  base,
  commits,
  head,
  saved,
  late,
}: ShownTask["attempts"][number]): readonly string[] {
  const left = [
    ...(head === null ? [] : [`${countText(commits ?? 0, "commit")}, ${head.slice(0, 10)}`]),
    ...(saved === null || saved === head
      ? []
      : [`all of its files saved as ${saved.slice(0, 10)}`]),
  ];
  return [
    ...(base.from === "attempt"
      ? [`  goes on from: attempt ${base.attempt}, ${base.commit.slice(0, 10)}`]
      : []),
    ...(left.length === 0 ? [] : [`  work: ${left.join("; ")}`]),
    ...(late === null
      ? []
      : [
          `  late: ${late.commit.slice(0, 10)} came when it was over, and was refused: it is kept as ${late.ref}, and nothing rests on it`,
        ]),
  ];
}

/** Of a red gate the first failures are shown (chosen); its proof has them all. */
const shownFailures = 10;

function gateLines(gate: ShownTask["attempts"][number]["gates"][number]): readonly string[] {
  const { name, verdict, durationMs, where, proof, tests, failures, note, flaky } = gate;
  const parts = [
    `${verdict} after ${durationText(durationMs)}`,
    testsText(tests),
    where,
    flaky ? "flaky" : null,
    proof === null ? null : `proof .temoin/${proof}`,
  ];
  return [
    `  gate ${name}: ${parts.filter((part) => part !== null).join(", ")}`,
    ...(note === null ? [] : [`    note: ${oneLine(note)}`]),
    ...failures.slice(0, shownFailures).map((failure) => `    ${failureLine(failure)}`),
  ];
}

/** The author's own text, else its parts. */
function briefOf(brief: Brief): string {
  if (brief.raw.trim() !== "") return brief.raw.trimEnd();
  const { raw: _raw, ...parts } = brief;
  return Object.entries(parts)
    .filter(([, part]) => part.length > 0)
    .map(([name, part]) => `${name}:\n${typeof part === "string" ? part : listText(part)}`)
    .join("\n\n");
}

function listText(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
