/**
 * A fake `opencode serve`, in the shapes of opencode 1.18.33 (recorded): sessions, their turns, and
 * clients that are all told and all asked; the first answer counts.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Clock } from "../../../src/lib/clock.ts";
import type { Script } from "../script.ts";
import type { Place } from "../step.ts";
import { appendRecord, promptLine, readRecord } from "../tui/record.ts";
import { FakeSession } from "./fake-session.ts";

export interface FakeServerParts {
  readonly script: Script;
  /** Where what has reached it is recorded. */
  readonly record: string | undefined;
  readonly password: string;
  readonly clock: Clock;
  readonly ignoreSigterm: () => void;
}

interface Pending {
  readonly type: "permission" | "question";
  readonly request: Readonly<Record<string, unknown>> & { readonly sessionID: string };
  readonly resolve: (answer: unknown) => void;
}

type Answer = readonly [status: number, value: unknown];

const model = { limit: { context: 200_000, output: 32_000 } };
const providers = [{ id: "fake", models: { "fake-model": model } }];
const allowed = { permission: "*", pattern: "*", action: "allow" };

export class FakeServer {
  readonly parts: FakeServerParts;
  /** Of all turns, also of those before it was started anew. */
  readonly places: Place[];
  readonly #clients = new Set<ServerResponse>();
  readonly #sessions = new Map<string, FakeSession>();
  readonly #pending = new Map<string, Pending>();
  #ids = 0;

  constructor(parts: FakeServerParts) {
    this.parts = parts;
    const lines = readRecord(parts.record);
    this.places = lines.flatMap((line) => (line.type === "turn" ? line.place : []));
  }

  /** Ids grow with time. */
  newId(kind: "ses" | "msg" | "prt" | "per" | "que"): string {
    this.#ids += 1;
    return `${kind}_${this.parts.clock.now().toString(16)}${String(this.#ids).padStart(8, "0")}`;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://fake");
    const word = Buffer.from(`opencode:${this.parts.password}`).toString("base64");
    if (request.headers.authorization !== `Basic ${word}`) {
      response.writeHead(401).end();
    } else if (pathname === "/event") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      this.#clients.add(response);
      response.on("close", () => this.#clients.delete(response));
      response.write('data: {"type":"server.connected","properties":{}}\n\n');
    } else {
      const body = await text(request);
      const [status, value] = this.#call(
        `${request.method} ${pathname}`,
        body === "" ? {} : JSON.parse(body),
      );
      response.writeHead(status, { "content-type": "application/json" });
      response.end(status === 204 ? undefined : JSON.stringify(value));
    }
  }

  async tell(type: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
    const data = `data: ${JSON.stringify({ type, properties })}\n\n`;
    await Promise.all(
      [...this.#clients].map((client) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        client.write(data, () => resolve());
        return promise;
      }),
    );
  }

  dropClients(): void {
    for (const client of this.#clients) client.destroy();
    this.#clients.clear();
  }

  /** Resolves with the first answer, or with `null` when the signal is aborted. */
  ask(type: Pending["type"], asked: Pending["request"], signal: AbortSignal): Promise<unknown> {
    const id = this.newId(type === "permission" ? "per" : "que");
    const request = { ...asked, id };
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { type, request, resolve });
    signal.addEventListener("abort", () => {
      if (this.#pending.delete(id)) resolve(null);
    });
    void this.tell(`${type}.asked`, request);
    return promise;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  #call(call: string, body: any): Answer {
    const known: Readonly<Record<string, () => unknown>> = {
      "GET /global/health": () => ({ healthy: true, version: "1.18.33" }),
      "GET /config": () => ({ model: "fake/fake-model" }),
      "GET /config/providers": () => ({ providers, default: { fake: "fake-model" } }),
      "GET /agent": () => [{ name: "build", permission: [allowed] }],
      "GET /permission": () => this.#open("permission"),
      "GET /question": () => this.#open("question"),
      "GET /session/status": () => this.#statuses(),
      "POST /session": () => this.#newSession(body.permission),
      "POST /tui/select-session": () => true,
    };
    const answer = known[call];
    if (answer !== undefined) return [200, answer()];
    const [, kind, id = "", action = ""] =
      / \/(session|permission|question)\/([^/]+)\/?(.*)$/.exec(call) ?? [];
    return kind === "session" ? this.#inSession(id, action, body) : this.#reply(id, body);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  #inSession(id: string, action: string, body: any): Answer {
    const session = this.#sessions.get(id);
    if (session === undefined) {
      return [404, { name: "NotFoundError", data: { message: `Session not found: ${id}` } }];
    }
    switch (action) {
      case "prompt_async": {
        const [part] = body.parts;
        appendRecord(this.parts.record, promptLine(this.parts.clock.now(), part.text, false));
        session.begin(part.text, part.metadata);
        return [204, null];
      }
      case "abort":
        session.abort();
        return [200, true];
      case "message":
        return [200, session.messages];
      default:
        return [200, { id }];
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  #reply(id: string, body: any): Answer {
    const pending = this.#pending.get(id);
    if (pending === undefined) return [404, { message: `Request not found: ${id}` }];
    this.#pending.delete(id);
    const { sessionID } = pending.request;
    void this.tell(`${pending.type}.replied`, { sessionID, requestID: id, ...body });
    pending.resolve(body);
    return [200, true];
  }

  #open(type: Pending["type"]): readonly unknown[] {
    return [...this.#pending.values()].flatMap((one) => (one.type === type ? one.request : []));
  }

  #statuses() {
    const busy = [...this.#sessions.values()].filter(({ isBusy }) => isBusy);
    return Object.fromEntries(busy.map(({ id }) => [id, { type: "busy" }]));
  }

  #newSession(rules: FakeSession["rules"] = []) {
    // Another than the one of the attempt before.
    const isAnew = this.#sessions.size > 0;
    const session = new FakeSession(this, this.newId("ses"), rules, isAnew);
    this.#sessions.set(session.id, session);
    return { id: session.id };
  }
}
