/** The parts of opencode's messages in words: one line for who watches, and the text of the log. */

import { lastLine, plainLine, plainText } from "../../lib/process-text.ts";
import type { Part } from "./server-event.ts";

type ToolPart = Extract<Part, { readonly type: "tool" }>;

/** In characters, of what a command has printed; all of it would be in the log of the command. */
const longestOutput = 8_000;

/** What a tool call is about, where opencode does not say it: the first of these that it has. */
const inputNames = [
  "command",
  "filePath",
  "path",
  "pattern",
  "url",
  "query",
  "description",
  "name",
];

export function sayTool(part: ToolPart): string {
  const last = part.status === "running" ? lastLine(part.output) : "";
  return plainLine(last === "" ? `${part.tool}: ${aboutTool(part)}` : `${part.tool}: ${last}`);
}

export function logTool(part: ToolPart): string {
  const output = plainText(part.output).trimEnd();
  const shown = output.length > longestOutput ? `${output.slice(0, longestOutput)}\n[…]` : output;
  const how = part.status === "error" ? " failed" : "";
  return `> ${part.tool}${how}: ${plainLine(aboutTool(part))}\n${shown === "" ? "" : `${shown}\n`}`;
}

export function logText(text: string): string {
  const plain = plainText(text).trimEnd();
  return plain === "" ? "" : `${plain}\n`;
}

function aboutTool({ title, input }: ToolPart): string {
  if (title !== "") return title;
  for (const name of inputNames) {
    const value = input[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}
