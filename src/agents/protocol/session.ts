/**
 * A session over an agent's own interface: prompts, answers and interrupts of one line after the other.
 * The line may die; the next prompt opens a new one. What comes of a turn is told by `turns.ts`.
 *
 * Invariant: one turn at a time.
 */

import type { Answer } from "../../domain/ask.ts";
import type { Clock } from "../../lib/clock.ts";
import { Notifier, waitFor } from "../../lib/notifier.ts";
import { OpenWork } from "../../lib/open-work.ts";
import type {
  AgentEvent,
  AttachHint,
  Prompt,
  Receipt,
  Session,
  SessionRequest,
} from "../driver.ts";
import { EventStream } from "../event-stream.ts";
import { notAnswered, notGiven } from "../receipt-words.ts";
import type { SessionLog } from "../session-log.ts";
import { LineAsks } from "./asks.ts";
import type { OpenLine } from "./line.ts";
import { LineAccess } from "./line-access.ts";
import { Lines } from "./lines.ts";
import type { SessionTurn } from "./session-turn.ts";
import { StateTeller } from "./state-teller.ts";
import { Turns } from "./turns.ts";

export interface ProtocolParts {
  readonly request: SessionRequest;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly open: OpenLine;
  /** How long a turn has to stop by itself before its agent is ended. */
  readonly stopMs: number;
}

export class ProtocolSession implements Session {
  readonly #parts: ProtocolParts;
  readonly #stream: EventStream;
  readonly #state: StateTeller;
  readonly #asks: LineAsks;
  readonly #lines: Lines;
  readonly #access: LineAccess;
  readonly #receipts = new Map<string, Promise<Receipt>>();
  readonly #changes = new Notifier();
  readonly #work = new OpenWork();
  readonly #turns: Turns;
  #callOff = new AbortController();
  #logging: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  private constructor(parts: ProtocolParts) {
    this.#parts = parts;
    this.#stream = new EventStream(parts.clock);
    this.#state = new StateTeller(this.#stream);
    this.#lines = new Lines({
      open: parts.open,
      take: (fact, source) => this.#turns.take(fact, source),
      written: () => this.#logging,
    });
    this.#access = new LineAccess({
      clock: parts.clock,
      lines: this.#lines,
      state: this.#state,
      changes: this.#changes,
      drop: (why) => this.#drop(why),
    });
    this.#asks = new LineAsks({
      request: parts.request,
      tell: (event) => this.#stream.tell(event, "protocol"),
      note: (says) => this.#log(() => parts.log.note(says)),
      track: (work) => this.#work.track(work),
      onAnswered: (askId, says) => this.#state.see({ type: "ask_gone", askId, says }, true),
    });
    this.#turns = new Turns({
      clock: parts.clock,
      stream: this.#stream,
      state: this.#state,
      asks: this.#asks,
      changes: this.#changes,
      work: this.#work,
      line: () => this.#lines.current?.line ?? null,
      log: (text) => void this.#log(() => parts.log.append(text)),
      note: (says) => this.#log(() => parts.log.note(says)),
      onGone: (why, turn) => this.#bury(why, turn),
    });
  }

  /** Rejects with an AppError when there can be no line, and with the signal's reason. */
  static async start(parts: ProtocolParts, signal: AbortSignal): Promise<ProtocolSession> {
    const session = new ProtocolSession(parts);
    try {
      await session.#access.open(signal);
    } catch (error) {
      await session.#end("It could not be started.");
      throw error;
    }
    return session;
  }

  get events(): AsyncIterable<AgentEvent> {
    return this.#stream.events;
  }

  get attach(): AttachHint | null {
    return this.#lines.current?.line.attach ?? null;
  }

  send(prompt: Prompt): Promise<Receipt> {
    const known = this.#receipts.get(prompt.id);
    if (known !== undefined) return known;
    if (this.#closing !== null) return Promise.resolve(this.#decline("the session has ended"));
    if (this.#turns.turn !== null) return Promise.resolve(this.#decline("its turn still runs"));
    const turn = this.#turns.prepare(prompt.id);
    this.#callOff = new AbortController();
    const receipt = this.#send(prompt, turn, this.#callOff.signal);
    this.#receipts.set(prompt.id, receipt);
    return receipt;
  }

  async interrupt(): Promise<void> {
    const { turn } = this.#turns;
    if (turn === null) return;
    turn.isInterrupted = true;
    this.#callOff.abort(new Error("it was called off"));
    if (!turn.isTold) {
      const receipt = this.#receipts.get(turn.promptId) ?? Promise.resolve();
      // An agent that neither takes nor refuses its prompt is ended with its line.
      if (!(await this.#isDoneInTime(receipt))) await this.#drop("it did not take its prompt");
      await receipt;
    }
    if (this.#turns.turn !== turn) return;
    // What has ended already is not stopped: the CLI would take it for its next turn.
    const stopped = turn.ending === null ? this.#lines.current?.line.stop() : undefined;
    if (!(await this.#isDoneInTime(Promise.all([turn.over, stopped])))) {
      await this.#log(() => this.#parts.log.note("it did not stop: its agent is ended"));
      await this.#drop("it did not stop");
      await this.#turns.end(turn, { result: "interrupted" }, turn.says);
    }
    await turn.over;
  }

  async answer(askId: string, answer: Answer): Promise<Receipt> {
    const taken = await this.#asks.answer(askId, answer, this.#lines.current?.line ?? null);
    if (taken.taken) return { accepted: true, at: this.#stream.now() };
    return notAnswered(askId, this.#refused(taken.why));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { turn } = this.#turns;
    this.#callOff.abort(new Error("the session was closed"));
    if (turn !== null) turn.isInterrupted = true;
    await this.#drop("the session was closed");
    if (turn !== null) {
      await this.#receipts.get(turn.promptId);
      if (turn.isTold) await this.#turns.end(turn, { result: "interrupted" }, turn.says);
    }
    await this.#work.over();
    await this.#end("The session was closed.");
  }

  async #end(why: string): Promise<void> {
    this.#state.held(false);
    await this.#logging;
    this.#stream.end(why);
    await this.#parts.log[Symbol.asyncDispose]();
  }

  async #send(prompt: Prompt, turn: SessionTurn, signal: AbortSignal): Promise<Receipt> {
    const { log } = this.#parts;
    await this.#log(() => log.note(`prompt ${prompt.id} (${prompt.kind})`));
    const taken = await this.#access.give(prompt, turn, signal);
    if (taken.taken) {
      this.#turns.begin(turn);
      return { accepted: true, at: this.#stream.now() };
    }
    await this.#log(() => log.note(`not accepted: ${taken.why}`));
    // Not delivered: the same prompt may be sent again.
    this.#receipts.delete(prompt.id);
    this.#turns.drop(turn);
    return this.#decline(taken.why);
  }

  /** Its agent has ended by itself: what is left of it is ended too, and the turn has failed. */
  async #bury(how: string, turn: SessionTurn | null): Promise<void> {
    await this.#drop(how);
    await this.#log(() => this.#parts.log.note(how));
    if (turn === null) return;
    const why = turn.says === "" ? how : `${how}: ${turn.says}`;
    await this.#turns.end(turn, { result: "failed", why }, turn.says);
  }

  /** Ends the agent with all its processes; nothing of it is told any more. */
  async #drop(why: string): Promise<void> {
    const dropped = this.#lines.drop(why);
    this.#asks.closeAll("its agent has ended");
    const isNone = (await dropped) && this.#lines.current === null;
    if (isNone) this.#state.see({ type: "gone", why }, false, "process");
    this.#changes.notify();
  }

  /** In the order of the calls. */
  #log(write: () => Promise<void>): Promise<void> {
    this.#logging = this.#logging.then(write);
    return this.#logging;
  }

  async #isDoneInTime(done: Promise<unknown>): Promise<boolean> {
    const { clock, stopMs } = this.#parts;
    let isDone = false;
    const marked = done.then(() => {
      isDone = true;
    });
    const until = clock.now() + stopMs;
    await waitFor({ clock, signal: new AbortController().signal, until }, marked);
    return isDone;
  }

  #decline(why: string): Receipt {
    return notGiven(this.#refused(why));
  }

  #refused(why: string) {
    return { agent: this.#parts.request.agent.name, why, at: this.#stream.now() };
  }
}
