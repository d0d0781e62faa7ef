/** One conversation of the fake server, and the steps of its turns. */

import { floodOf, plainFace } from "../face.ts";
import { stepsFor } from "../script.ts";
import { ScriptError } from "../step.ts";
import { perform } from "../steps.ts";
import type { StreamFailure } from "../stream/stream-steps.ts";
import { placeOf } from "../tui/place.ts";
import { appendRecord } from "../tui/record.ts";
import { runTool } from "../tui/run-tool.ts";
import type { FakeServer } from "./fake-server.ts";
import { type ServerFace, serverSteps } from "./server-steps.ts";

interface FakeMessage {
  info: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly parts: unknown[];
}

interface Rule {
  readonly permission: string;
  readonly action: string;
}

/** Of a request that is repeated; as far away as opencode chooses by itself. */
const waitMs = 2_200;

export class FakeSession {
  readonly id: string;
  readonly rules: readonly Rule[];
  readonly messages: FakeMessage[] = [];
  readonly #server: FakeServer;
  /** It is another than the one of the attempt before. */
  #isCleared: boolean;
  #cut: AbortController | null = null;
  #answer = "";

  constructor(server: FakeServer, id: string, rules: readonly Rule[], isCleared: boolean) {
    this.#server = server;
    this.id = id;
    this.rules = rules;
    this.#isCleared = isCleared;
  }

  get isBusy(): boolean {
    return this.#cut !== null;
  }

  begin(text: string, metadata: unknown): void {
    const cut = new AbortController();
    this.#cut = cut;
    const user = this.#message({ role: "user" });
    const part = { type: "text", text, ...(metadata === undefined ? {} : { metadata }) };
    void this.#part(user, part);
    // After the answer to the call.
    setImmediate(() => void this.#run(text, cut));
  }

  abort(): void {
    this.#cut?.abort(new Error("aborted"));
  }

  async #run(text: string, cut: AbortController): Promise<void> {
    const { script, record, clock } = this.#server.parts;
    void this.#status({ type: "busy" });
    const answer = this.#message({ role: "assistant", providerID: "fake", modelID: "fake-model" });
    const past = { places: this.#server.places, isCleared: this.#isCleared };
    const place = placeOf(text, script.turns.keys(), past);
    this.#isCleared = false;
    this.#server.places.push(place);
    appendRecord(record, { at: clock.now(), type: "turn", place });
    const lines = text.split("\n");
    const shown = lines.find((line) => line.trim()) ?? "";
    this.#say(answer, `Read a prompt of ${lines.length} lines: ${shown}`);
    let failure: StreamFailure | null = null;
    const face = this.#faceOf(answer, cut.signal, (told) => {
      failure = told;
    });
    try {
      for (const one of stepsFor(place, script)) {
        const next = await perform(one, place, { kinds: serverSteps, face });
        if (next === "stop" || cut.signal.aborted) break;
      }
    } catch (error) {
      const isWrong = error instanceof ScriptError;
      if (isWrong) failure = { text: error.message, status: null, error: null };
      else if (!cut.signal.aborted) throw error;
    }
    await this.#end(answer, cut.signal, failure);
  }

  /** As of a turn that is told idle twice where it has failed. */
  async #end(
    answer: FakeMessage,
    signal: AbortSignal,
    failure: StreamFailure | null,
  ): Promise<void> {
    const isLimit = failure?.error === "rate_limit";
    if (isLimit && !signal.aborted) {
      // It asks for ever, until it is stopped.
      this.#retry(1, failure?.text ?? "");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }
    const error = isLimit ? null : errorOf(signal.aborted, failure);
    this.#cut = null;
    if (error !== null) {
      await this.#server.tell("session.error", { sessionID: this.id, error });
      await this.#status({ type: "idle" });
    }
    const isWhole = error === null && !isLimit;
    const time = { created: 1, completed: 2 };
    const ended = isWhole ? { finish: "stop" } : error === null ? {} : { error };
    answer.info = { ...answer.info, time, ...ended };
    await this.#server.tell("message.updated", { sessionID: this.id, info: answer.info });
    await this.#status({ type: "idle" });
  }

  #faceOf(
    answer: FakeMessage,
    signal: AbortSignal,
    fail: (failure: StreamFailure) => void,
  ): ServerFace {
    const session = this;
    const { clock, ignoreSigterm } = this.#server.parts;
    return {
      ...plainFace,
      signal,
      get answer() {
        return session.#answer;
      },
      say: (text) => this.#say(answer, text),
      async flood(bytes) {
        for (const block of floodOf(bytes)) {
          const time = { start: 1, end: 2 };
          await session.#part(answer, { type: "text", text: block.toString().trimEnd(), time });
        }
      },
      async run(program, args) {
        const command = [program, ...args].join(" ");
        const tool = { type: "tool", tool: "bash", id: session.#server.newId("prt") };
        const input = { command };
        await session.#part(answer, { ...tool, state: { status: "running", input } });
        const output = await runTool([program, ...args], clock, signal);
        await session.#part(answer, { ...tool, state: { status: "completed", input, output } });
      },
      ignoreSigterm,
      dropEvents: () => this.#server.dropClients(),
      permit: (tool, input) => this.#permit(tool, input, signal),
      retry: (attempt, status) => {
        this.#retry(attempt, `The server answered ${status}`);
        void this.#status({ type: "busy" });
      },
      fail,
      use(input, output) {
        const tokens = { input, output, reasoning: 0, cache: { read: 0, write: 0 } };
        void session.#part(answer, { type: "step-finish", reason: "stop", cost: 0, tokens });
      },
    };
  }

  /** `null`: it may, else why not. */
  async #permit(
    tool: string,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { questions, command, file_path: path } = input;
    const sessionID = this.id;
    if (Array.isArray(questions)) {
      const given = await this.#server.ask("question", { sessionID, questions }, signal);
      // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
      this.#answer = (given as any)?.answers[0].join(", ") ?? "";
      return null;
    }
    const permission = tool === "Bash" ? "bash" : "edit";
    const rule = this.rules.findLast((one) => ["*", permission].includes(one.permission));
    if (rule?.action === "allow") return null;
    const metadata = tool === "Bash" ? { command } : { filepath: path };
    const patterns = [`${command ?? path}`];
    const request = { sessionID, permission, patterns, metadata, always: [] };
    // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
    const given = (await this.#server.ask("permission", request, signal)) as any;
    return given?.reply === "reject" || given === null ? (given?.message ?? "rejected") : null;
  }

  #retry(attempt: number, message: string): void {
    const next = this.#server.parts.clock.now() + waitMs * 2 ** (attempt - 1);
    void this.#status({ type: "retry", attempt, message, next });
  }

  #say(answer: FakeMessage, text: string): void {
    void this.#part(answer, { type: "text", text, time: { start: 1, end: 2 } });
  }

  #message(info: Readonly<Record<string, unknown>>): FakeMessage {
    const id = this.#server.newId("msg");
    const whole = { ...info, id, sessionID: this.id, time: { created: 1 } };
    const message = { info: whole, parts: [] };
    this.messages.push(message);
    void this.#server.tell("message.updated", { sessionID: this.id, info: whole });
    return message;
  }

  async #part(message: FakeMessage, content: Readonly<Record<string, unknown>>): Promise<void> {
    const part = { id: this.#server.newId("prt"), messageID: message.info.id, ...content };
    message.parts.push(part);
    await this.#server.tell("message.part.updated", { sessionID: this.id, part });
  }

  async #status(status: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#server.tell("session.status", { sessionID: this.id, status });
    if (status["type"] === "idle") await this.#server.tell("session.idle", { sessionID: this.id });
  }
}

function errorOf(isAborted: boolean, failure: StreamFailure | null) {
  if (isAborted) return { name: "MessageAbortedError", data: { message: "Aborted" } };
  if (failure === null) return null;
  return { name: "APIError", data: { message: failure.text, statusCode: failure.status } };
}
