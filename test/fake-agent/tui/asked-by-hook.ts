/** What a hook is told of that which an agent asks, and its answer as one at the keys. */

import { resolve } from "node:path";
import type { Answer, Asked } from "./asked.ts";
import type { HookAnswer, ToolUse } from "./hooks.ts";
import type { Permission, Question } from "./view.ts";

/** With `Write` and `Edit` the first line is the file. */
export function permissionTool({ tool, text }: Permission): ToolUse {
  const [first = "", ...rest] = text.split("\n");
  return ["Write", "Edit"].includes(tool)
    ? { name: tool, input: { file_path: resolve(first), content: rest.join("\n") } }
    : { name: tool, input: { command: text } };
}

export function questionTool({ header, text, choices }: Question): ToolUse {
  const options = choices.map((label) => ({ label, description: label }));
  const questions = [{ question: text, header, options, multiSelect: false }];
  return { name: "AskUserQuestion", input: { questions } };
}

export function answerByHook({ kind, says, choices }: Asked, answer: HookAnswer): Answer {
  const by = { isByHook: true } as const;
  if (!answer.allows) return { choice: null, text: null, denied: answer.message, ...by };
  if (kind !== "question") {
    return { choice: choices.find(({ does }) => does === "yes") ?? null, text: null, ...by };
  }
  const { answers } = answer.input;
  const given =
    typeof answers === "object" && answers !== null && says in answers
      ? String((answers as Readonly<Record<string, unknown>>)[says])
      : "";
  const choice = choices.find(({ label }) => label === given);
  if (choice !== undefined) return { choice, text: null, ...by };
  return { choice: choices.find(({ does }) => does === "text") ?? null, text: given, ...by };
}
