/** An MCP server of a person's own: its tool `mark` writes the words that it gets into a file. */

import { appendFile } from "node:fs/promises";
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const [file = ""] = process.argv.slice(2);

serveStdio(() => {
  const server = new McpServer({ name: "own", version: "1.0.0" }, { capabilities: { tools: {} } });
  const inputSchema = z.object({ text: z.string() });
  server.registerTool("mark", { description: "Marks.", inputSchema }, async ({ text }) => {
    await appendFile(file, `${text}\n`);
    return { content: [{ type: "text", text: "marked" }] };
  });
  return server;
});
