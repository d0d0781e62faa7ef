/**
 * The permissions and questions that Claude Code waits with, each until it is answered: the same over
 * its stream and over its hook `PermissionRequest`.
 */

import { type Answer, answerText } from "../../domain/ask.ts";
import type { Fact, Taken } from "../protocol/line.ts";
import {
  actionOf,
  allowLabel,
  answerQuestions,
  askOf,
  decide,
  denyLabel,
  questionsOf,
  type ToolAsk,
  type ToolDecision,
} from "./permission.ts";

interface Waiting {
  readonly requestId: string;
  readonly of: ToolAsk;
  /** To the questions before this one. */
  readonly answers: readonly string[];
}

export interface ToolAskParts {
  readonly tell: (fact: Extract<Fact, { readonly type: "asks" | "ask_gone" }>) => void;
  /** `false`: nobody waits for it any more. */
  readonly respond: (requestId: string, decision: ToolDecision, of: ToolAsk) => Promise<boolean>;
}

export class ToolAsks {
  readonly #parts: ToolAskParts;
  /** By the id of the ask: several questions of one request come one after the other. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(parts: ToolAskParts) {
    this.#parts = parts;
  }

  open(requestId: string, of: ToolAsk): void {
    this.#ask({ requestId, of, answers: [] });
  }

  /** Those that wait, by the id of their request. */
  get waiting(): ReadonlyMap<string, ToolAsk> {
    return new Map([...this.#waiting.values()].map(({ requestId, of }) => [requestId, of]));
  }

  /** `null`: it waits no longer. */
  requestOf(askId: string): string | null {
    return this.#waiting.get(askId)?.requestId ?? null;
  }

  /** The agent no longer waits for it. */
  cancel(requestId: string, says: string): void {
    for (const [askId, waiting] of this.#waiting) {
      if (waiting.requestId !== requestId) continue;
      this.#waiting.delete(askId);
      this.#parts.tell({ type: "ask_gone", askId, says });
    }
  }

  /** It is answered elsewhere: nothing is told of it. */
  forget(requestId: string): void {
    for (const [askId, waiting] of this.#waiting) {
      if (waiting.requestId === requestId) this.#waiting.delete(askId);
    }
  }

  clear(): void {
    this.#waiting.clear();
  }

  async answer(askId: string, answer: Answer): Promise<Taken> {
    const waiting = this.#waiting.get(askId);
    if (waiting === undefined) return { taken: false, why: "it is no longer asked" };
    const { requestId, of } = waiting;
    const answers = [...waiting.answers, answerText(answer)];
    const questions = questionsOf(of);
    const decision = questions.length === 0 ? decide(of, answer) : answerQuestions(of, answers);
    const isLast = answers.length >= questions.length;
    // From here on it is answered, also where the agent goes on before that is known.
    this.#waiting.delete(askId);
    const isTaken = !isLast || (await this.#parts.respond(requestId, decision, of));
    if (!isTaken) return { taken: false, why: "the agent no longer waits for it" };
    if (!isLast) this.#ask({ requestId, of, answers });
    return { taken: true };
  }

  #ask(waiting: Waiting): void {
    const { requestId, of, answers } = waiting;
    const n = answers.length;
    const askId = n === 0 ? requestId : `${requestId}/${n + 1}`;
    this.#waiting.set(askId, waiting);
    const action = actionOf(of);
    const wants = action === null ? null : { action, allow: allowLabel, refuse: denyLabel };
    this.#parts.tell({ type: "asks", ask: askOf(askId, of, n), wants });
  }
}
