/**
 * The hands of the conductor: a session for each term, in a checkout of the target that never lands.
 * It is called with what is to be judged, and what it does it does by its own calls of temoin. Where
 * the role has moved its session is ended before the next one begins.
 */

import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Prompt } from "../agents/driver.ts";
import { fullest } from "../domain/fullness.ts";
import type { JudgeInput } from "../domain/input.ts";
import type { JudgementOrder } from "../domain/order.ts";
import { conductorSeat, seated } from "../domain/seat.ts";
import { writeText } from "../lib/text-file.ts";
import type { HandoffDue } from "./attempt-turns.ts";
import { watchCall } from "./call-watch.ts";
import { Conversation, type Turn } from "./conversation.ts";
import type { Desk, Desks } from "./desk.ts";
import { FillWatch } from "./fill-watch.ts";
import type { Hands } from "./hands.ts";
import { keepRoleHandoff } from "./keep-handoff.ts";
import { isTrouble, pauseAfter, sentence } from "./trouble.ts";
import { unattended } from "./unattended.ts";

interface Sitting {
  readonly term: number;
  readonly conversation: Conversation;
  readonly fill: FillWatch;
  /** Prompts that it has had. */
  turns: number;
  /** It was asked for its handoff. */
  isPrepared: boolean;
}

type End = Omit<Extract<JudgeInput, { type: "judgement_ended" }>, "type">;

export class ConductorSeat implements AsyncDisposable {
  readonly #hands: Hands;
  readonly #desks: Desks;
  #sitting: Sitting | null = null;

  constructor(hands: Hands, desks: Desks) {
    this.#hands = hands;
    this.#desks = desks;
  }

  /** Until the signal; rejects with its reason, or with a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const { port, runner } = this.#hands;
    for (;;) {
      const { lease, order } = await port.claim("$conductor", runner, signal);
      if (order.kind !== "judgement") throw new Error(`$conductor was offered: ${order.kind}`);
      const desk = this.#desks.open(lease);
      try {
        await this.#serve(order, desk);
      } finally {
        this.#desks.close(desk);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sitting?.conversation[Symbol.asyncDispose]();
    this.#sitting = null;
  }

  async #serve(order: JudgementOrder, desk: Desk): Promise<void> {
    const end = await this.#judge(order, desk);
    // Who has lost the role, or has not answered, is silenced at once.
    if (end.how !== "ended" || end.full !== undefined) await this[Symbol.asyncDispose]();
    if (desk.cut?.kind === "lost") return;
    await desk.say({ type: "judgement_ended", ...end });
  }

  async #judge(order: JudgementOrder, desk: Desk): Promise<End> {
    try {
      const sitting = await this.#sit(order, desk);
      const text = await this.#hands.prompts.judgement(order);
      const turn = await this.#take(sitting, { order, desk, text });
      const end = endOf(turn, desk);
      if (end.how !== "ended") return end;
      const due = sitting.fill.due("at_rest");
      if (due.do === "execute") return leaving(end, due);
      if (due.do === "none" || sitting.isPrepared) return end;
      return await this.#prepare(sitting, { order, desk, end });
    } catch (error) {
      if (desk.cut !== null) return cutEnd(desk);
      if (!isTrouble(error)) throw error;
      return { how: "failed", why: error.message, limitedUntil: null };
    }
  }

  /** It is asked for its handoff while it still can write one. */
  async #prepare(
    sitting: Sitting,
    {
      order,
      desk,
      end,
    }: { readonly order: JudgementOrder; readonly desk: Desk; readonly end: End },
  ): Promise<End> {
    sitting.isPrepared = true;
    const text = await this.#hands.prompts.roleHandoff(order);
    const turn = await this.#take(sitting, { order, desk, text });
    if (turn.kind === "cut") return cutEnd(desk);
    // It has judged already: a handoff that it does not write is written without it.
    const due = sitting.fill.due("at_rest");
    return due.do === "execute" ? leaving(end, due) : end;
  }

  async #sit(order: JudgementOrder, desk: Desk): Promise<Sitting> {
    const { clock, drivers, agents, places } = this.#hands;
    const cwd = await this.#checkout(desk);
    const known = this.#sitting;
    if (known?.term === order.term) return known;
    await this[Symbol.asyncDispose]();
    const agent = agents.get(order.agent);
    if (agent === undefined) throw new Error(`the conductor has no agent ${order.agent}`);
    await keepRoleHandoff(this.#hands, order);
    const logFile = places.log(conductorSeat);
    await mkdir(path.dirname(logFile), { recursive: true });
    const request = {
      slot: conductorSeat,
      agent: seated(agent),
      cwd,
      env: this.#hands.conductorEnv(order.term),
      logFile,
      privateDir: places.agentFiles(conductorSeat),
    };
    const driver = drivers.of(agent);
    const session = await driver.start(request, desk.signal);
    const { window } = agent;
    const outlives = driver.capabilities.resume;
    const conversation = new Conversation(unattended(session), clock, { window, outlives });
    const filling = { policy: order.policy, used: null, isResumed: false, rounds: 0 };
    const fill = new FillWatch(clock, filling, agent.overage === true);
    this.#sitting = { term: order.term, conversation, fill, turns: 0, isPrepared: false };
    return this.#sitting;
  }

  /** The target as it is now. What the repository is in trouble with is no agent's fault: it waits. */
  async #checkout(desk: Desk): Promise<string> {
    const { clock, target, onProblem } = this.#hands;
    for (let troubles = 0; ; troubles += 1) {
      try {
        const { sha } = await target.read();
        return await target.seat.checkout(sha);
      } catch (error) {
        if (!isTrouble(error) || desk.cut !== null) throw error;
        const says = `The conductor's call waits: ${sentence(error)} It is tried again.`;
        if (troubles === 0) onProblem(says);
        await pauseAfter(troubles, clock, desk);
      }
    }
  }

  async #take(
    sitting: Sitting,
    of: { readonly order: JudgementOrder; readonly desk: Desk; readonly text: string },
  ): Promise<Turn> {
    const { order, desk, text } = of;
    const { conversation } = sitting;
    // Another session would be another term.
    const forgotten = sitting.turns === 0 ? null : conversation.forgotten;
    if (forgotten !== null) return { kind: "session_over", why: forgotten, limit: null };
    const prompt = await this.#write(sitting, order, text);
    const watch = watchCall(order.until, sitting.fill);
    const onAccepted = async (): Promise<void> => sitting.fill.prompted();
    const turn = await conversation.takeTurn(prompt, { watch, signal: desk.signal, onAccepted });
    const percent = fullest(conversation.usage);
    if (percent !== null && desk.cut === null) await desk.say({ type: "conductor_seen", percent });
    return turn;
  }

  async #write(sitting: Sitting, { term }: JudgementOrder, text: string): Promise<Prompt> {
    sitting.turns += 1;
    const turn = sitting.turns;
    const file = this.#hands.places.prompt(conductorSeat, term, turn);
    await writeText(file, text);
    return {
      id: `${conductorSeat}/${term}/${turn}`,
      kind: turn === 1 ? "task" : "feedback",
      text,
      file,
      env: {
        TEMOIN_TASK: conductorSeat,
        TEMOIN_ATTEMPT: String(term),
        TEMOIN_TURN: String(turn),
        TEMOIN_PROMPT_FILE: file,
      },
    };
  }
}

function endOf(turn: Turn, desk: Desk): End {
  const failed = (why: string): End => {
    return { how: "failed", why, limitedUntil: turn.limit?.until ?? null };
  };
  switch (turn.kind) {
    case "cut":
      return cutEnd(desk);
    case "ended":
      if (turn.limit !== null) return failed(turn.limit.says);
      if (turn.end.result === "failed") return failed(turn.end.why);
      if (turn.end.result === "interrupted") return failed("its turn was interrupted");
      return { how: "ended", why: turn.says, limitedUntil: null };
    case "not_accepted":
    case "session_over":
      return failed(turn.why);
    case "stopped":
      if (turn.step.do !== "hand_off") throw new Error(`a call is not watched for ${turn.step.do}`);
      return { how: "full", why: turn.step.why, limitedUntil: turn.step.limit?.until ?? null };
  }
}

/** What it was called for is done with, and its session can do no more. */
function leaving(end: End, { why, limit }: HandoffDue): End {
  return { ...end, full: why, limitedUntil: limit?.until ?? null };
}

function cutEnd({ cut }: Desk): End {
  return { how: "cut", why: cut?.kind === "ended" ? cut.why : "cut", limitedUntil: null };
}
