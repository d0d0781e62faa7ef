/**
 * One request and its answer: what the script says is done to the connection, and the record of it
 * is kept. Ends when the answer has ended, when the client has gone or when the server closes.
 */

import type { ServerResponse } from "node:http";
import { systemClock } from "../../src/lib/clock.ts";
import {
  estimateTokens,
  faultAt,
  type Move,
  moveAt,
  type Place,
  placeOf,
  usageAt,
} from "./conversation.ts";
import type { Dialect, Frame, Incoming, Moment, Reply } from "./dialect.ts";
import type { RequestLog, RequestRecord } from "./request-log.ts";
import { type Fault, type Round, ScriptError } from "./script.ts";

export interface ExchangeParts {
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  readonly log: RequestLog;
  /** The server closes: whatever hangs is let go. */
  readonly closing: AbortSignal;
  readonly readPrompt: (file: string) => string | null;
  readonly wordsFor: ((prompt: string) => string | null) | undefined;
}

export interface RequestParts {
  readonly path: string;
  readonly bytes: number;
  readonly session: string | null;
}

/** Long enough for the bytes before a cut to be read apart from it (chosen). */
const beforeCutMs = 100;

export class Exchange {
  readonly #parts: ExchangeParts;
  /** Aborted when nobody listens any more. */
  readonly #gone: AbortSignal;
  #id = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    const left = new AbortController();
    this.#gone = AbortSignal.any([left.signal, parts.closing]);
    parts.response.once("close", () => left.abort());
  }

  async answer(body: unknown, { path, bytes, session }: RequestParts): Promise<void> {
    const { dialect, log } = this.#parts;
    const incoming = dialect.read(body, path);
    const place = this.#place(incoming);
    const isBroken = place instanceof ScriptError;
    const at = isBroken
      ? { prompt: incoming.conversation.humans.at(-1) ?? "", round: 0, step: 0 }
      : { prompt: place.prompt, round: place.n, step: place.step };
    const record = log.add({
      api: dialect.api,
      kind: incoming.kind,
      model: incoming.model,
      session,
      bytes,
      receivedAt: systemClock.now(),
      ...at,
    });
    this.#id = record.id;
    try {
      if (isBroken) {
        process.stderr.write(`model server: wrong script: ${place.message}\n`);
        const message = `wrong script: ${place.message}`;
        this.#refuse({ ...scriptFault, message }, message);
      } else await this.#act(place, incoming, record);
    } catch (error) {
      if (!this.#gone.aborted) throw error;
      this.#keep({ end: "left" });
    }
  }

  #place(incoming: Incoming): Place | ScriptError {
    // The text of a side request may quote a script; nothing is done for it.
    const { conversation } = incoming;
    if (incoming.kind === "side") {
      const prompt = conversation.humans.at(-1) ?? "";
      return { prompt, n: 0, round: null, step: conversation.results };
    }
    try {
      return placeOf(conversation, this.#parts.readPrompt, this.#parts.wordsFor);
    } catch (error) {
      if (error instanceof ScriptError) return error;
      throw error;
    }
  }

  async #act({ round, step }: Place, incoming: Incoming, record: RequestRecord): Promise<void> {
    const fault = faultAt(round, step, record.attempt);
    if (fault?.kind === "silence") return this.#hang("silence");
    await this.#pause(round?.delayMs ?? 0);
    if (fault === null) return this.#send(this.#reply(round, step, incoming), incoming, null);
    switch (fault.kind) {
      case "cut":
      case "hang":
        return this.#send(this.#reply(round, step, incoming), incoming, fault);
      case "stream_error":
        return this.#failStream(fault, incoming);
      default:
        return this.#refuse(fault, `${fault.kind}`);
    }
  }

  #reply(round: Round | null, step: number, incoming: Incoming): Answer {
    const move = incoming.kind === "side" ? sideMove(incoming.sideText) : moveAt(round, step);
    const call = move.call === null ? null : this.#parts.dialect.call(move.call, incoming);
    // Said aloud: the person at the test has to see why nothing happens.
    const missing = move.call !== null && call === null;
    const text = missing ? `No tool is offered here for: ${move.call?.does}.` : move.text;
    const pieces = missing ? [text] : move.pieces;
    return {
      gapMs: move.gapMs,
      reply: {
        text,
        pieces,
        call,
        thinkMs: move.thinkMs,
        isTruncated: move.isTruncated,
        inputTokens: usageAt(round, step) ?? incoming.inputTokens,
        outputTokens: estimateTokens([pieces, call]),
        used: round?.used ?? null,
      },
    };
  }

  async #send({ reply, gapMs }: Answer, incoming: Incoming, fault: Fault | null): Promise<void> {
    const { dialect, response } = this.#parts;
    const says = reply.call === null ? "text" : `call ${reply.call.name}`;
    const head = dialect.headers(reply, this.#moment());
    if (!incoming.isStream) {
      if (fault !== null) return this.#stop(fault);
      const whole = dialect.whole(reply, incoming, this.#moment());
      response.writeHead(200, { "content-type": "application/json", ...head });
      this.#keep({ status: 200, says, firstByteAt: systemClock.now() });
      return this.#end(JSON.stringify(whole), "whole");
    }
    this.#openStream(head, says);
    for (const frame of dialect.stream(reply, incoming, this.#moment())) {
      await this.#write(frame, frame.isPiece === true ? gapMs : 0);
      if (fault !== null && frame.isPiece === true) return this.#stop(fault);
    }
    return this.#end("", "whole");
  }

  async #failStream(fault: Fault, incoming: Incoming): Promise<void> {
    const { dialect } = this.#parts;
    this.#openStream({}, `${fault.kind}`);
    for (const frame of dialect.streamError(fault, incoming, this.#moment())) {
      await this.#write(frame, 0);
    }
    return this.#end("", "failed");
  }

  #openStream(head: Readonly<Record<string, string>>, says: RequestRecord["says"]): void {
    const { response } = this.#parts;
    const usual = { "content-type": "text/event-stream", "cache-control": "no-cache" };
    response.writeHead(200, { ...usual, ...head });
    this.#keep({ status: 200, says, firstByteAt: systemClock.now() });
  }

  async #write({ data, pauseMs = 0 }: Frame, gapMs: number): Promise<void> {
    this.#gone.throwIfAborted();
    const { response } = this.#parts;
    if (!response.write(data)) {
      await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
    }
    await this.#pause(pauseMs + gapMs);
  }

  /** In the midst of an answer. */
  async #stop(fault: Fault): Promise<void> {
    if (fault.kind === "hang") return this.#hang("hang");
    await this.#pause(beforeCutMs);
    this.#keep({ says: "cut", end: "cut", lastByteAt: systemClock.now() });
    this.#parts.response.destroy();
  }

  /** Until the client has had enough of it. */
  async #hang(says: string): Promise<void> {
    this.#keep({ says, end: "hung" });
    if (this.#gone.aborted) return;
    await new Promise<void>((resolve) => {
      this.#gone.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  #refuse(fault: Fault, says: string): void {
    const { dialect, response } = this.#parts;
    const { status, headers, body } = dialect.refuse(fault, this.#moment());
    response.writeHead(status, { "content-type": "application/json", ...headers });
    this.#keep({ status, says, firstByteAt: systemClock.now() });
    this.#end(JSON.stringify(body), "refused");
  }

  #end(data: string, how: "whole" | "refused" | "failed"): void {
    this.#gone.throwIfAborted();
    this.#parts.response.end(data);
    this.#keep({ end: how, lastByteAt: systemClock.now() });
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await systemClock.until(systemClock.now() + ms, this.#gone);
  }

  #moment(): Moment {
    return { id: this.#id, nowMs: systemClock.now() };
  }

  #keep(parts: Partial<RequestRecord>): void {
    this.#parts.log.change(this.#id, parts);
  }
}

interface Answer {
  readonly reply: Reply;
  readonly gapMs: number;
}

/** A script that cannot be read is the fault of a test: no program tries such a request again. */
const scriptFault: Fault = {
  kind: 400,
  times: Number.POSITIVE_INFINITY,
  at: 0,
  retryAfterSeconds: null,
  resetSeconds: 0,
  mayRetry: false,
  message: null,
};

function sideMove(text: string): Move {
  return { call: null, text, pieces: [text], gapMs: 0, thinkMs: null, isTruncated: false };
}
