/** Commit messages: a subject, and the trailers by which a commit is known as temoin's. */

import type { AgentName } from "./id.ts";
import type { TaskSpec } from "./task.ts";

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

function trailers(of: CommitAuthor): string {
  return [
    `Temoin-Task: ${of.task.id}`,
    `Temoin-Agent: ${of.agent}`,
    `Temoin-Attempt: ${of.attempt}`,
  ].join("\n");
}

/** One line, at most 72 characters, never empty, never a comment. */
function subject(title: string): string {
  const line = title
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a title may hold anything.
    .replace(/[\u0000-\u001f\u007f]+/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^#+\s*/, "");
  if (line === "") return "Work of an agent";
  return line.length <= 72 ? line : `${line.slice(0, 71).trimEnd()}…`;
}
