/** Commit messages: a subject, and the trailers by which a commit is known as temoin's. */

import type { AgentName, CommitSha } from "./id.ts";
import type { TaskSpec } from "./task.ts";
import { oneLine } from "./view-text.ts";

export interface CommitAuthor {
  readonly task: TaskSpec;
  readonly agent: AgentName;
  readonly attempt: number;
}

/** For the commit of an attempt's work on its own branch. */
export function workMessage(of: CommitAuthor): string {
  return `${subject(of.task.title)}\n\n${trailers(of)}\n`;
}

/** For the landing on the target. */
export function landingMessage(of: CommitAuthor): string {
  return `${subject(`${of.task.id}: ${of.task.title}`)}\n\n${trailers(of)}\n`;
}

/** For the commit that takes a landing back. */
export function revertMessage(
  task: TaskSpec,
  { sha, reason }: { readonly sha: CommitSha; readonly reason: string },
): string {
  const why = reason.trim() === "" ? "" : `: ${oneLine(reason, 500)}`;
  const body = `This takes back ${sha}${why}`;
  const end = `Temoin-Task: ${task.id}\nTemoin-Revert: ${sha}`;
  return `${subject(`Revert ${task.id}: ${task.title}`)}\n\n${body}\n\n${end}\n`;
}

function trailers(of: CommitAuthor): string {
  return [
    `Temoin-Task: ${of.task.id}`,
    `Temoin-Agent: ${of.agent}`,
    `Temoin-Attempt: ${of.attempt}`,
  ].join("\n");
}

/** One line, at most 72 characters, never empty, never a comment. */
function subject(title: string): string {
  const line = oneLine(title, 72)
    .replace(/^#+\s*/, "")
    .trim();
  return line === "" ? "Work of an agent" : line;
}
