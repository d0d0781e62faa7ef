/**
 * The turns of one attempt: words go to the agent as a prompt, and the end of its turn comes back.
 * What a person says meanwhile has a turn of its own before anything is judged.
 */

import type { Prompt } from "../agents/driver.ts";
import type { HandoffStep } from "../domain/handoff.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { lastWordMs, watchTimes } from "../domain/watch.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import type { Conversation, Turn as OneTurn } from "./conversation.ts";
import type { Desk, ToldText } from "./desk.ts";
import { evidence } from "./evidence.ts";
import { FillWatch } from "./fill-watch.ts";
import type { Hands } from "./hands.ts";
import type { Prepared } from "./prepare-attempt.ts";
import type { PromptBook } from "./prompt-book.ts";
import { processesOf, ToolWatch } from "./tool-watch.ts";
import { TurnWatch } from "./turn-watch.ts";

/** `tells`: the words of a person that are in it. */
export type Words = { readonly tells: readonly { readonly id: string }[] } & (
  | { readonly kind: "task" | "feedback" | "tell"; readonly text: string }
  /** Written before, by an earlier temoin; whoever has it is not sent it again. */
  | { readonly kind: "again"; readonly prompt: Prompt }
);

/** The turn of some words, its reminders included. */
export type Turn =
  | Exclude<OneTurn, { readonly kind: "stopped" }>
  /** It made no progress, or took too long, and its last prompt has not helped. */
  | {
      readonly kind: "given_up";
      readonly outcome: "stalled" | "timed_out";
      readonly why: string;
      readonly limit: OneTurn["limit"];
    }
  /** Its agent has ended since its last turn, and another one would know nothing of it. */
  | { readonly kind: "forgotten"; readonly why: string; readonly limit: null }
  /** Its conversation, or its plan, is full. */
  | ({ readonly kind: "handed_off" } & HandoffDue);

/** A handoff that is to be carried out. */
export type HandoffDue = Pick<Extract<HandoffStep, { do: "execute" }>, "reason" | "why" | "limit">;

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
  /** How full the conversation is. */
  readonly fill: FillWatch;
  #nudges: number;

  constructor(parts: TurnParts, prompts: PromptBook) {
    const { hands, order } = parts;
    const hasOverage = hands.agents.get(order.agent)?.overage === true;
    this.fill = new FillWatch(hands.clock, order, hasOverage);
    this.#nudges = parts.order.nudges ?? 0;
    this.#parts = parts;
    this.#prompts = prompts;
  }

  /** The task; where the attempt goes on from an earlier temoin, the prompt that was sent last. */
  async first(prepared: Pick<Prepared, "workspace" | "since">): Promise<Words> {
    const { order } = this.#parts;
    const last = order.isResumed ? await this.#prompts.last() : null;
    if (last !== null) return { kind: "again", prompt: last, tells: [] };
    return { kind: "task", text: await this.#prompts.task(prepared), tells: order.tells };
  }

  /** The turn of a prompt, and one more for each word that a person has sent meanwhile. */
  async take(conversation: Conversation, workspace: Workspace, words: Words): Promise<Turn> {
    const place = { conversation, workspace };
    let turn = await this.#send(place, words);
    for (;;) {
      // What a person has said meanwhile is for whoever comes next.
      if (this.fill.due("at_rest").do === "execute" || conversation.forgotten !== null) return turn;
      const tells = await this.newTells();
      // Who is limited now can hear no more.
      const isOver = turn.kind !== "ended" || turn.limit !== null || this.#parts.desk.cut !== null;
      if (isOver || tells.length === 0) return turn;
      turn = await this.#send(place, this.told(tells));
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

  async #send({ conversation, workspace }: TurnPlace, words: Words): Promise<Turn> {
    const { desk, hands, order } = this.#parts;
    const { clock } = hands;
    const { fill } = this;
    const isGoingOn = words.kind === "feedback" || words.kind === "tell";
    const forgotten = isGoingOn ? conversation.forgotten : null;
    if (forgotten !== null) return { kind: "forgotten", why: forgotten, limit: null };
    const times = watchTimes(order.policy);
    const tools = new ToolWatch(() => processesOf(hands.slotEnv(order.slot)));
    const watch = new TurnWatch({
      clock,
      nudges: this.#nudges,
      times,
      desk,
      workspace,
      tools,
      fill,
    });
    const isAgain = words.kind === "again";
    const first = isAgain ? words.prompt : await this.#prompts.write(words.kind, words.text);
    const onFirst = () => this.#begun(words);
    const { signal } = desk;
    let turn = await conversation.takeTurn(first, { watch, signal, onAccepted: onFirst });
    while (turn.kind === "stopped") {
      const { step, limit } = turn;
      if (step.do === "hand_off") return { ...step, kind: "handed_off" };
      if (step.do === "end")
        return { kind: "given_up", outcome: step.outcome, why: step.why, limit };
      const nudge = { why: step.why, isLast: step.do === "last_prompt" };
      const leftMs = lastWordMs(times);
      const text = await this.#prompts.nudge({ ...nudge, leftMs });
      const onAccepted = (): Promise<void> => {
        watch.nudged(nudge.isLast);
        this.#nudges += nudge.isLast ? 0 : 1;
        return desk.say({ type: "nudged", ...nudge });
      };
      const prompt = await this.#prompts.write("nudge", text);
      turn = await conversation.takeTurn(prompt, { watch, signal, onAccepted, acceptMs: leftMs });
      if (turn.kind !== "not_accepted") continue;
      const why = `${step.why}, and it took no reminder: ${turn.why}`;
      return { kind: "given_up", outcome: "stalled", why, limit: turn.limit };
    }
    return turn;
  }

  async #begun(words: Words): Promise<void> {
    const { hands, desk, onPrompted } = this.#parts;
    onPrompted();
    this.fill.prompted();
    const seen = [evidence(hands.clock, "process", "the agent has its prompt")];
    await desk.say({ type: "attempt_moved", phase: "working", evidence: seen });
    for (const { id } of words.tells) await desk.say({ type: "tell_delivered", id });
  }
}

interface TurnPlace {
  readonly conversation: Conversation;
  readonly workspace: Workspace;
}
