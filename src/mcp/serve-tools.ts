/**
 * The Model Context Protocol on two streams: a list of tools, and calls of them. Nothing is kept
 * between two calls; who calls is told by the token of the context, and what they may by whoever
 * works on the project.
 */

import type { Readable, Writable } from "node:stream";
import { McpServer, type StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { z } from "zod";
import type { ToolRole } from "../domain/rights.ts";
import { AppError } from "../lib/app-error.ts";
import { Mutex } from "../lib/mutex.ts";
import { Notifier } from "../lib/notifier.ts";
import type { Context } from "../operations/context.ts";
import { jsonSchema, type Offered, offeredTo } from "./offered.ts";

export interface ServeRequest {
  readonly context: Context;
  readonly role: ToolRole;
  readonly version: string;
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
  /** The list has been given, once more or for the first time. Never rejects. */
  readonly onListed: () => Promise<void>;
  /** What goes wrong with the connection: one sentence. */
  readonly onProblem: (says: string) => void;
}

/** A message is not longer (chosen: a brief of a thousand pages fits). */
const mostBytes = 4 * 1024 * 1024;

/**
 * Resolves when the input has ended and what was asked by then is answered, when it says what cannot be
 * read, or when the signal comes.
 */
export async function serveTools(request: ServeRequest): Promise<void> {
  const { input, output, signal, onListed, onProblem } = request;
  const calls = new Calls(signal);
  const transport = new WatchedTransport(input, output, { calls, onListed });
  const tools = await offeredTo(request.role, request.context.caller);
  const handle = serveStdio(() => makeServer(request, tools, calls), {
    transport,
    onerror: ({ message }) => onProblem(message),
  });
  const end = (): void => void transport.close();
  signal.addEventListener("abort", end);
  try {
    if (signal.aborted) end();
    await transport.closed;
  } finally {
    signal.removeEventListener("abort", end);
    await handle.close();
    // What is still written to it is nobody's to read.
    input.destroy();
  }
}

/** Those that have no answer yet, by the id of their request. */
class Calls {
  readonly #signal: AbortSignal;
  readonly #open = new Set<unknown>();
  readonly #changes = new Notifier();

  /** After the signal nobody waits for any. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#changes.notify(), { once: true });
  }

  /** One that is taken back by its signal gets no answer. */
  begin(id: unknown, taken: AbortSignal): void {
    this.#open.add(id);
    taken.addEventListener("abort", () => this.end(id), { once: true });
  }

  end(id: unknown): void {
    this.#open.delete(id);
    this.#changes.notify();
  }

  /** Resolves when all are answered. */
  async over(): Promise<void> {
    for (;;) {
      const change = this.#changes.next();
      if (this.#open.size === 0 || this.#signal.aborted) return;
      await change;
    }
  }
}

type TransportParts = { readonly calls: Calls } & Pick<ServeRequest, "onListed">;

class WatchedTransport extends StdioServerTransport {
  readonly #closed = Promise.withResolvers<void>();
  readonly #calls: Calls;
  readonly #onListed: () => Promise<void>;

  constructor(input: Readable, output: Writable, { calls, onListed }: TransportParts) {
    super(input, output, { maxBufferSize: mostBytes });
    this.#calls = calls;
    this.#onListed = onListed;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  override async send(message: Parameters<StdioServerTransport["send"]>[0]): Promise<void> {
    await super.send(message);
    if ("result" in message || "error" in message) this.#calls.end(message.id);
    // No other answer of this server has tools.
    if ("result" in message && "tools" in message.result) await this.#onListed();
  }

  override async close(): Promise<void> {
    await this.#calls.over();
    await super.close();
    this.#closed.resolve();
  }
}

function makeServer(
  { context, role, version }: ServeRequest,
  tools: readonly Offered[],
  calls: Calls,
): McpServer {
  const server = new McpServer(
    { name: "temoin", title: "temoin", version },
    { capabilities: { tools: {} }, instructions: instructions[role] },
  );
  // What is asked at once is done in its order: two who add would only take each other's ids away.
  const deeds = new Mutex();
  for (const tool of tools) {
    const { name, title, says, isReadOnly } = tool;
    server.registerTool(
      name,
      {
        title,
        description: says,
        inputSchema: taken(tool.input),
        outputSchema: given(tool.output),
        annotations: {
          readOnlyHint: isReadOnly,
          destructiveHint: false,
          openWorldHint: false,
        },
      },
      (input, { mcpReq }) => {
        const { id, signal } = mcpReq;
        calls.begin(id, signal);
        const act = () => call(tool, { context, input, signal });
        return isReadOnly ? act() : deeds.run(act);
      },
    );
  }
  return server;
}

const instructions: Readonly<Record<ToolRole, string>> = {
  worker:
    "temoin has given you a task and proves your work by its gates. `my_task` tells the task, `ask` asks a person. End with `report`: done, or blocked with what a person should do; `note` for what others should know, `handoff` when you cannot go on.",
  planner:
    "You draft a plan for temoin: `draft` hands it in and tells what is missing. All else is to look at: the tasks that are there, and why they stand as they stand.",
  observer:
    "temoin's board, to look at: tasks, agents, why things stand as they stand, and proofs.",
  conductor:
    "temoin's board, and the tasks on it. You plan and judge: add, edit, cancel tasks, answer what agents ask. Who works on what, and what counts as done, temoin decides by itself.",
};

interface Called {
  readonly context: Context;
  readonly input: unknown;
  readonly signal: AbortSignal;
}

async function call(tool: Offered, { context, input, signal }: Called) {
  try {
    signal.throwIfAborted();
    const told = JSON.parse(JSON.stringify(await tool.call(context, input, signal)));
    return {
      content: [{ type: "text" as const, text: JSON.stringify(told) }],
      structuredContent: told,
    };
  } catch (error) {
    return { isError: true, content: [{ type: "text" as const, text: wordsOf(error, tool.name) }] };
  }
}

/** A refusal is for the model to read, like any other answer. */
function wordsOf(error: unknown, name: string): string {
  if (error instanceof AppError) {
    return error.hint === null ? error.message : `${error.message}\n${error.hint}`;
  }
  return `\`${name}\` failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`;
}

/** What is handed in goes on as it came: the verb itself judges it, and says what is wrong. */
function taken(schema: Offered["input"]): StandardSchemaWithJSON<unknown, unknown> {
  return {
    "~standard": {
      version: 1,
      vendor: "temoin",
      validate: (value) => ({ value }),
      jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
    },
  };
}

function given(schema: z.ZodType<object>): StandardSchemaWithJSON<unknown, unknown> {
  const json = { ...jsonSchema(schema, "output") };
  return {
    "~standard": {
      ...schema["~standard"],
      jsonSchema: { input: () => json, output: () => json },
    },
  };
}
