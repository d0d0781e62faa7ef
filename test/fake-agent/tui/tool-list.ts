/**
 * The tools that an agent is given by a server that its `--mcp-config` names. The server itself is
 * not started: what it leaves when it has been asked for its list is left in its place.
 */

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fieldOf } from "./run-hook.ts";

/** `null`: it is given none, or nobody waits for the list. */
export function listedFileOf(args: readonly string[]): string | null {
  const config = args[args.indexOf("--mcp-config") + 1];
  if (!args.includes("--mcp-config") || config === undefined) return null;
  const servers = fieldOf(JSON.parse(readFileSync(config, "utf8")), "mcpServers");
  const given: unknown = fieldOf(fieldOf(servers, "temoin"), "args");
  if (!Array.isArray(given) || !given.includes("--listed")) return null;
  return String(given[given.indexOf("--listed") + 1]);
}

export function leaveList(file: string): void {
  writeFileSync(`${file}.new`, "{}\n");
  renameSync(`${file}.new`, file);
}
