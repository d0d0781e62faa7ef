/**
 * The prompts of a session: one on its way at a time, each delivered once, with a receipt that is
 * the same whenever it is asked for again.
 */

import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Prompt, Receipt } from "../driver.ts";
import type { EventStream } from "../event-stream.ts";
import type { Profile } from "../profile/profile.ts";
import { notGiven } from "../receipt-words.ts";
import type { SessionLog } from "../session-log.ts";
import { emptyContext, type GiveParts, givePrompt } from "./give-prompt.ts";
import type { LiveAgent } from "./live-agent.ts";
import { Sending } from "./sending.ts";
import type { StateNews } from "./state-news.ts";
import type { Turns } from "./turns.ts";

export interface PromptParts {
  readonly agent: string;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly stream: EventStream;
  readonly state: StateNews;
  readonly turns: Turns;
  /** `null`: none lives. */
  readonly live: () => LiveAgent | null;
  /** Ends the one that lives, if any, and starts another. */
  readonly startAnew: () => Promise<LiveAgent>;
}

/** So many earlier prompts are known as our own words (chosen). */
const ownTexts = 5;

export class PromptDesk {
  readonly #parts: PromptParts;
  readonly #receipts = new Map<string, Promise<Receipt>>();
  #sending: Sending | null = null;
  #own: readonly string[] = [];
  #isClosed = false;

  constructor(parts: PromptParts) {
    this.#parts = parts;
  }

  send(prompt: Prompt): Promise<Receipt> {
    const known = this.#receipts.get(prompt.id);
    if (known !== undefined) return known;
    if (this.#isClosed) return Promise.resolve(this.#decline("the session has ended"));
    if (this.#parts.turns.turn !== null || this.#sending !== null) {
      return Promise.resolve(this.#decline("its turn still runs"));
    }
    const sending = new Sending(prompt.id);
    this.#sending = sending;
    const receipt = this.#send(prompt, sending);
    this.#receipts.set(prompt.id, receipt);
    return receipt;
  }

  /** Resolves when the prompt on its way, if any, is given or called off. */
  async interrupt(): Promise<void> {
    this.#sending?.interrupt();
    await this.settled();
  }

  /** Nothing is given any more. Resolves as `interrupt`. */
  async close(why: string): Promise<void> {
    this.#isClosed = true;
    this.#sending?.cancel(why);
    await this.settled();
  }

  async settled(): Promise<void> {
    if (this.#sending !== null) await this.#receipts.get(this.#sending.promptId);
  }

  async #send(prompt: Prompt, sending: Sending): Promise<Receipt> {
    const { log, stream, state } = this.#parts;
    await log.note(`prompt ${prompt.id} (${prompt.kind})`);
    let why: string;
    try {
      const refused = await this.#give(prompt, sending);
      if (refused === null) return { accepted: true, at: stream.now() };
      why = refused;
    } catch (error) {
      const isExpected = error instanceof AppError || sending.signal.aborted;
      if (!isExpected) throw error;
      why = error instanceof Error ? error.message : String(error);
    } finally {
      state.held(false);
      this.#sending = null;
    }
    // Not delivered: the same prompt may be sent again.
    this.#receipts.delete(prompt.id);
    await log.note(`not accepted: ${why}`);
    return this.#decline(why);
  }

  /** `null`: the agent has it and its turn runs; else why not. */
  async #give(prompt: Prompt, sending: Sending): Promise<string | null> {
    const { profile, log, clock, stream, state, turns } = this.#parts;
    const parts: GiveParts = {
      profile,
      log,
      clock,
      own: this.#own,
      isAfterInterrupt: turns.wasInterrupted,
      onWait: (step) => {
        sending.wait(step, stream.now());
        state.held(step?.byPerson === true);
      },
      signal: sending.signal,
    };
    const live = await this.#readyFor(prompt, sending, parts);
    // Of a turn that is joined, all that is shown may be its words.
    const isJoined = live.window.mark?.id === prompt.id;
    const before = isJoined ? [] : (live.watch.look?.screen.lines ?? []);
    live.takeWork();
    const given = await givePrompt(live, prompt, parts);
    if (!given.accepted) return given.why;
    this.#own = [given.text, ...this.#own].slice(0, ownTexts);
    state.held(false);
    turns.begin(prompt.id, live, before);
    return null;
  }

  /** An agent that takes prompts, with an empty context where the prompt is the first of a task. */
  async #readyFor(prompt: Prompt, sending: Sending, parts: GiveParts): Promise<LiveAgent> {
    const live = this.#parts.live();
    if (live !== null && live.ended === null) {
      await untilReady(live, sending);
      const { mark } = live.window;
      const mayStay = mark === null || mark.id === prompt.id || prompt.kind !== "task";
      if (mayStay || (await emptyContext(live, parts))) return live;
    }
    const next = await this.#parts.startAnew();
    await untilReady(next, sending);
    return next;
  }

  #decline(why: string): Receipt {
    const { agent, stream } = this.#parts;
    return notGiven({ agent, why, at: stream.now() });
  }
}

async function untilReady(live: LiveAgent, sending: Sending): Promise<void> {
  sending.waitForStart(!live.isReady);
  await live.untilReady(false, sending.signal);
  sending.waitForStart(false);
}
