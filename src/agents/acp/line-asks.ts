/** The permissions and questions that an agent of the protocol waits with, each until it is answered. */

import { randomUUID } from "node:crypto";
import type { Answer } from "../../domain/ask.ts";
import type { Fact, Taken } from "../protocol/line.ts";
import type { PermissionRequest } from "./message.ts";
import { outcomeOf, readPermission } from "./permission.ts";
import { type Form, fill, questionOf } from "./question.ts";
import type { Tool } from "./tool.ts";

interface Waiting {
  /** `null`: the answer is taken. Else why not. */
  readonly answer: (answer: Answer) => string | null;
  readonly cancel: () => void;
}

export class WaitingAsks {
  readonly #tell: (fact: Fact) => void;
  readonly #waiting = new Map<string, Waiting>();

  constructor(tell: (fact: Fact) => void) {
    this.#tell = tell;
  }

  /** Resolves with what the agent is told. */
  permission(request: PermissionRequest, tool: Tool, signal: AbortSignal): Promise<unknown> {
    const id = randomUUID();
    const permission = readPermission(id, request, tool);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#open(id, signal, {
      answer: (answer) => {
        const outcome = outcomeOf(permission, answer);
        if (outcome === null) return "it offers no such choice";
        resolve({ outcome });
        return null;
      },
      cancel: () => resolve({ outcome: { outcome: "cancelled" } }),
    });
    this.#tell({ type: "asks", ask: permission.ask, wants: permission.wants });
    return promise;
  }

  /** One field after the other; resolves with all of them. */
  questions(form: Form, signal: AbortSignal): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#question(form, 0, {}, { signal, resolve });
    return promise;
  }

  answer(askId: string, answer: Answer): Taken {
    const waiting = this.#waiting.get(askId);
    if (waiting === undefined) return { taken: false, why: "it is no longer asked" };
    const why = waiting.answer(answer);
    if (why !== null) return { taken: false, why };
    this.#waiting.delete(askId);
    return { taken: true };
  }

  /** The turn stops: the protocol wants an answer to each. */
  cancelAll(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { cancel } of waiting) cancel();
  }

  #question(
    form: Form,
    n: number,
    content: Readonly<Record<string, unknown>>,
    how: { readonly signal: AbortSignal; readonly resolve: (value: unknown) => void },
  ): void {
    const field = form[n];
    if (field === undefined) {
      how.resolve({ action: "accept", content });
      return;
    }
    const id = randomUUID();
    this.#open(id, how.signal, {
      answer: (answer) => {
        const filled = fill(field, answer);
        if (typeof filled === "string") return filled;
        this.#question(form, n + 1, { ...content, ...filled }, how);
        return null;
      },
      cancel: () => how.resolve({ action: "cancel" }),
    });
    this.#tell({ type: "asks", ask: questionOf(id, field), wants: null });
  }

  #open(id: string, signal: AbortSignal, waiting: Waiting): void {
    this.#waiting.set(id, waiting);
    // The agent takes it back, or is gone.
    signal.addEventListener(
      "abort",
      () => {
        if (!this.#waiting.delete(id)) return;
        waiting.cancel();
        this.#tell({ type: "ask_gone", askId: id, says: "the agent no longer asks" });
      },
      { once: true },
    );
  }
}
