/** One conversation of the fake app-server, and the steps of its turns. */

import { randomUUID } from "node:crypto";
import { floodOf, plainFace } from "../face.ts";
import { stepsFor } from "../script.ts";
import { ScriptError } from "../step.ts";
import { perform } from "../steps.ts";
import { type StreamFace, type StreamFailure, streamSteps } from "../stream/stream-steps.ts";
import { placeOf } from "../tui/place.ts";
import { appendRecord } from "../tui/record.ts";
import { runTool } from "../tui/run-tool.ts";
import type { AppServer } from "./app-server.ts";

interface FakeTurn {
  readonly id: string;
  readonly items: unknown[];
  status: "inProgress" | "completed" | "interrupted" | "failed";
  error: { readonly message: string; readonly codexErrorInfo: string } | null;
}

const contextWindow = 200_000;

export class FakeThread {
  readonly id: string;
  readonly turns: FakeTurn[] = [];
  readonly #server: AppServer;
  /** It asks for nothing. */
  readonly #isUnguarded: boolean;
  /** It is another than the one of the attempt before. */
  #isCleared: boolean;
  #cut: AbortController | null = null;
  #answer = "";
  #used = { input: 0, output: 0 };

  constructor(server: AppServer, id: string, isUnguarded: boolean, isCleared: boolean) {
    this.#server = server;
    this.id = id;
    this.#isUnguarded = isUnguarded;
    this.#isCleared = isCleared;
  }

  begin(text: string, clientId: string | null): FakeTurn {
    const message = { type: "userMessage", id: randomUUID(), clientId, content: [{ text }] };
    const turn: FakeTurn = {
      id: randomUUID(),
      items: [message],
      status: "inProgress",
      error: null,
    };
    this.turns.push(turn);
    const cut = new AbortController();
    // After the answer to the call.
    setImmediate(() => void this.#run(turn, text, cut));
    return { ...turn };
  }

  /** `false`: no turn has begun that could be interrupted. */
  interrupt(): boolean {
    this.#cut?.abort(new Error("interrupted"));
    return this.#cut !== null;
  }

  async #run(turn: FakeTurn, text: string, cut: AbortController): Promise<void> {
    const { script, record, clock } = this.#server.parts;
    this.#cut = cut;
    await this.#tell("turn/started", { turn: { ...turn, items: [] } });
    const past = { places: this.#server.places, isCleared: this.#isCleared };
    const place = placeOf(text, script.turns.keys(), past);
    this.#isCleared = false;
    this.#server.places.push(place);
    appendRecord(record, { at: clock.now(), type: "turn", place });
    const lines = text.split("\n");
    const shown = lines.find((line) => line.trim()) ?? "";
    this.#say(turn, `Read a prompt of ${lines.length} lines: ${shown}`);
    let failure: StreamFailure | null = null;
    const face = this.#faceOf(turn, cut.signal, (told) => {
      failure = told;
    });
    try {
      for (const one of stepsFor(place, script)) {
        const next = await perform(one, place, { kinds: streamSteps, face });
        if (next === "stop" || cut.signal.aborted) break;
      }
    } catch (error) {
      const isWrong = error instanceof ScriptError;
      if (isWrong) failure = { text: error.message, status: null, error: null };
      else if (!cut.signal.aborted) throw error;
    }
    await this.#end(turn, cut.signal.aborted, failure);
    const end = turn.status === "inProgress" ? "completed" : turn.status;
    appendRecord(record, { at: clock.now(), type: "turn_ended", place, end });
  }

  async #end(turn: FakeTurn, isCut: boolean, failure: StreamFailure | null): Promise<void> {
    this.#cut = null;
    turn.status = isCut ? "interrupted" : failure === null ? "completed" : "failed";
    if (failure !== null && !isCut) {
      const codexErrorInfo = failure.error === "rate_limit" ? "usageLimitExceeded" : "other";
      turn.error = { message: failure.text, codexErrorInfo };
      await this.#tell("error", { error: turn.error, willRetry: false, turnId: turn.id });
    }
    await this.#tell("turn/completed", { turn: { ...turn, items: [] } });
  }

  #faceOf(turn: FakeTurn, signal: AbortSignal, fail: (failure: StreamFailure) => void): StreamFace {
    const thread = this;
    const { clock, ignoreSigterm } = this.#server.parts;
    return {
      ...plainFace,
      signal,
      get answer() {
        return thread.#answer;
      },
      say: (text) => this.#say(turn, text),
      async flood(bytes) {
        for (const block of floodOf(bytes)) {
          await thread.#tellItem(turn, "completed", thread.#message(block.toString().trimEnd()));
        }
      },
      async run(program, args) {
        const command = [program, ...args].join(" ");
        const item = { type: "commandExecution", id: randomUUID(), command };
        await thread.#tellItem(turn, "started", { ...item, status: "inProgress" });
        const aggregatedOutput = await runTool([program, ...args], clock, signal);
        const done = { ...item, status: "completed", aggregatedOutput, exitCode: 0 };
        await thread.#tellItem(turn, "completed", done);
      },
      ignoreSigterm,
      permit: (tool, input) => this.#permit(turn, tool, input, signal),
      retry: (attempt, status) => {
        const message = `Reconnecting... ${attempt}/5`;
        const codexErrorInfo = { responseStreamDisconnected: { httpStatusCode: status } };
        const error = { message, codexErrorInfo, additionalDetails: null };
        void this.#tell("error", { error, willRetry: true, turnId: turn.id });
      },
      fail,
      use: (inputTokens, outputTokens) => {
        this.#used = {
          input: this.#used.input + inputTokens,
          output: this.#used.output + outputTokens,
        };
        const total = tokensOf(this.#used.input, this.#used.output);
        const last = tokensOf(inputTokens, outputTokens);
        const tokenUsage = { total, last, modelContextWindow: contextWindow };
        void this.#tell("thread/tokenUsage/updated", { turnId: turn.id, tokenUsage });
      },
    };
  }

  /** `null`: it may, else why not. */
  async #permit(
    turn: FakeTurn,
    tool: string,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const itemId = randomUUID();
    const common = { threadId: this.id, turnId: turn.id, itemId };
    const { questions, command, file_path: path } = input;
    if (Array.isArray(questions)) {
      const asked = questions.map(({ question, options }) => ({
        id: "q",
        question,
        isOther: true,
        options,
      }));
      const params = { ...common, questions: asked };
      const given = await this.#server.ask("item/tool/requestUserInput", params, signal);
      // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
      this.#answer = (given as any)?.answers.q.answers.join(", ") ?? "";
      return null;
    }
    if (this.#isUnguarded) return null;
    const isCommand = tool === "Bash";
    if (!isCommand) {
      const item = { type: "fileChange", id: itemId, changes: [{ path: `${path}`, diff: "" }] };
      await this.#tellItem(turn, "started", item);
    }
    const method = isCommand ? "commandExecution" : "fileChange";
    const given = await this.#server.ask(
      `item/${method}/requestApproval`,
      { ...common, command, reason: null },
      signal,
    );
    // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
    const decision: string = (given as any)?.decision ?? "interrupted";
    if (decision === "cancel") this.#cut?.abort(new Error("cancelled"));
    return decision.startsWith("accept") ? null : decision;
  }

  #say(turn: FakeTurn, text: string): void {
    void this.#tellItem(turn, "completed", this.#message(text));
  }

  #message(text: string) {
    return { type: "agentMessage", id: randomUUID(), text };
  }

  async #tellItem(turn: FakeTurn, when: "started" | "completed", item: object): Promise<void> {
    if (when === "completed") turn.items.push(item);
    await this.#tell(`item/${when}`, { turnId: turn.id, item });
  }

  #tell(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#server.tell(method, { threadId: this.id, ...params });
  }
}

function tokensOf(inputTokens: number, outputTokens: number) {
  const totalTokens = inputTokens + outputTokens;
  return { totalTokens, inputTokens, outputTokens, cachedInputTokens: 0 };
}
