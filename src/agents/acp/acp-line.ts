/**
 * The line to one agent of the protocol: a conversation in its process, and another one for each
 * task. A turn is over with the answer to its prompt, whatever the process does.
 */

import type { Answer } from "../../domain/ask.ts";
import { timeOfDay } from "../../lib/clock.ts";
import { isRecord } from "../../lib/json-text.ts";
import { waitFor } from "../../lib/notifier.ts";
import type { ProcessRow } from "../../lib/process-table.ts";
import { LastLine } from "../../lib/process-text.ts";
import { endAll } from "../../lib/process-tree.ts";
import type { Prompt, SessionRequest } from "../driver.ts";
import { wordsOf } from "../prompt-words.ts";
import type { Ear, Line, Taken } from "../protocol/line.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { zoneOf } from "../reset-time-for.ts";
import { prepareToolServer, type ToolServer } from "../tool-server.ts";
import { type Answered, Connection } from "./connection.ts";
import { wordsOf as errorWords, isRefusal } from "./failure.ts";
import { canClose, type HandshakeParts, initialize, newSession } from "./handshake.ts";
import { WaitingAsks } from "./line-asks.ts";
import { type Initialized, parsePermission, parseSessionUpdate } from "./message.ts";
import { probeMethod } from "./probe.ts";
import { readForm } from "./question.ts";
import { readEnd } from "./read-end.ts";
import { type Memory, newConversation, newTurn, readUpdate } from "./read-update.ts";
import { mergeTool } from "./tool.ts";

export interface AcpLineParts {
  readonly request: SessionRequest;
  readonly options: ProtocolDriverOptions;
  /** Appended to the agent's command. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Chosen; measured: 1 to 16 ms. An agent that reads nothing for so long hangs. */
const readMs = 60_000;

/** Chosen: less than a turn has to stop by itself, after which its agent is ended. */
const commandGraceMs = 2_000;

function keyOf({ pid, startedAt }: ProcessRow): string {
  return `${pid} ${startedAt}`;
}

export class AcpLine implements Line {
  readonly #parts: AcpLineParts;
  readonly #ear: Ear;
  readonly #asks: WaitingAsks;
  readonly #printed = new LastLine();
  #agent: { readonly connection: Connection; readonly initialized: Initialized } | null = null;
  #tools: ToolServer | null = null;
  #sessionId: string | null = null;
  #memory: Memory;
  /** Whose asks are asked: those of no turn are nobody's to answer. */
  #turn: "none" | "runs" | "stops" = "none";
  /** The agent's processes when the turn began. */
  #before: readonly ProcessRow[] = [];
  /** Called when the agent is seen at work. */
  #onWork: () => void = () => undefined;

  private constructor(parts: AcpLineParts, ear: Ear) {
    this.#parts = parts;
    this.#ear = ear;
    this.#memory = newConversation(parts.request.cwd);
    this.#asks = new WaitingAsks((fact) => ear.tell(fact));
  }

  static async open(parts: AcpLineParts, ear: Ear, signal: AbortSignal): Promise<AcpLine> {
    signal.throwIfAborted();
    const line = new AcpLine(parts, ear);
    line.#tools = await prepareToolServer(parts.request, parts.options);
    const connection = await Connection.open({
      ...parts,
      onNotification: (method, params) => line.#hear(method, params),
      onRequest: (method, params, taken) => line.#serve(method, params, taken),
      onText: (text) => line.#read(text),
      written: () => ear.written(),
    });
    try {
      const initialized = await initialize(connection, line.#handshake, signal);
      line.#agent = { connection, initialized };
      await line.#begin(signal);
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
    void connection.gone.then((why) => ear.tell({ type: "gone", why }));
    return line;
  }

  async give(prompt: Prompt): Promise<Taken> {
    const { connection } = this.#connected;
    this.#memory = newTurn(this.#memory);
    this.#turn = "runs";
    const text = wordsOf(prompt);
    const sessionId = this.#sessionId;
    const asked = { sessionId, prompt: [{ type: "text", text }] };
    const ended = connection.request("session/prompt", asked);
    const read = connection.request(probeMethod, {});
    // Both are on their way: what is looked at meanwhile costs no time.
    this.#before = connection.members();
    const first = await this.#firstOf(ended, read);
    if (first === "nothing") {
      // Whether it will still read the prompt cannot be known: it must not have it twice.
      await this[Symbol.asyncDispose]();
      return { taken: false, why: `it has not read its prompt within ${readMs / 1000} s` };
    }
    if (first === null) return { taken: false, why: await connection.gone };
    if (first !== "read" && !first.ok && isRefusal(first.error)) {
      this.#turn = "none";
      return { taken: false, why: errorWords(first.error) };
    }
    void ended.then((answer) => this.#end(answer));
    return { taken: true };
  }

  answer(askId: string, answer: Answer): Promise<Taken> {
    return Promise.resolve(this.#asks.answer(askId, answer));
  }

  async stop(): Promise<void> {
    if (this.#turn === "runs") this.#turn = "stops";
    const { connection } = this.#connected;
    const cancelled = connection.notify("session/cancel", { sessionId: this.#sessionId });
    this.#asks.cancelAll();
    await cancelled;
  }

  async clear(): Promise<boolean> {
    const { connection, initialized } = this.#connected;
    const sessionId = this.#sessionId;
    this.#sessionId = null;
    try {
      await this.#begin(new AbortController().signal);
    } catch {
      // A new process tells by itself what is wrong.
      return false;
    }
    // Some have a process for each conversation. Nobody waits for its end.
    if (canClose(initialized)) void connection.request("session/close", { sessionId });
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent?.connection[Symbol.asyncDispose]();
  }

  get #connected() {
    if (this.#agent === null) throw new Error("the line was not opened");
    return this.#agent;
  }

  get #handshake(): HandshakeParts {
    const { request, options } = this.#parts;
    const { agent, cwd } = request;
    return {
      agent,
      cwd,
      tools: this.#tools,
      clock: options.clock,
      note: (says) => this.#ear.tell({ type: "output", text: `[${says}]\n` }),
      printed: () => this.#printed.text,
    };
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { connection, initialized } = this.#connected;
    const session = await newSession(connection, this.#handshake, { initialized, signal });
    this.#sessionId = session.sessionId;
    this.#memory = newConversation(this.#parts.request.cwd);
  }

  async #firstOf(
    ended: Promise<Answered>,
    read: Promise<Answered>,
  ): Promise<Answered | "read" | "nothing"> {
    const { clock } = this.#parts.options;
    let first: Answered | "read" | "nothing" = "nothing";
    const see = (seen: Answered | "read"): void => {
      if (first === "nothing") first = seen;
    };
    const { signal } = new AbortController();
    const atWork = new Promise<void>((resolve) => {
      this.#onWork = resolve;
    });
    await waitFor(
      { clock, signal, until: clock.now() + readMs },
      ended.then(see),
      atWork.then(() => see("read")),
      // Whatever it answers, it has read it; unless it is gone.
      read.then((answer) => see(answer === null ? null : "read")),
    );
    return first;
  }

  async #end(answer: Answered): Promise<void> {
    // Without an answer it is gone, which is told apart.
    if (answer === null) return;
    this.#asks.cancelAll();
    if (this.#turn === "stops") await this.#endCommands();
    const { options, request } = this.#parts;
    const time = { now: timeOfDay(options.clock), zone: zoneOf(request.agent) };
    const isStopped = this.#turn === "stops";
    this.#turn = "none";
    for (const fact of readEnd(this.#memory, answer, { isStopped, time })) this.#ear.tell(fact);
  }

  /** Of a turn that was stopped: some answer before their command has ended, or leave it running. */
  async #endCommands(): Promise<void> {
    const { options } = this.#parts;
    const { clock, graceMs = commandGraceMs } = options;
    const known = new Set(this.#before.map(keyOf));
    const begun = this.#connected.connection.members().filter((row) => !known.has(keyOf(row)));
    await endAll(begun, { clock, graceMs: Math.min(graceMs, commandGraceMs) });
  }

  #hear(method: string, params: unknown): void {
    if (method !== "session/update") return;
    const told = parseSessionUpdate(params);
    if (told === null || told.sessionId !== this.#sessionId) return;
    const { memory, facts } = readUpdate(this.#memory, told.update);
    this.#memory = memory;
    for (const fact of facts) this.#ear.tell(fact);
    if (facts.some(({ type }) => type === "activity")) this.#onWork();
  }

  #serve(method: string, params: unknown, signal: AbortSignal): Promise<unknown> | null {
    if (method === "session/request_permission") {
      const request = parsePermission(params);
      if (request === null || !this.#isAsked(request.sessionId)) {
        return Promise.resolve({ outcome: { outcome: "cancelled" } });
      }
      this.#onWork();
      const { toolCall } = request;
      const before = this.#memory.tools.get(toolCall.toolCallId ?? "");
      return this.#asks.permission(request, mergeTool(before, toolCall, this.#memory.cwd), signal);
    }
    if (method === "elicitation/create") {
      const isAsked = isRecord(params) && this.#isAsked(params["sessionId"]);
      const form = isAsked ? readForm(params) : null;
      return form === null
        ? Promise.resolve({ action: "decline" })
        : this.#asks.questions(form, signal);
    }
    return null;
  }

  #isAsked(sessionId: unknown): boolean {
    return this.#turn === "runs" && sessionId === this.#sessionId;
  }

  #read(text: string): void {
    this.#printed.push(Buffer.from(text));
    this.#ear.tell({ type: "output", text });
  }
}
