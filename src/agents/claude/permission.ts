/**
 * What Claude Code asks before it uses a tool, as asks, and answers as its decisions: the same over
 * the stream and over the hook `PermissionRequest` (measured: 2.1.197). Pure.
 */

import { isAbsolute, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { AgentAsk, Answer } from "../../domain/ask.ts";
import type { Action } from "../../domain/autonomy.ts";
import { isRecord } from "../../lib/json-text.ts";
import { plainLine } from "../../lib/process-text.ts";

export type ToolInput = Readonly<Record<string, unknown>>;

export interface ToolAsk {
  readonly tool: string;
  readonly input: ToolInput;
  /** Where the agent works: paths may be relative to it. */
  readonly cwd: string;
}

/** What is told back for the tool. */
export type ToolDecision =
  | { readonly behavior: "allow"; readonly updatedInput: ToolInput }
  | { readonly behavior: "deny"; readonly message: string };

export const allowLabel = "Yes";
export const denyLabel = "No";
/** Where nothing else is said with a no. */
const deniedByPerson = "The person has said no. Go on without it, or report that you are blocked.";

/** One question of `AskUserQuestion`; a permission is one with two choices. */
export interface Question {
  readonly text: string;
  readonly choices: readonly string[];
}

export function questionsOf({ tool, input }: ToolAsk): readonly Question[] {
  if (tool !== "AskUserQuestion" || !Array.isArray(input["questions"])) return [];
  return input["questions"].flatMap((one: unknown): Question[] => {
    const text = fieldOf(one, "question");
    const options = isRecord(one) && Array.isArray(one["options"]) ? one["options"] : [];
    const choices = options.flatMap((option: unknown) => fieldOf(option, "label") ?? []);
    return text === null ? [] : [{ text, choices }];
  });
}

/** `n`: which of its questions, from 0; a permission has but one. */
export function askOf(id: string, of: ToolAsk, n = 0): AgentAsk {
  const question = questionsOf(of)[n];
  if (question !== undefined) {
    const { text, choices } = question;
    return { id, kind: "question", says: plainLine(text), choices, takesText: true };
  }
  const says = plainLine(sayTool(of));
  return { id, kind: "permission", says, choices: [allowLabel, denyLabel], takesText: true };
}

/** What a permission is asked for; `null`: it is a question, which only a person can answer. */
export function actionOf({ tool, input, cwd }: ToolAsk): Action | null {
  const file =
    fieldOf(input, "file_path") ?? fieldOf(input, "notebook_path") ?? fieldOf(input, "path");
  const paths = file === null ? [] : [isAbsolute(file) ? file : resolve(cwd, file)];
  switch (tool) {
    case "AskUserQuestion":
      return null;
    case "Write":
    case "Edit":
    case "MultiEdit":
    case "NotebookEdit":
      return { kind: "edit", paths };
    case "Read":
    case "Glob":
    case "Grep":
    case "LS":
      return { kind: "read", paths: paths.length === 0 ? [`${cwd}/.`] : paths };
    case "Bash":
      return { kind: "command", command: fieldOf(input, "command") ?? "" };
    default:
      return { kind: "other", tool };
  }
}

/** For a permission; words are a no with its reason. */
export function decide(of: ToolAsk, answer: Answer): ToolDecision {
  if ("text" in answer) return { behavior: "deny", message: answer.text };
  return answer.choice === allowLabel
    ? { behavior: "allow", updatedInput: of.input }
    : { behavior: "deny", message: deniedByPerson };
}

/** For all questions of one call, in their order. An answer that is missing would be a silent no. */
export function answerQuestions(of: ToolAsk, answers: readonly string[]): ToolDecision {
  const given = questionsOf(of).map((question, n) => [question.text, answers[n] ?? ""] as const);
  return {
    behavior: "allow",
    updatedInput: { ...of.input, answers: Object.fromEntries(given) },
  };
}

/** Is this the tool that was asked about? The answers to its questions are added to its input. */
export function isSameTool(asked: ToolAsk, used: ToolAsk): boolean {
  if (asked.tool !== used.tool) return false;
  return questionsOf(asked).length > 0 || isDeepStrictEqual(asked.input, used.input);
}

function sayTool({ tool, input }: ToolAsk): string {
  const file = fieldOf(input, "file_path") ?? fieldOf(input, "notebook_path");
  switch (tool) {
    case "Bash":
      return `May it run \`${fieldOf(input, "command") ?? ""}\`?`;
    case "Write":
      return `May it write ${file ?? "a file"}?`;
    case "Edit":
    case "MultiEdit":
    case "NotebookEdit":
      return `May it edit ${file ?? "a file"}?`;
    case "ExitPlanMode":
      return `May it carry out its plan? ${fieldOf(input, "plan") ?? ""}`;
    default:
      return `May it use ${tool} with ${JSON.stringify(input)}?`;
  }
}

function fieldOf(value: unknown, key: string): string | null {
  const field = isRecord(value) ? value[key] : undefined;
  return typeof field === "string" && field !== "" ? field : null;
}
