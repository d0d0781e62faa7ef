/**
 * The connection to one agent of the protocol: its process, and JSON-RPC over its standard streams
 * by the SDK, which matches answers to requests. What the agent tells unasked does not go through
 * the SDK, which would check it against its own version of the schema and reorder it.
 */

import {
  type AnyMessage,
  type ClientConnection,
  client,
  RequestError,
} from "@agentclientprotocol/sdk";
import { isRecord } from "../../lib/json-text.ts";
import { OpenWork } from "../../lib/open-work.ts";
import type { ProcessRow } from "../../lib/process-table.ts";
import type { SessionRequest } from "../driver.ts";
import { type JsonProcess, startJsonProcess } from "../protocol/json-process.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { withoutProbe } from "./probe.ts";
import type { Reply } from "./read-end.ts";

export interface ConnectionParts {
  readonly request: SessionRequest;
  readonly options: ProtocolDriverOptions;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onNotification: (method: string, params: unknown) => void;
  /** Resolves with the result; `null`: there is no such method. `signal`: it is taken back. */
  readonly onRequest: (
    method: string,
    params: unknown,
    signal: AbortSignal,
  ) => Promise<unknown> | null;
  /** What is none of the protocol, and what comes on standard errors. */
  readonly onText: (text: string) => void;
  /** All that was told is in the log. */
  readonly written: () => Promise<void>;
}

/** `null`: the agent has gone without an answer. */
export type Answered = Reply | null;

export class Connection implements AsyncDisposable {
  /** Resolves with one sentence when the agent is gone, and all that it has said is told. */
  readonly gone: Promise<string>;
  readonly #process: JsonProcess;
  readonly #client: ClientConnection;
  readonly #running = new OpenWork();

  private constructor(process: JsonProcess, wire: Wire, connected: ClientConnection) {
    this.#process = process;
    this.#client = connected;
    this.gone = this.#untilGone(wire);
  }

  /** Rejects with an AppError when the program cannot be started. */
  static async open(parts: ConnectionParts): Promise<Connection> {
    const wire = new Wire(parts);
    const process = await startJsonProcess({
      ...parts,
      onText: (text) => {
        parts.onText(text);
        return parts.written();
      },
      readErrors: withoutProbe,
      onValue: async (value) => {
        wire.take(value);
        await parts.written();
      },
    });
    const app = client({ name: "temoin" }).onRequest("*", async (asked) => {
      const answer = parts.onRequest(asked.method, asked.params, asked.signal);
      if (answer === null) throw RequestError.methodNotFound(asked.method);
      return await answer;
    });
    const connected = app.connect(wire.stream((message) => process.write(message)));
    return new Connection(process, wire, connected);
  }

  /** Never rejects. */
  request(method: string, params: unknown): Promise<Answered> {
    const answered = this.#request(method, params);
    this.#running.track(answered);
    return answered;
  }

  /** To nobody when the agent is gone. */
  async notify(method: string, params: unknown): Promise<void> {
    await this.#client.agent.notify(method, params).catch(() => {
      // Its end is told by `gone`.
    });
  }

  /** The agent's processes as they are now. */
  members(): readonly ProcessRow[] {
    return this.#process.members();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await this.gone;
  }

  async #request(method: string, params: unknown): Promise<Answered> {
    try {
      return { ok: true, result: await this.#client.agent.request(method, params) };
    } catch (error) {
      if (!(error instanceof RequestError)) return null;
      const { code, message, data } = error;
      return { ok: false, error: { code, message, data } };
    }
  }

  async #untilGone(wire: Wire): Promise<string> {
    const why = await this.#process.gone;
    wire.end();
    await this.#client.closed;
    await this.#running.over();
    return why;
  }
}

/** The messages between the process and the SDK. */
class Wire {
  readonly #parts: ConnectionParts;
  readonly #waiting = new Set<unknown>();
  #into: ReadableStreamDefaultController<AnyMessage> | null = null;
  /** What came before there was anybody to read it. */
  #early: AnyMessage[] = [];

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  stream(write: (message: AnyMessage) => boolean) {
    const readable = new ReadableStream<AnyMessage>({
      start: (controller) => {
        this.#into = controller;
        for (const message of this.#early.splice(0)) controller.enqueue(message);
      },
    });
    const writable = new WritableStream<AnyMessage>({
      write: (message) => {
        if ("method" in message && "id" in message) this.#waiting.add(message.id);
        if (!write(message)) throw new Error("the agent is gone");
      },
    });
    return { readable, writable };
  }

  take(value: unknown): void {
    const { onNotification, onText } = this.#parts;
    if (!isRecord(value) || value["jsonrpc"] !== "2.0") {
      onText(`${JSON.stringify(value)}\n`);
      return;
    }
    const { method, id } = value;
    if (typeof method === "string" && id === undefined && method !== "$/cancel_request") {
      onNotification(method, value["params"]);
      return;
    }
    // The SDK complains on our own standard errors about an answer that nobody waits for.
    if (method === undefined && !this.#waiting.delete(id)) {
      onText(`${JSON.stringify(value)}\n`);
      return;
    }
    // Its form is checked by the SDK, which reads any message.
    const message = value as AnyMessage;
    if (this.#into === null) this.#early.push(message);
    else this.#into.enqueue(message);
  }

  end(): void {
    this.#into?.close();
    this.#into = null;
  }
}
