/**
 * How Claude Code is given temoin's tools: by a file that it reads beside the person's own servers,
 * which go on as before. Their calls are allowed: all that they do is to speak to temoin.
 */

import path from "node:path";
import type { SessionRequest } from "../driver.ts";
import { writePrivateFile } from "../private-file.ts";
import { cannotWrite } from "../start-failure.ts";
import {
  asMcpServers,
  prepareToolServer,
  type ToolServerRequest,
  toolServerMs,
  toolServerName,
} from "../tool-server.ts";

export interface ToolConfig {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * It waits for its servers before its first turn, which would go without our tools else: a prompt
 * may come before they are there, on a busy machine (2.1.197; 5.6 s were measured).
 */
export const toolPatience: ToolConfig["env"] = {
  MCP_CONNECTION_NONBLOCKING: "0",
  MCP_TIMEOUT: String(toolServerMs),
};

/** A rule that allows all tools of the server. */
const rule = `mcp__${toolServerName}`;

/** `null`: it is given none. Rejects with an AppError. */
export async function writeToolConfig(
  request: SessionRequest,
  parts: ToolServerRequest,
): Promise<ToolConfig | null> {
  const server = await prepareToolServer(request, parts);
  if (server === null) return null;
  const file = path.join(request.privateDir, "claude-tools.json");
  const config = { mcpServers: asMcpServers(server) };
  await writePrivateFile(file, `${JSON.stringify(config)}\n`).catch((cause: unknown) => {
    throw cannotWrite(request.agent, file, cause);
  });
  // Both take several values: what follows begins with a dash.
  return { args: ["--mcp-config", file, "--allowedTools", rule], env: toolPatience };
}
