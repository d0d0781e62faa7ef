/**
 * A model server on loopback that does what the prompts say: one address for the protocols of
 * Anthropic, OpenAI and Gemini. It keeps what has reached it; nothing leaves this machine.
 *
 *   GET /lab/log      the records, as JSON, for processes that do not hold the server
 *   POST /lab/reset   forgets them, and the attempts
 */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { anthropic } from "./anthropic.ts";
import { estimateTokens } from "./conversation.ts";
import type { Dialect } from "./dialect.ts";
import { Exchange } from "./exchange.ts";
import { gemini } from "./gemini.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";
import { RequestLog } from "./request-log.ts";

export interface ModelServer extends AsyncDisposable {
  /** Without a slash at its end. The protocols lie below it at their usual paths. */
  readonly url: string;
  readonly log: RequestLog;
}

export interface ModelServerOptions {
  readonly port?: number;
  /** The words of a script for a prompt that temoin writes by itself; `null`: its own count. */
  readonly wordsFor?: (prompt: string) => string | null;
}

/** On a free port unless one is named. */
export async function openModelServer({
  port = 0,
  wordsFor,
}: ModelServerOptions = {}): Promise<ModelServer> {
  const log = new RequestLog();
  const closing = new AbortController();
  const server = createServer((request, response) => {
    // What it rejects with is a bug of the server: the client is told, and so is whoever looks.
    serve(request, response, { log, closing: closing.signal, wordsFor }).catch((error: unknown) => {
      process.stderr.write(`model server: ${String(error)}\n`);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message: String(error) } });
    });
  });
  // A hang is to last as long as the client bears it.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  // A server that listens on a port has such an address.
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    log,
    async [Symbol.asyncDispose]() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Held {
  readonly log: RequestLog;
  readonly closing: AbortSignal;
  readonly wordsFor: ModelServerOptions["wordsFor"] | undefined;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { log, closing, wordsFor }: Held,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
  const raw = await bodyOf(request);
  if (pathname === "/lab/log") return sendJson(response, 200, log.all);
  if (pathname === "/lab/reset" && request.method === "POST") {
    log.reset();
    return sendJson(response, 200, {});
  }
  if (request.method === "HEAD" || pathname === "/") return void response.writeHead(200).end();
  const body: unknown = raw === "" ? {} : JSON.parse(raw);
  if (/[/:]count_?tokens$/i.test(pathname)) {
    const tokens = estimateTokens(body);
    return sendJson(response, 200, { input_tokens: tokens, totalTokens: tokens });
  }
  if (request.method === "GET" && pathname.endsWith("/models")) {
    return sendJson(response, 200, models);
  }
  const dialect = dialectOf(pathname);
  if (dialect === null || request.method !== "POST") {
    const message = `${request.method} ${pathname} is not served here`;
    return sendJson(response, 404, { error: { type: "not_found_error", message, code: 404 } });
  }
  const exchange = new Exchange({ response, dialect, log, closing, readPrompt, wordsFor });
  await exchange.answer(body, {
    path: pathname,
    bytes: raw.length,
    session: sessionOf(request.headers),
  });
}

/** Both the shape of Anthropic and that of OpenAI. */
const models = {
  object: "list",
  data: [
    {
      id: "scripted-model",
      object: "model",
      type: "model",
      display_name: "Scripted",
      created: 1,
      created_at: "2026-01-01T00:00:00Z",
      owned_by: "temoin",
    },
  ],
  has_more: false,
};

function dialectOf(pathname: string): Dialect | null {
  if (pathname.endsWith("/messages")) return anthropic;
  if (pathname.endsWith("/responses")) return openaiResponses;
  if (pathname.endsWith("/chat/completions")) return openaiChat;
  if (/:(?:stream)?generateContent$/i.test(pathname)) return gemini;
  return null;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function sessionOf(headers: IncomingMessage["headers"]): string | null {
  const names = ["x-claude-code-session-id", "session_id", "session-id", "x-session-id"];
  const found = names.map((name) => headers[name]).find((value) => typeof value === "string");
  return typeof found === "string" ? found : null;
}

/** A prompt that was given by its file lies on this machine, as all that uses this server does. */
function readPrompt(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // A path that leads nowhere: then the words are the prompt.
    return null;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
