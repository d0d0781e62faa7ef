/**
 * What Gemini CLI may do where it is to change nothing: a file of its own policy engine, for one
 * launch. A no at its dialogs would end the turn (0.61.0); what its policy denies is told to the
 * model, which goes on. Pure.
 */

import { toolServerName } from "../tool-server.ts";

/** Its tools that only look, by the names of its own `read-only.toml`, and those that tell of a turn. */
const reading = [
  "glob",
  "grep_search",
  "list_directory",
  "read_file",
  "read_many_files",
  "google_web_search",
  "cli_help",
  "get_internal_docs",
  "update_topic",
  "complete_task",
  "write_todos",
  "read_mcp_resource",
  "list_mcp_resources",
];

const says = "Nothing is changed in this seat: read, and speak by the tools of temoin.";

/** Of several rules that fit the highest number counts; the person's own are below 900 (chosen). */
const rules: readonly Readonly<Record<string, unknown>>[] = [
  { toolName: "*", decision: "deny", priority: 900, denyMessage: says },
  { toolName: reading, decision: "allow", priority: 910 },
  { mcpName: toolServerName, toolName: "*", decision: "allow", priority: 910 },
  { toolName: "run_shell_command", commandPrefix: "temoin", decision: "allow", priority: 910 },
];

export const seatPolicy = rules.map(tableOf).join("\n");

/** Strings, lists of them and whole numbers are the same in TOML as in JSON. */
function tableOf(rule: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(rule).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  return `[[rule]]\n${lines.join("")}`;
}
