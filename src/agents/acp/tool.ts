/** What a tool call does, out of what the agent has told of it so far. Pure. */

import { isAbsolute, resolve } from "node:path";
import type { Action } from "../../domain/autonomy.ts";
import { plainLine } from "../../lib/process-text.ts";
import { diffPaths, type ToolCall } from "./message.ts";

export interface Tool {
  readonly title: string;
  readonly kind: string;
  /** Absolute paths of all files that it names. */
  readonly paths: readonly string[];
  readonly command: string | null;
}

const unknownTool: Tool = { title: "", kind: "other", paths: [], command: null };

/** An update says only what is new: the rest stays. */
export function mergeTool(before: Tool | undefined, call: ToolCall, cwd: string): Tool {
  const known = before ?? unknownTool;
  const { rawInput } = call;
  const named = ["file_path", "filePath", "path", "absolute_path", "notebook_path"].flatMap((key) =>
    textField(rawInput, key),
  );
  const located = (call.locations ?? []).map(({ path }) => path);
  const paths = [...diffPaths(call.content), ...located, ...named].map((path) =>
    isAbsolute(path) ? path : resolve(cwd, path),
  );
  const command = rawInput?.["command"];
  const told = Array.isArray(command) ? command.join(" ") : command;
  return {
    title: call.title ? plainLine(call.title) : known.title,
    kind: call.kind ?? known.kind,
    paths: [...new Set([...known.paths, ...paths])],
    command: typeof told === "string" && told !== "" ? told : known.command,
  };
}

export function actionOf({ title, kind, paths, command }: Tool): Action {
  switch (kind) {
    case "edit":
    case "delete":
    case "move":
      return { kind: "edit", paths };
    case "read":
    case "search":
      return { kind: "read", paths };
    case "execute":
      return { kind: "command", command: command ?? title };
    default:
      return { kind: "other", tool: title };
  }
}

/** What it asks for, one line. */
export function sayTool({ title, kind, paths, command }: Tool): string {
  switch (kind) {
    case "execute":
      return plainLine(`May it run \`${command ?? title}\`?`);
    case "edit":
      return plainLine(`May it write ${paths.join(", ") || title || "a file"}?`);
    case "delete":
      return plainLine(`May it delete ${paths.join(", ") || title || "a file"}?`);
    default:
      return plainLine(`May it go on with: ${title || "a tool that it does not name"}?`);
  }
}

function textField(from: ToolCall["rawInput"], key: string): readonly string[] {
  const value = from?.[key];
  return typeof value === "string" && value !== "" ? [value] : [];
}
