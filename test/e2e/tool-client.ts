/** A client of the library on `temoin mcp`, as an agent's CLI is one. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import type { Scratch } from "./scratch-project.ts";

const program = fileURLToPath(new URL("../../bin/temoin", import.meta.url));

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  /** As its schema says it; `null`: it was refused. */
  readonly value: Record<string, unknown> | null;
}

export class ToolClient implements AsyncDisposable {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async tools(): Promise<readonly string[]> {
    return (await this.#client.listTools()).tools.map(({ name }) => name);
  }

  /** The client itself holds each answer against the schema of its tool. */
  async call(name: string, input: Record<string, unknown> = {}): Promise<Answer> {
    const told = await this.#client.callTool({ name, arguments: input });
    const [first] = told.content;
    const text = first?.type === "text" ? first.text : "";
    const value = (told.structuredContent ?? null) as Answer["value"];
    return { isError: told.isError === true, text, value };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

export async function openTools(
  scratch: Scratch,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ToolClient> {
  const own = Object.entries(scratch.env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, "mcp", ...args],
    cwd: path.resolve(scratch.dir),
    env: { ...Object.fromEntries(own), ...env },
    stderr: "inherit",
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  // Answers are held against what was listed.
  await client.listTools();
  return new ToolClient(client);
}
