/** A reminder to an agent without progress: what was seen, and the ways on that it has. */

import { durationText } from "../domain/view-duration.ts";
import { oneLine } from "../domain/view-text.ts";
import type { NudgeRequest } from "./prompt.ts";
import { numbered, type Section, section } from "./section.ts";

export function nudgeSections(request: NudgeRequest): readonly Section[] {
  const { isLast } = request;
  const title = isLast ? "Last prompt" : "Reminder";
  const body = [
    whatWasSeen(request),
    "",
    isLast ? lastWords(request) : waysOn,
    "",
    theTask(request),
  ];
  return section("reminder", title, body.join("\n"));
}

function whatWasSeen({ why }: NudgeRequest): string {
  return `You were interrupted: ${why}. What you have changed in the workspace is still there. A command that does not come back is run with a time limit, not waited for.`;
}

const waysOn = [
  "You have three ways on:",
  "",
  numbered([
    "go on with the task, where you know the next step;",
    'name what is in the way: `temoin report blocked "what is in the way"`, and end your turn;',
    'ask, where only a person can decide: `temoin report blocked "your question"`, and end your turn. The answer comes with the next prompt.',
  ]),
].join("\n");

function lastWords({ leftMs }: NudgeRequest): string {
  return [
    `This is the last prompt of this attempt: without an end of your turn it is ended in about ${durationText(leftMs)}, and the task is given on with all that is in the workspace.`,
    "",
    numbered([
      "finish, where little is left, and end your turn: the gates are run then;",
      'else say where you are: `temoin report handoff "what is done, what is left"`, or `temoin report blocked "what is in the way"`, and end your turn.',
    ]),
  ].join("\n");
}

function theTask({ order, taskFile }: NudgeRequest): string {
  const { id, title } = order.task;
  return `The task is ${id}: ${oneLine(title)}. Its whole text, if you do not have it any more: ${taskFile}`;
}
