/**
 * What has reached a model server, one record per request, in the order in which they came. A record
 * grows until its answer has ended; what is handed out is a copy.
 */

import { systemClock } from "../../src/lib/clock.ts";
import { Notifier, waitFor } from "../../src/lib/notifier.ts";
import type { Api } from "./dialect.ts";

export interface RequestRecord {
  readonly id: number;
  readonly api: Api;
  /** `side`: the program's own, such as a title. */
  readonly kind: "main" | "side";
  readonly model: string;
  /** The program's own name for the conversation, where it tells one. */
  readonly session: string | null;
  /** The last text of a person, whole. */
  readonly prompt: string;
  /** Which prompt since the one with the script; 0: there is no script in the conversation. */
  readonly round: number;
  /** Tool results since that prompt: 0 is the prompt's own delivery. */
  readonly step: number;
  /** Counts requests for the same prompt, round and step from 1. */
  readonly attempt: number;
  readonly bytes: number;
  readonly receivedAt: number;
  readonly status: number | null;
  readonly firstByteAt: number | null;
  readonly lastByteAt: number | null;
  /** `call NAME`, `text`, or the fault. */
  readonly says: string | null;
  /**
   * `whole`: all was sent. `refused`: by an error of HTTP. `failed`: by an error in the stream.
   * `cut`: by the server. `hung`: it has stopped sending and waits. `left`: the program went before.
   */
  readonly end: "whole" | "refused" | "failed" | "cut" | "hung" | "left" | null;
}

export class RequestLog {
  #records: RequestRecord[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #changes = new Notifier();
  #nextId = 1;

  get all(): readonly RequestRecord[] {
    return [...this.#records];
  }

  /** Those that a person's prompt has caused. */
  get main(): readonly RequestRecord[] {
    return this.#records.filter((record) => record.kind === "main");
  }

  /** Prompts that have arrived, in order; one that came twice stands twice. */
  get prompts(): readonly string[] {
    return this.main.filter((one) => one.step === 0).map((one) => one.prompt);
  }

  /** Resolves with the first record that fits, also when it has come before. */
  async until(
    fits: (record: RequestRecord) => boolean,
    longestMs = 60_000,
  ): Promise<RequestRecord> {
    const { signal } = new AbortController();
    const until = systemClock.now() + longestMs;
    for (;;) {
      const change = this.#changes.next();
      const found = this.#records.find(fits);
      if (found !== undefined) return found;
      if (systemClock.now() >= until) {
        throw new Error(`no such request came, but ${JSON.stringify(this.#records)}`);
      }
      await waitFor({ clock: systemClock, signal, until }, change);
    }
  }

  /** Forgets all requests and attempts. Answers that are under way are told no more. */
  reset(): void {
    this.#records = [];
    this.#attempts.clear();
  }

  add(
    parts: Pick<
      RequestRecord,
      "api" | "kind" | "model" | "session" | "prompt" | "round" | "step" | "bytes" | "receivedAt"
    >,
  ): RequestRecord {
    const { kind, prompt, round, step } = parts;
    const key = JSON.stringify([kind, prompt, round, step]);
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const record: RequestRecord = {
      id: this.#nextId,
      attempt,
      status: null,
      firstByteAt: null,
      lastByteAt: null,
      says: null,
      end: null,
      ...parts,
    };
    this.#nextId += 1;
    this.#records.push(record);
    this.#changes.notify();
    return record;
  }

  change(id: number, parts: Partial<RequestRecord>): void {
    const at = this.#records.findIndex((record) => record.id === id);
    const record = this.#records[at];
    if (record === undefined) return;
    this.#records[at] = { ...record, ...parts };
    this.#changes.notify();
  }
}
