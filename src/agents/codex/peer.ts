/**
 * One end of the conversation with `codex app-server`: JSON-RPC without its "jsonrpc", a value a
 * message. Every call is answered once, also when the other end is gone.
 */

import { z } from "zod";
import type { Instant } from "../../domain/id.ts";

export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly why: string };

/** What comes from the server by itself. */
export type Incoming =
  | {
      readonly type: "notice";
      readonly method: string;
      readonly params: unknown;
      readonly at: Instant | null;
    }
  /** It waits for `respond`. */
  | {
      readonly type: "request";
      readonly id: RequestId;
      readonly method: string;
      readonly params: unknown;
    };

export type RequestId = string | number;

const requestId = z.union([z.string(), z.number()]);
/** Each kind is told by what it has. */
const message = z.object({
  id: requestId.optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
  /** When the server wrote it; newer ones say so. */
  emittedAtMs: z.number().optional(),
});

export class Peer {
  /** `false`: nobody is there any more. */
  readonly #write: (value: unknown) => boolean;
  readonly #open = new Map<RequestId, (reply: Reply) => void>();
  #calls = 0;
  #gone: string | null = null;

  constructor(write: (value: unknown) => boolean) {
    this.#write = write;
  }

  /** Never rejects. */
  call(method: string, params: unknown): Promise<Reply> {
    if (this.#gone !== null) return Promise.resolve({ ok: false, why: this.#gone });
    this.#calls += 1;
    const id = this.#calls;
    const answered = Promise.withResolvers<Reply>();
    this.#open.set(id, answered.resolve);
    if (!this.#write({ id, method, params })) this.#settle(id, { ok: false, why: "it is gone" });
    return answered.promise;
  }

  notify(method: string): void {
    this.#write({ method });
  }

  respond(id: RequestId, result: unknown): boolean {
    return this.#write({ id, result });
  }

  refuse(id: RequestId, why: string): void {
    this.#write({ id, error: { code: -32_601, message: why } });
  }

  /** A value from the other end; what it answers is kept here. `null`: nothing else to see to. */
  take(value: unknown): Incoming | null {
    const { success, data } = message.safeParse(value);
    if (!success) return null;
    const { id, method, params, result, error, emittedAtMs } = data;
    if (method !== undefined) {
      if (id !== undefined) return { type: "request", id, method, params };
      return { type: "notice", method, params, at: emittedAtMs ?? null };
    }
    if (id === undefined) return null;
    this.#settle(
      id,
      error === undefined ? { ok: true, result } : { ok: false, why: error.message },
    );
    return null;
  }

  /** The other end is gone: whoever waits is told why. */
  close(why: string): void {
    this.#gone ??= why;
    for (const id of [...this.#open.keys()]) this.#settle(id, { ok: false, why });
  }

  #settle(id: RequestId, reply: Reply): void {
    this.#open.get(id)?.(reply);
    this.#open.delete(id);
  }
}
