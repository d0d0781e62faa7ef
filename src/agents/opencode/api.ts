/**
 * The HTTP interface of one server of opencode, in one directory. No call waits for ever: a server
 * that has just begun was seen never to answer its first one.
 */

import type { Clock } from "../../lib/clock.ts";
import { parseJson } from "../../lib/json-text.ts";
import { waitFor } from "../../lib/notifier.ts";
import { EventSplitter } from "./sse.ts";

export type Reply =
  | { readonly ok: true; readonly value: unknown }
  /** `status`: that of the answer; `null`: there was none. */
  | { readonly ok: false; readonly status: number | null; readonly why: string };

export interface ApiOptions {
  readonly clock: Clock;
  /** As `http://127.0.0.1:4096`. */
  readonly url: string;
  readonly password: string;
  /** Where the agent works: each call is for it. */
  readonly directory: string;
}

/** The name that the server asks for beside its password. */
export const userName = "opencode";

/** Longer than any answer that was measured, on a busy machine too (5 s). */
const callMs = 30_000;
/** Its server says something every 10 s (1.18.33). */
const silenceMs = 60_000;

export class Api {
  readonly #options: ApiOptions;
  readonly #authorization: string;

  constructor(options: ApiOptions) {
    this.#options = options;
    const word = Buffer.from(`${userName}:${options.password}`).toString("base64");
    this.#authorization = `Basic ${word}`;
  }

  get(path: string, timeoutMs = callMs): Promise<Reply> {
    return this.#call("GET", path, undefined, timeoutMs);
  }

  post(path: string, body: unknown = {}): Promise<Reply> {
    return this.#call("POST", path, body, callMs);
  }

  patch(path: string, body: unknown): Promise<Reply> {
    return this.#call("PATCH", path, body, callMs);
  }

  /**
   * Calls `onData` for each event, one after the other, from the first one on; resolves with why
   * there are no more. Never rejects.
   */
  async events(
    onData: (data: string) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<string> {
    const { clock } = this.#options;
    const quit = new AbortController();
    const abort = AbortSignal.any([signal, quit.signal]);
    const within = async <Result>(work: Promise<Result>): Promise<Result> => {
      let isDone = false;
      const settled = work.then(
        () => {
          isDone = true;
        },
        () => {
          // Told by `work` itself, or of no interest any more.
          isDone = true;
        },
      );
      await waitFor({ clock, signal: abort, until: clock.now() + silenceMs }, settled);
      if (!isDone) throw new Error("its server says nothing any more");
      return await work;
    };
    try {
      const response = await within(this.#fetch("GET", "/event", undefined, abort));
      if (!response.ok || response.body === null) return `its server answered ${response.status}`;
      const splitter = new EventSplitter();
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await within(reader.read());
        if (done) return "its server has closed the stream of events";
        for (const data of splitter.push(value)) await onData(data);
      }
    } catch (error) {
      return reasonOf(error);
    } finally {
      quit.abort();
    }
  }

  async #call(method: string, path: string, body: unknown, timeoutMs: number): Promise<Reply> {
    const { clock } = this.#options;
    const quit = new AbortController();
    const answer = this.#fetch(method, path, body, quit.signal)
      .then(readReply)
      .catch((error: unknown): Reply => ({ ok: false, status: null, why: reasonOf(error) }));
    let reply: Reply = {
      ok: false,
      status: null,
      why: `${method} ${path} was not answered within ${timeoutMs / 1_000} s`,
    };
    const settled = answer.then((told) => {
      reply = told;
    });
    const until = clock.now() + timeoutMs;
    await waitFor({ clock, signal: new AbortController().signal, until }, settled);
    quit.abort();
    return reply;
  }

  #fetch(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    const { url, directory } = this.#options;
    const query = `directory=${encodeURIComponent(directory)}`;
    return fetch(`${url}${path}${path.includes("?") ? "&" : "?"}${query}`, {
      method,
      signal,
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

async function readReply(response: Response): Promise<Reply> {
  const value = parseJson(await response.text());
  if (response.ok) return { ok: true, value };
  const { status } = response;
  return { ok: false, status, why: messageIn(value) ?? `its server answered ${status}` };
}

/** Its errors are `{name, data: {message}}`, or `{_tag, message}`. */
function messageIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  if ("data" in value) return messageIn(value.data);
  return "message" in value && typeof value.message === "string" ? value.message : null;
}

/** `fetch failed` says nothing; what made it fail does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
