/**
 * A fake `codex app-server`, in the shapes of codex 0.169.0 (recorded): threads, their turns, and
 * clients that are all told and all asked; the first answer counts.
 */

import { randomUUID } from "node:crypto";
import type { Clock } from "../../../src/lib/clock.ts";
import type { Script } from "../script.ts";
import type { Place } from "../step.ts";
import { appendRecord, promptLine, readRecord } from "../tui/record.ts";
import { FakeThread } from "./fake-thread.ts";

export interface AppServerParts {
  readonly script: Script;
  /** Where what has reached it is recorded. */
  readonly record: string | undefined;
  readonly clock: Clock;
  readonly ignoreSigterm: () => void;
}

export interface Client {
  /** Resolves when it is taken. */
  write(value: unknown): Promise<void>;
}

interface Pending {
  readonly message: unknown;
  readonly threadId: string;
  readonly resolve: (answer: unknown) => void;
}

export class AppServer {
  readonly parts: AppServerParts;
  /** Of all turns, also of those before it was started anew. */
  readonly places: Place[];
  readonly #clients = new Set<Client>();
  readonly #threads = new Map<string, FakeThread>();
  readonly #pending = new Map<number, Pending>();
  #requests = 0;

  constructor(parts: AppServerParts) {
    this.parts = parts;
    const lines = readRecord(parts.record);
    this.places = lines.flatMap((line) => (line.type === "turn" ? line.place : []));
  }

  join(client: Client) {
    this.#clients.add(client);
    return {
      // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
      take: (message: any): void => {
        if (message.method === undefined) this.#answered(message);
        else if (message.id !== undefined) {
          const reply = this.#call(message.method, message.params, client);
          void client.write({ id: message.id, ...reply });
        }
      },
      leave: () => this.#clients.delete(client),
    };
  }

  async tell(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    const message = { method, params, emittedAtMs: this.parts.clock.now() };
    await Promise.all([...this.#clients].map((client) => client.write(message)));
  }

  /** Resolves with the first answer, or with `null` when the signal is aborted. */
  ask(
    method: string,
    params: Readonly<Record<string, unknown>> & { readonly threadId: string },
    signal: AbortSignal,
  ): Promise<unknown> {
    const id = this.#requests++;
    const message = { method, id, params };
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { message, threadId: params.threadId, resolve });
    signal.addEventListener("abort", () => {
      if (this.#pending.delete(id)) resolve(null);
    });
    for (const client of this.#clients) void client.write(message);
    return promise;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  #answered({ id, result }: any): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    void this.tell("serverRequest/resolved", { threadId: pending.threadId, requestId: id });
    pending.resolve(result);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  #call(method: string, params: any, client: Client): { result: unknown } | { error: unknown } {
    const thread = this.#threads.get(params?.threadId);
    switch (method) {
      case "initialize":
        return { result: { userAgent: `${params.clientInfo.name}/0.169.0 (fake)` } };
      case "account/read":
        return { result: { account: null, requiresOpenaiAuth: false } };
      case "thread/start": {
        const isAnew = this.#threads.size > 0;
        const begun = new FakeThread(this, randomUUID(), params.approvalPolicy === "never", isAnew);
        this.#threads.set(begun.id, begun);
        const server = { threadId: begun.id, name: "temoin", status: "ready" };
        const started = { method: "mcpServer/startupStatus/updated", params: server };
        queueMicrotask(() => void client.write(started));
        return { result: { thread: { id: begun.id, turns: [] } } };
      }
    }
    if (thread === undefined) return { error: { message: `no rollout found for ${method}` } };
    switch (method) {
      case "thread/resume":
        queueMicrotask(() => {
          for (const { message, threadId } of this.#pending.values()) {
            if (threadId === thread.id) void client.write(message);
          }
        });
        return { result: { thread: { id: thread.id, turns: thread.turns } } };
      case "turn/start": {
        const [{ text }] = params.input;
        appendRecord(this.parts.record, promptLine(this.parts.clock.now(), text, false));
        return { result: { turn: thread.begin(text, params.clientUserMessageId ?? null) } };
      }
      case "turn/interrupt":
        return thread.interrupt()
          ? { result: {} }
          : { error: { message: "no active turn to interrupt" } };
      default:
        return { result: {} };
    }
  }
}
