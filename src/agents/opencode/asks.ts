/**
 * What opencode asks, and the answers as it takes them. Pure.
 *
 * A request may hold several questions: they are told one after the other, and answered together.
 */

import { isAbsolute, resolve } from "node:path";
import type { Answer } from "../../domain/ask.ts";
import type { Action } from "../../domain/autonomy.ts";
import { plainLine } from "../../lib/process-text.ts";
import type { Fact } from "../protocol/line.ts";
import type { PermissionRequest, QuestionRequest } from "./server-event.ts";

export type Asks = Extract<Fact, { readonly type: "asks" }>;

/** The choices of its dialog, and what each is called on its interface. */
const replies = { "Allow once": "once", "Allow always": "always", Reject: "reject" } as const;
const choices = Object.keys(replies);

export function permissionAsks(request: PermissionRequest, cwd: string): Asks {
  const ask = {
    id: request.id,
    kind: "permission",
    says: plainLine(wordsOf(request)),
    choices,
    takesText: true,
  } as const;
  const action = actionOf(request, cwd);
  return { type: "asks", ask, wants: { action, allow: "Allow once", refuse: "Reject" } };
}

/** Words refuse it, and tell the agent why. `null`: it offers no such choice. */
export function permissionReply(
  answer: Answer,
): { readonly reply: string; readonly message?: string } | null {
  if (!("choice" in answer)) return { reply: "reject", message: answer.text };
  const reply = Object.entries(replies).find(([label]) => label === answer.choice)?.[1];
  return reply === undefined ? null : { reply };
}

/** `index` from 0; `null`: it holds no more questions. */
export function questionAsks(request: QuestionRequest, index: number): Asks | null {
  const question = request.questions[index];
  if (question === undefined) return null;
  const { question: words, choices: offered, takesText } = question;
  const ask = {
    id: questionId(request.id, index),
    kind: "question",
    says: plainLine(words),
    choices: offered,
    takesText: takesText || offered.length === 0,
  } as const;
  return { type: "asks", ask, wants: null };
}

export function questionId(request: string, index: number): string {
  return `${request}/${index + 1}`;
}

function wordsOf({ permission, patterns, metadata }: PermissionRequest): string {
  const about = patterns.filter((pattern) => pattern !== "*").join(", ");
  switch (permission) {
    case "bash":
      return `May it run \`${textOf(metadata["command"]) ?? about}\`?`;
    case "edit":
      return `May it edit ${about}?`;
    case "read":
      return `May it read ${about}?`;
    case "external_directory":
      return `May it reach outside of its workspace: ${about}?`;
    case "doom_loop":
      return `May it go on? It calls ${about} again and again in the same way.`;
    default: {
      const described = textOf(metadata["description"]) ?? about;
      return `May it use \`${permission}\`${described === "" ? "" : `: ${described}`}?`;
    }
  }
}

/** Paths are those of the metadata, which are absolute; patterns count from the repository's root. */
function actionOf({ permission, patterns, metadata }: PermissionRequest, cwd: string): Action {
  switch (permission) {
    case "edit":
      return { kind: "edit", paths: editedPaths(metadata) };
    case "read":
      return { kind: "read", paths: patterns.map((pattern) => resolve(cwd, pattern)) };
    case "bash":
      return { kind: "command", command: textOf(metadata["command"]) ?? patterns.join("; ") };
    default:
      return { kind: "other", tool: permission };
  }
}

/** Empty: not known, so that nobody allows it unseen. */
function editedPaths(metadata: PermissionRequest["metadata"]): readonly string[] {
  const { files, filepath } = metadata;
  if (!Array.isArray(files)) {
    const path = textOf(filepath);
    return path !== null && isAbsolute(path) ? [path] : [];
  }
  const paths = files.flatMap((file: unknown) => {
    if (typeof file !== "object" || file === null || !("filePath" in file)) return [null];
    return [textOf(file.filePath), ...("movePath" in file ? [textOf(file.movePath)] : [])];
  });
  return paths.every((path) => path !== null) ? paths : [];
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
