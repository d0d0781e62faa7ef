/** Answers to what opencode asks: several questions of one request together, and each told once. */

import type { Answer } from "../../domain/ask.ts";
import type { Fact, Taken } from "../protocol/line.ts";
import type { Api, Reply } from "./api.ts";
import { permissionReply, questionAsks, questionId } from "./asks.ts";
import type { QuestionRequest, ServerEvent } from "./server-event.ts";

export interface ReplyEar {
  tell(fact: Fact): void;
  /** What the server has said of a request that we were answering; `isTold`: its facts too. */
  heard(event: ServerEvent, isTold: boolean): void;
}

export class Replies {
  readonly #api: Api;
  readonly #ear: ReplyEar;
  /** Answers to the first of several questions, by their request. */
  readonly #answers = new Map<string, readonly (readonly string[])[]>();
  /** Requests to which a reply is on its way, and what was heard of them meanwhile. */
  readonly #replying = new Map<string, ServerEvent | null>();

  constructor(api: Api, ear: ReplyEar) {
    this.#api = api;
    this.#ear = ear;
  }

  /** Is it an answer of our own, of which is told when the server has confirmed it? */
  isOwn(event: ServerEvent): boolean {
    if (event.type !== "answered" || !this.#replying.has(event.request)) return false;
    this.#replying.set(event.request, event);
    return true;
  }

  /** `questions`: the requests that are open. */
  async answer(
    askId: string,
    answer: Answer,
    questions: ReadonlyMap<string, QuestionRequest>,
  ): Promise<Taken> {
    for (const request of questions.values()) {
      const index = request.questions.findIndex((_, n) => questionId(request.id, n) === askId);
      if (index !== -1) return await this.#answerQuestion(request, index, answer);
    }
    const reply = permissionReply(answer);
    if (reply === null) return { taken: false, why: "it offers no such choice" };
    return await this.#reply(askId, `/permission/${askId}/reply`, reply);
  }

  async #answerQuestion(request: QuestionRequest, index: number, answer: Answer): Promise<Taken> {
    const { id } = request;
    const given = "choice" in answer ? answer.choice : answer.text;
    const answers = [...(this.#answers.get(id) ?? []).slice(0, index), [given]];
    const next = questionAsks(request, index + 1);
    if (next !== null) {
      this.#answers.set(id, answers);
      this.#ear.tell(next);
      return { taken: true };
    }
    this.#answers.delete(id);
    return await this.#reply(id, `/question/${id}/reply`, { answers });
  }

  async #reply(request: string, path: string, body: unknown): Promise<Taken> {
    this.#replying.set(request, null);
    const reply = await this.#api.post(path, body);
    const heard = this.#replying.get(request) ?? null;
    this.#replying.delete(request);
    if (heard !== null) this.#ear.heard(heard, !reply.ok);
    return takenOf(reply);
  }
}

function takenOf(reply: Reply): Taken {
  if (reply.ok) return { taken: true };
  return { taken: false, why: reply.status === 404 ? "it is no longer asked" : reply.why };
}
