/** The prompts of one attempt: composed, numbered, and each kept in a file before it is sent. */

import type { Prompt } from "../agents/driver.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { readTextIfThere, writeText } from "../lib/text-file.ts";
import type { FailedGate, Finding, NudgeRequest } from "../prompts/prompt.ts";
import type { ToldText } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { keepHandoff } from "./keep-handoff.ts";
import type { Prepared } from "./prepare-attempt.ts";

export interface FeedbackParts {
  readonly round: number;
  readonly red: readonly FailedGate[];
  readonly findings: readonly Finding[];
  readonly full: string | null;
}

export class PromptBook {
  readonly #hands: Hands;
  readonly #order: AttemptOrder;
  #turn = 0;

  constructor(hands: Hands, order: AttemptOrder) {
    this.#hands = hands;
    this.#order = order;
  }

  /** The first prompt; where it goes on from others, with what they have left. */
  async task(prepared: Pick<Prepared, "workspace" | "since">): Promise<string> {
    const handoff = await keepHandoff(this.#hands, this.#order, prepared);
    return this.#hands.prompts.task(this.#order, handoff);
  }

  /** `full`: why its agent is to write its handoff now; `null`: it need not. */
  feedback({ round, red, findings, full }: FeedbackParts): Promise<string> {
    const request = { order: this.#order, round, failed: red, findings };
    return this.#hands.prompts.feedback(full === null ? request : { ...request, full });
  }

  nudge(request: Pick<NudgeRequest, "why" | "isLast" | "leftMs">): Promise<string> {
    const { task, attempt } = this.#order;
    const taskFile = this.#hands.places.prompt(task.id, attempt, 1);
    return this.#hands.prompts.nudge({ ...request, order: this.#order, taskFile });
  }

  tell(tells: readonly ToldText[]): string {
    return ["You are told:", ...tells.map((tell) => tell.text), ""].join("\n\n");
  }

  /** Puts the text into its file; the prompt that is returned can be sent, also twice. */
  async write(kind: Prompt["kind"], text: string): Promise<Prompt> {
    const { task, attempt } = this.#order;
    this.#turn += 1;
    const turn = this.#turn;
    const file = this.#hands.places.prompt(task.id, attempt, turn);
    await writeText(file, text);
    return this.#prompt({ turn, kind, text, file });
  }

  /** The one that an earlier temoin has written last for this attempt; `null`: none. */
  async last(): Promise<Prompt | null> {
    const { task, attempt } = this.#order;
    for (let last: Prompt | null = null; ; ) {
      const turn = this.#turn + 1;
      const file = this.#hands.places.prompt(task.id, attempt, turn);
      const text = await readTextIfThere(file);
      if (text === null) return last;
      this.#turn = turn;
      last = this.#prompt({ turn, kind: turn === 1 ? "task" : "feedback", text, file });
    }
  }

  #prompt(written: {
    readonly turn: number;
    readonly kind: Prompt["kind"];
    readonly text: string;
    readonly file: string;
  }): Prompt {
    const { task, attempt } = this.#order;
    const { turn, kind, text, file } = written;
    return {
      id: `${task.id}/${attempt}/${turn}`,
      kind,
      text,
      file,
      env: {
        TEMOIN_TASK: task.id,
        TEMOIN_ATTEMPT: String(attempt),
        TEMOIN_TURN: String(turn),
        TEMOIN_PROMPT_FILE: file,
      },
    };
  }
}
