/**
 * The turns of one attempt: words go to the agent as a prompt, and the end of its turn comes back.
 * What a person says meanwhile has a turn of its own before anything is judged.
 */

import type { Prompt } from "../agents/driver.ts";
import type { AttemptOrder } from "../domain/order.ts";
import type { Conversation, Turn } from "./conversation.ts";
import type { Desk, ToldText } from "./desk.ts";
import { evidence } from "./evidence.ts";
import type { Hands } from "./hands.ts";
import type { PromptBook } from "./prompt-book.ts";

/** `tells`: the words of a person that are in it. */
export type Words = { readonly tells: readonly { readonly id: string }[] } & (
  | { readonly kind: "task" | "feedback" | "tell"; readonly text: string }
  /** Written before, by an earlier temoin; whoever has it is not sent it again. */
  | { readonly kind: "again"; readonly prompt: Prompt }
);

export interface TurnParts {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly desk: Desk;
  /** The agent has its first prompt. */
  readonly onPrompted: () => void;
}

export class AttemptTurns {
  readonly #parts: TurnParts;
  readonly #prompts: PromptBook;

  constructor(parts: TurnParts, prompts: PromptBook) {
    this.#parts = parts;
    this.#prompts = prompts;
  }

  /** The task; where the attempt goes on from an earlier temoin, the prompt that was sent last. */
  async first(): Promise<Words> {
    const { order } = this.#parts;
    const last = order.isResumed ? await this.#prompts.last() : null;
    if (last !== null) return { kind: "again", prompt: last, tells: [] };
    return { kind: "task", text: await this.#prompts.task(), tells: order.tells };
  }

  /** The turn of a prompt, and one more for each word that a person has sent meanwhile. */
  async take(conversation: Conversation, words: Words): Promise<Turn> {
    let turn = await this.#send(conversation, words);
    for (;;) {
      const tells = await this.newTells();
      const isOver = turn.kind !== "ended" || this.#parts.desk.cut !== null;
      if (isOver || tells.length === 0) return turn;
      turn = await this.#send(conversation, this.told(tells));
    }
  }

  async newTells(): Promise<readonly ToldText[]> {
    const { desk } = this.#parts;
    await desk.sync();
    return desk.takeTells();
  }

  told(tells: readonly ToldText[]): Words {
    return { kind: "tell", text: this.#prompts.tell(tells), tells };
  }

  async #send(conversation: Conversation, words: Words): Promise<Turn> {
    const isAgain = words.kind === "again";
    const prompt = isAgain ? words.prompt : await this.#prompts.write(words.kind, words.text);
    const { hands, desk, order, onPrompted } = this.#parts;
    const onAccepted = async (): Promise<void> => {
      onPrompted();
      const seen = [evidence(hands.clock, "process", "the agent has its prompt")];
      await desk.say({ type: "attempt_moved", phase: "working", evidence: seen });
      for (const { id } of words.tells) await desk.say({ type: "tell_delivered", id });
    };
    const { turnMs } = order.policy;
    return conversation.takeTurn(prompt, { turnMs, signal: desk.signal, onAccepted });
  }
}
