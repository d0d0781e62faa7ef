/**
 * The session of a slot in a tmux window. It outlives the agent's program: when that has ended, the
 * next prompt starts it anew.
 *
 * Invariant: one turn at a time; where the program itself has ended, the end of its turn is told
 * when its processes are gone.
 */

import type { Answer } from "../../domain/ask.ts";
import { AppError } from "../../lib/app-error.ts";
import type {
  AgentEvent,
  AttachHint,
  Prompt,
  Receipt,
  Session,
  SessionRequest,
  TurnEnd,
} from "../driver.ts";
import type { Profile } from "../profile/profile.ts";
import type { SessionLog } from "../session-log.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import { type AgentWindow, openWindow, type WindowParts } from "./agent-window.ts";
import type { Step } from "./delivery.ts";
import { EventStream } from "./event-stream.ts";
import { emptyContext, type GiveParts, givePrompt } from "./give-prompt.ts";
import { LiveAgent } from "./live-agent.ts";
import { Turns } from "./turns.ts";
import type { News } from "./watch.ts";

export interface SessionParts {
  readonly request: SessionRequest;
  readonly profile: Profile;
  readonly server: TmuxServer;
  readonly log: SessionLog;
  readonly window: WindowParts;
}

/** A prompt on its way. */
interface Sending {
  readonly promptId: string;
  readonly cancel: AbortController;
  /** Something is in its way that may stay for long: an ask, a person, other work. */
  isBlocked: boolean;
  /** An interrupt waits for it. */
  isUnwanted: boolean;
}

/** A wait that is longer than that is called off by an interrupt (chosen). */
const shortWaitMs = 4_000;
/** So many earlier prompts are known as our own words (chosen). */
const ownTexts = 5;

export class TerminalSession implements Session {
  readonly #parts: SessionParts;
  readonly #stream: EventStream;
  readonly #turns: Turns;
  readonly #receipts = new Map<string, Promise<Receipt>>();
  readonly #work = new Set<Promise<void>>();
  #live: LiveAgent | null = null;
  #sending: Sending | null = null;
  #own: readonly string[] = [];
  #askCount = 0;
  #toldState = "";
  #isHeld = false;
  #isReadyTold = false;
  #closing: Promise<void> | null = null;

  private constructor(parts: SessionParts) {
    const { profile, log, server } = parts;
    const { clock } = parts.window;
    const stream = new EventStream(clock);
    const track = (work: Promise<void>): void => this.#track(work);
    this.#parts = parts;
    this.#stream = stream;
    this.#turns = new Turns({ profile, clock, log, stream, track, stopMs: parts.window.stopMs });
    void server.gone.then((why) => {
      this.#closing ??= this.#lose(`The tmux server is gone: ${why}`);
    });
  }

  /**
   * In a new window, or in `left`, which was started in the same way. Rejects with an AppError, and
   * with the signal's reason; then the window is closed.
   */
  static async start(
    parts: SessionParts,
    left: AgentWindow | null,
    signal: AbortSignal,
  ): Promise<TerminalSession> {
    const session = new TerminalSession(parts);
    try {
      const live = await session.#open(left);
      await live.untilReady(true, signal);
      if (left !== null) await live.watch.lookNow();
    } catch (error) {
      session.#closing ??= session.#close("It could not be started.");
      await session.#closing;
      throw error;
    }
    return session;
  }

  get events(): AsyncIterable<AgentEvent> {
    return this.#stream.events;
  }

  get attach(): AttachHint {
    const { server } = this.#parts;
    const window = this.#live?.window.pane.window ?? "";
    return { socket: server.socket, session: server.session, window };
  }

  /** The window that it uses now. */
  get window(): AgentWindow | null {
    return this.#live?.window ?? null;
  }

  send(prompt: Prompt): Promise<Receipt> {
    const known = this.#receipts.get(prompt.id);
    if (known !== undefined) return known;
    if (this.#closing !== null) return Promise.resolve(this.#decline("the session has ended"));
    if (this.#turns.turn !== null || this.#sending !== null) {
      return Promise.resolve(this.#decline("its turn still runs"));
    }
    const cancel = new AbortController();
    const sending = { promptId: prompt.id, cancel, isBlocked: false, isUnwanted: false };
    this.#sending = sending;
    const receipt = this.#send(prompt, sending);
    this.#receipts.set(prompt.id, receipt);
    return receipt;
  }

  async interrupt(): Promise<void> {
    const sending = this.#sending;
    if (sending !== null) {
      sending.isUnwanted = true;
      callOff(sending);
      await this.#receipts.get(sending.promptId);
    }
    const { turn } = this.#turns;
    if (turn === null) return;
    if (!turn.state.isInterrupted) {
      const hasStopped = await this.#turns.stop(turn);
      if (!hasStopped && turn.live === this.#live) {
        await this.#parts.log.note("it did not stop: its window is closed");
        await this.#leave({ result: "interrupted" });
      }
    }
    await turn.over.promise;
  }

  async answer(askId: string, answer: Answer): Promise<Receipt> {
    try {
      const answered = await this.#live?.asks.answer(askId, answer);
      if (answered?.taken === true) return { accepted: true, at: this.#stream.now() };
      return this.#refuse(askId, answered?.why ?? "it is no longer asked");
    } catch (error) {
      // The window was left, or its pane is gone.
      return this.#refuse(askId, error instanceof Error ? error.message : String(error));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close("The session was closed.");
    return this.#closing;
  }

  async #close(why: string): Promise<void> {
    const sending = this.#sending;
    if (sending !== null) {
      sending.cancel.abort(new Error("the session was closed"));
      await this.#receipts.get(sending.promptId);
    }
    await this.#leave({ result: "interrupted" });
    await Promise.all(this.#work);
    await this.#end(why);
  }

  /** The server is gone: told at once, for whoever waits for the turn can only begin anew. */
  async #lose(why: string): Promise<void> {
    const live = this.#live;
    this.#live = null;
    live?.[Symbol.dispose]();
    this.#sending?.cancel.abort(new Error(why));
    const ended = this.#end(why);
    this.#turns.drop();
    await Promise.all([ended, live?.window.close(), ...this.#work]);
  }

  async #end(why: string): Promise<void> {
    this.#turns[Symbol.dispose]();
    this.#hold(false);
    this.#stream.end(why);
    await this.#parts.log[Symbol.asyncDispose]();
  }

  /** Ends the agent with all its processes, and the turn with it. */
  async #leave(end: TurnEnd): Promise<void> {
    const live = this.#live;
    this.#live = null;
    live?.[Symbol.dispose]();
    await live?.window.close();
    const { turn } = this.#turns;
    if (turn !== null) await this.#turns.end(turn, end);
    if (live === null) return;
    live.asks.close("its agent was ended");
    if (live.ended === null && this.#isReadyTold) {
      const says = "its window was closed";
      const because = [{ at: this.#stream.now(), source: "process", says }] as const;
      this.#stream.tell({ type: "state", state: "offline", because });
    }
  }

  /** A new window, or the one that is left of an earlier temoin. */
  async #open(left: AgentWindow | null): Promise<LiveAgent> {
    const { server, request, profile, log, window: parts } = this.#parts;
    const window = left ?? (await openWindow(server, { request, profile }, parts));
    await log.note(left === null ? `started in ${window.pane.window}` : "taken up again");
    const live = new LiveAgent(window, left !== null, {
      server,
      profile,
      clock: parts.clock,
      request,
      log,
      asks: {
        profile,
        autonomy: request.agent.autonomy,
        tell: (event) => this.#stream.tell(event, "screen"),
        note: (says) => this.#track(log.note(says)),
        track: (work) => this.#track(work),
        nextId: () => `${window.pane.id}-${window.pane.pid}-${++this.#askCount}`,
      },
      onNews: (of, news) => this.#take(of, news),
      onWords: (of, says) => {
        const { turn } = this.#turns;
        if (turn?.live === of) turn.activity.line(says);
      },
    });
    this.#live = live;
    this.#toldState = "";
    if (live.isReady) this.#tellReady();
    return live;
  }

  #take(live: LiveAgent, news: News): void {
    if (live !== this.#live) return;
    if (live.isReady) this.#tellReady();
    if (this.#isReadyTold || live.asks.isOpen) this.#tellState(live);
    if (news.type === "exited" || news.type === "gone") this.#track(this.#bury(live));
    else this.#turns.judge();
  }

  #tellReady(): void {
    if (this.#isReadyTold) return;
    this.#isReadyTold = true;
    this.#stream.tell({ type: "ready" });
  }

  #tellState({ watch }: LiveAgent): void {
    const { state, because } = watch.fusion;
    const told = `${state} ${because.map((one) => one.source).join()}`;
    if (told === this.#toldState) return;
    const isNew = !this.#toldState.startsWith(`${state} `);
    // A look that is about to come tells more.
    if (watch.isLookDue && (state === "unknown" || !isNew)) return;
    this.#toldState = told;
    const { source, says } = because[0] ?? { source: "process", says: "" };
    this.#stream.tell({ type: "state", state, because }, source);
    if (state !== "retrying" || !isNew) return;
    const screen = because.find((one) => one.source === "screen");
    this.#stream.tell({ type: "retrying", says: screen?.says ?? says }, screen?.source ?? source);
  }

  /** Its program has ended: what is left of it is ended too, and the turn has failed. */
  async #bury(live: LiveAgent): Promise<void> {
    const sending = this.#sending;
    // Whoever gives it a prompt finds out, and says whether the agent had it.
    if (sending !== null) await this.#receipts.get(sending.promptId);
    if (live !== this.#live) return;
    await live.watch.lookNow().catch(() => {
      // Its window is gone as well: the last look has to do.
    });
    await live.logged;
    const { turn } = this.#turns;
    const how = live.ended ?? "it has ended";
    const says = turn === null ? "" : live.lastWords(turn.before);
    await this.#parts.log.note(how);
    if (live !== this.#live) return;
    await this.#leave({ result: "failed", why: says === "" ? how : `${how}: ${says}` });
  }

  async #send(prompt: Prompt, sending: Sending): Promise<Receipt> {
    const { log } = this.#parts;
    await log.note(`prompt ${prompt.id} (${prompt.kind})`);
    let why: string;
    try {
      const refused = await this.#give(prompt, sending);
      if (refused === null) return { accepted: true, at: this.#stream.now() };
      why = refused;
    } catch (error) {
      const isExpected = error instanceof AppError || sending.cancel.signal.aborted;
      if (!isExpected) throw error;
      why = error instanceof Error ? error.message : String(error);
    } finally {
      this.#hold(false);
      this.#sending = null;
    }
    // Not delivered: the same prompt may be sent again.
    this.#receipts.delete(prompt.id);
    await log.note(`not accepted: ${why}`);
    return this.#decline(why);
  }

  /** `null`: the agent has it and its turn runs; else why not. */
  async #give(prompt: Prompt, sending: Sending): Promise<string | null> {
    const { profile, log } = this.#parts;
    const parts: GiveParts = {
      profile,
      log,
      clock: this.#parts.window.clock,
      own: this.#own,
      isAfterInterrupt: this.#turns.wasInterrupted,
      onWait: (step) => this.#wait(sending, step),
      signal: sending.cancel.signal,
    };
    const live = await this.#readyFor(prompt, sending, parts);
    const before = live.watch.look?.screen.lines ?? [];
    live.takeWork();
    const given = await givePrompt(live, prompt, parts);
    if (!given.accepted) return given.why;
    this.#own = [given.text, ...this.#own].slice(0, ownTexts);
    this.#hold(false);
    this.#turns.begin(prompt.id, live, before);
    return null;
  }

  /** An agent that takes prompts, with an empty context where the prompt is the first of a task. */
  async #readyFor(prompt: Prompt, sending: Sending, parts: GiveParts): Promise<LiveAgent> {
    const live = this.#live;
    if (live !== null && live.ended === null) {
      await this.#untilReady(live, sending);
      const { mark } = live.window;
      const mayStay = mark === null || mark.id === prompt.id || prompt.kind !== "task";
      if (mayStay || (await emptyContext(live, parts))) return live;
    }
    await this.#leave({ result: "failed", why: live?.ended ?? "it was started anew" });
    const next = await this.#open(null);
    await this.#untilReady(next, sending);
    return next;
  }

  async #untilReady(live: LiveAgent, sending: Sending): Promise<void> {
    sending.isBlocked = !live.isReady;
    callOff(sending);
    await live.untilReady(false, sending.cancel.signal);
    sending.isBlocked = false;
  }

  #wait(sending: Sending, step: Extract<Step, { do: "wait" }> | null): void {
    const longAt = this.#stream.now() + shortWaitMs;
    const isLong = step !== null && (step.until === null || step.until > longAt);
    sending.isBlocked = isLong || step?.byPerson === true;
    callOff(sending);
    this.#hold(step?.byPerson === true);
  }

  #hold(byPerson: boolean): void {
    if (this.#isHeld === byPerson) return;
    this.#isHeld = byPerson;
    this.#stream.tell({ type: "held", byPerson }, "person");
  }

  /** Work that goes on by itself is awaited before the session ends; what it throws is a bug. */
  #track(work: Promise<void>): void {
    this.#work.add(work);
    void work.then(() => this.#work.delete(work));
  }

  #decline(why: string): Receipt {
    const { name } = this.#parts.request.agent;
    const sentence = `Cannot give agent \`${name}\` the prompt: ${why}.`;
    return { accepted: false, at: this.#stream.now(), why: sentence };
  }

  #refuse(askId: string, why: string): Receipt {
    const { name } = this.#parts.request.agent;
    const sentence = `Cannot answer ask ${askId} of agent \`${name}\`: ${why}.`;
    return { accepted: false, at: this.#stream.now(), why: sentence };
  }
}

/** A prompt that is being given is given; one that waits for somebody else is not. */
function callOff({ isUnwanted, isBlocked, cancel }: Sending): void {
  if (isUnwanted && isBlocked) cancel.abort(new Error("it was called off"));
}
