/** What an agent does with a tool, in one line. Pure. */

import { plainLine } from "../../lib/process-text.ts";

const named = [
  "file_path",
  "absolute_path",
  "notebook_path",
  "command",
  "path",
  "pattern",
  "url",
  "description",
];

/** With its file or its command, where it has one. */
export function sayToolUse(tool: string, input: Readonly<Record<string, unknown>>): string {
  const about = named.map((key) => input[key]).find((value) => typeof value === "string");
  return plainLine(about === undefined ? tool : `${tool} ${about}`);
}
