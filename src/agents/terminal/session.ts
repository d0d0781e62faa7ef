/**
 * The session of a slot in a tmux window. It outlives the agent's program: when that has ended, the
 * next prompt starts it anew.
 *
 * Invariant: one turn at a time; its end is told when all that the agent wrote until then is in the
 * log, and, where the program itself has ended, when its processes are gone.
 */

import type { Answer } from "../../domain/ask.ts";
import type { Instant } from "../../domain/id.ts";
import { AppError } from "../../lib/app-error.ts";
import { AsyncQueue } from "../../lib/async-queue.ts";
import { waitFor } from "../../lib/notifier.ts";
import { Activity } from "../activity.ts";
import type {
  AgentEvent,
  AgentEventBody,
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
import { Alarm } from "./alarm.ts";
import { textOf } from "./clean-prompt.ts";
import { deliver } from "./deliver.ts";
import { beginDelivery, type Step } from "./delivery.ts";
import { LiveAgent } from "./live-agent.ts";
import { judgeTurn, type Limit, type RunningTurn, seeTurn } from "./turn.ts";
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
}

interface Turn {
  state: RunningTurn;
  readonly live: LiveAgent;
  /** What the screen showed before the prompt was given. */
  readonly before: readonly string[];
  readonly activity: Activity;
  readonly over: PromiseWithResolvers<void>;
  /** Set once its end is known. */
  ending: Promise<void> | null;
}

/** How an interrupted agent is given time to stop by itself (chosen; measured: below 1 s). */
const stopMs = 4_000;
/** So many earlier prompts are known as our own words (chosen). */
const ownTexts = 5;

export class TerminalSession implements Session {
  readonly #parts: SessionParts;
  readonly #events = new AsyncQueue<AgentEvent>();
  readonly #receipts = new Map<string, Promise<Receipt>>();
  readonly #turnAlarm: Alarm;
  readonly #work = new Set<Promise<void>>();
  #live: LiveAgent | null = null;
  #sending: Sending | null = null;
  #turn: Turn | null = null;
  #own: readonly string[] = [];
  #askCount = 0;
  #toldState = "";
  #isHeld = false;
  #isReadyTold = false;
  #lastAt: Instant = 0;
  #closing: Promise<void> | null = null;
  #isOver = false;

  private constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#turnAlarm = new Alarm(parts.window.clock, () => this.#judge());
    void parts.server.gone.then((why) => {
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
    return this.#events;
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
    if (this.#turn !== null || this.#sending !== null) {
      return Promise.resolve(this.#decline("its turn still runs"));
    }
    const cancel = new AbortController();
    const sending: Sending = { promptId: prompt.id, cancel, isBlocked: false };
    this.#sending = sending;
    const receipt = this.#send(prompt, sending);
    this.#receipts.set(prompt.id, receipt);
    return receipt;
  }

  async interrupt(): Promise<void> {
    const sending = this.#sending;
    if (sending !== null) {
      // A prompt that is being given is given; one that waits for somebody else is not.
      if (sending.isBlocked) sending.cancel.abort(new Error("it was called off"));
      await this.#receipts.get(sending.promptId);
    }
    const turn = this.#turn;
    if (turn === null) return;
    if (!turn.state.isInterrupted) await this.#stop(turn);
    await turn.over.promise;
  }

  async answer(askId: string, answer: Answer): Promise<Receipt> {
    const live = this.#live;
    const what = `answer ask ${askId} of agent \`${this.#parts.request.agent.name}\``;
    const refused = (why: string): Receipt => ({
      accepted: false,
      at: this.#now(),
      why: `Cannot ${what}: ${why}.`,
    });
    if (live === null) return refused("it is no longer asked");
    try {
      const answered = await live.asks.answer(askId, answer);
      return answered.taken ? { accepted: true, at: this.#now() } : refused(answered.why);
    } catch (error) {
      // The window was left, or its pane is gone.
      return refused(error instanceof Error ? error.message : String(error));
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
    this.#turn?.activity[Symbol.dispose]();
    const ended = this.#end(why);
    this.#turn?.over.resolve();
    await Promise.all([ended, live?.window.close(), ...this.#work]);
  }

  async #end(why: string): Promise<void> {
    this.#turnAlarm[Symbol.dispose]();
    this.#hold(false);
    this.#tell({ type: "ended", why });
    this.#isOver = true;
    this.#events.end();
    await this.#parts.log[Symbol.asyncDispose]();
  }

  /** Ends the agent with all its processes, and the turn with it. */
  async #leave(end: TurnEnd): Promise<void> {
    const live = this.#live;
    this.#live = null;
    live?.[Symbol.dispose]();
    await live?.window.close();
    if (this.#turn !== null) await this.#endTurn(this.#turn, end);
    if (live === null) return;
    live.asks.close("its agent was ended");
    if (live.ended === null && this.#isReadyTold) {
      const says = "its window was closed";
      const because = [{ at: this.#now(), source: "process", says }] as const;
      this.#tell({ type: "state", state: "offline", because });
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
        tell: (event) => this.#tell(event),
        note: (says) => this.#track(log.note(says)),
        track: (work) => this.#track(work),
        nextId: () => `${window.pane.id}-${window.pane.pid}-${++this.#askCount}`,
      },
      onNews: (of, news) => this.#take(of, news),
      onWords: (of, says) => {
        if (this.#turn?.live === of) this.#turn.activity.line(says);
      },
    });
    this.#live = live;
    this.#toldState = "";
    if (live.isReady) this.#tellReady();
    return live;
  }

  #take(live: LiveAgent, news: News): void {
    if (live !== this.#live || this.#isOver) return;
    if (live.isReady) this.#tellReady();
    if (this.#isReadyTold || live.asks.isOpen) this.#tellState(live);
    if (news.type === "exited" || news.type === "gone") this.#track(this.#bury(live));
    else this.#judge();
  }

  #tellReady(): void {
    if (this.#isReadyTold) return;
    this.#isReadyTold = true;
    this.#tell({ type: "ready" });
  }

  #tellState({ watch }: LiveAgent): void {
    const { state, because } = watch.fusion;
    const told = `${state} ${because.map((one) => one.source).join()}`;
    if (told === this.#toldState) return;
    const isNew = !this.#toldState.startsWith(`${state} `);
    this.#toldState = told;
    const [first] = because;
    this.#tell({ type: "state", state, because }, first?.source ?? "process");
    if (state === "retrying" && isNew) {
      this.#tell({ type: "retrying", says: first?.says ?? "" }, first?.source ?? "screen");
    }
  }

  #judge(): void {
    const turn = this.#turn;
    if (turn === null || turn.ending !== null) return;
    const { watch } = turn.live;
    const { look, fusion, calmLookAt, changedAt } = watch;
    turn.state = seeTurn(turn.state, fusion);
    if (look === null || turn.live.ended !== null) return;
    const { reading } = look;
    const sight = { now: this.#now(), fusion, reading, calmLookAt, changedAt };
    const step = judgeTurn(turn.state, sight, this.#parts.profile);
    this.#turnAlarm.set(step.do === "watch_until" ? step.until : null);
    if (step.do === "end") this.#track(this.#endTurn(turn, step.end, step.limit));
  }

  /** Its program has ended: what is left of it is ended too, and the turn has failed. */
  async #bury(live: LiveAgent): Promise<void> {
    const sending = this.#sending;
    // Whoever gives it a prompt finds out, and says whether the agent had it.
    if (sending !== null) await this.#receipts.get(sending.promptId);
    if (live !== this.#live) return;
    const turn = this.#turn;
    await live.watch.lookNow().catch(() => {
      // Its window is gone as well: the last look has to do.
    });
    await live.logged;
    const how = live.ended ?? "it has ended";
    const says = turn === null ? "" : live.lastWords(turn.before);
    await this.#parts.log.note(how);
    await this.#leave({ result: "failed", why: says === "" ? how : `${how}: ${says}` });
  }

  async #send(prompt: Prompt, sending: Sending): Promise<Receipt> {
    const { log } = this.#parts;
    await log.note(`prompt ${prompt.id} (${prompt.kind})`);
    let why: string;
    try {
      const given = await this.#give(prompt, sending);
      if (given === null) return { accepted: true, at: this.#now() };
      why = given;
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
    const { signal } = sending.cancel;
    const live = await this.#ready(prompt, sending);
    const { window, watch } = live;
    const { clock } = this.#parts.window;
    const kept = window.mark?.id === prompt.id ? window.mark : null;
    const { text } = textOf(prompt, {
      takesPaste: window.pane.takesPaste,
      longestBytes: this.#parts.profile.longestPasteBytes,
    });
    const before = watch.look?.screen.lines ?? [];
    live.takeWork();
    if (kept === null || kept.phase !== "over") {
      const phase = kept === null ? null : kept.phase === "submitted" ? "submitted" : "written";
      const first = beginDelivery(text, { phase, own: this.#own, now: clock.now() });
      const delivered = await deliver(live.keyboard, first, {
        onPhase: (next) => window.keep({ id: prompt.id, at: this.#now(), phase: next }),
        onWait: (step) => this.#wait(sending, step),
        isTyped: false,
        signal,
      });
      if (!delivered.accepted) return delivered.why;
      await this.#parts.log.note(`accepted: ${delivered.says}`);
      await window.keep({ id: prompt.id, at: this.#now(), phase: "submitted" });
    }
    this.#own = [text, ...this.#own].slice(0, ownTexts);
    this.#begin(prompt, live, before);
    return null;
  }

  #begin(prompt: Prompt, live: LiveAgent, before: readonly string[]): void {
    const { clock } = this.#parts.window;
    this.#hold(false);
    this.#tell({ type: "accepted", promptId: prompt.id });
    this.#tell({ type: "turn_started", promptId: prompt.id });
    this.#turn = {
      state: {
        promptId: prompt.id,
        acceptedAt: clock.now(),
        hasBegun: live.takeWork(),
        isInterrupted: false,
      },
      live,
      before,
      activity: new Activity((says) => this.#tell({ type: "activity", says }, "screen"), clock),
      over: Promise.withResolvers<void>(),
      ending: null,
    };
    live.watch.isTurn = true;
    this.#judge();
  }

  /** An agent that takes prompts, with an empty context where the prompt is the first of a task. */
  async #ready(prompt: Prompt, sending: Sending): Promise<LiveAgent> {
    const { signal } = sending.cancel;
    const live = this.#live;
    const isReady = live !== null && live.ended === null;
    if (isReady) {
      sending.isBlocked = !live.isReady;
      await live.untilReady(false, signal);
      sending.isBlocked = false;
      const { mark } = live.window;
      const isFresh = mark === null || mark.id === prompt.id || prompt.kind !== "task";
      if (isFresh || (await this.#refresh(live, sending))) return live;
    }
    await this.#leave({ result: "failed", why: live?.ended ?? "it was started anew" });
    const next = await this.#open(null);
    sending.isBlocked = true;
    await next.untilReady(false, signal);
    sending.isBlocked = false;
    return next;
  }

  /** Empties the agent's context by its own command; `false`: it has to be started anew. */
  async #refresh({ keyboard, watch }: LiveAgent, sending: Sending): Promise<boolean> {
    const { profile, log } = this.#parts;
    if (profile.fresh === null) return false;
    const first = beginDelivery(profile.fresh, {
      phase: null,
      own: this.#own,
      now: this.#now(),
    });
    const delivered = await deliver(keyboard, first, {
      onPhase: async () => {
        // It is no prompt: repeating it does no harm.
      },
      onWait: (step) => this.#wait(sending, step),
      isTyped: true,
      signal: sending.cancel.signal,
    });
    await log.note(
      delivered.accepted ? `context emptied (${profile.fresh})` : `not emptied: ${delivered.why}`,
    );
    if (!delivered.accepted) return false;
    await keyboard.work(sending.cancel.signal, async ({ isCalm }) =>
      isCalm || watch.hasEnded ? { result: null } : { wait: null },
    );
    return true;
  }

  #wait(sending: Sending, step: Extract<Step, { do: "wait" }> | null): void {
    const isLong = step !== null && (step.until === null || step.until > this.#now() + stopMs);
    sending.isBlocked = isLong || step?.byPerson === true;
    this.#hold(step?.byPerson === true);
  }

  async #stop(turn: Turn): Promise<void> {
    turn.state = { ...turn.state, isInterrupted: true };
    const { live } = turn;
    const { profile, log, window } = this.#parts;
    const { state } = live.watch.fusion;
    await log.note("interrupted");
    if (state !== "idle" && live.ended === null) {
      await live.keyboard.press(profile.keys.interrupt);
    }
    this.#judge();
    const isOver = await this.#isOverBy(turn, window.clock.now() + stopMs);
    if (isOver || live !== this.#live) return;
    await log.note("it did not stop: its window is closed");
    await this.#leave({ result: "interrupted" });
  }

  async #isOverBy(turn: Turn, until: Instant): Promise<boolean> {
    const { clock } = this.#parts.window;
    let isOver = false;
    const over = turn.over.promise.then(() => {
      isOver = true;
    });
    await waitFor({ clock, signal: new AbortController().signal, until }, over);
    return isOver;
  }

  #endTurn(turn: Turn, end: TurnEnd, limit: Limit | null = null): Promise<void> {
    turn.ending ??= this.#tellEnd(turn, end, limit);
    return turn.ending;
  }

  async #tellEnd(turn: Turn, end: TurnEnd, limit: Limit | null): Promise<void> {
    const { live } = turn;
    this.#turnAlarm.set(null);
    live.watch.isTurn = false;
    await live.logged;
    const says = live.lastWords(turn.before);
    live.asks.close("its turn is over");
    const { promptId, isInterrupted } = turn.state;
    const told: TurnEnd = isInterrupted ? { result: "interrupted" } : end;
    const why = told.result === "failed" ? `turn failed: ${told.why}` : `turn ${told.result}`;
    await this.#parts.log.note(why);
    if (live === this.#live) {
      await live.window.keep({ id: promptId, at: this.#now(), phase: "over" }).catch(() => {
        // The pane is gone: nobody will take it up.
      });
    }
    turn.activity[Symbol.dispose]();
    this.#turn = null;
    if (limit !== null) {
      const until = limit.until === null ? "" : ` (${limit.until})`;
      this.#tell({ type: "limit", until: null, says: `${limit.says}${until}` }, "screen");
    }
    this.#tell({ type: "turn_ended", promptId, end: told, says });
    turn.over.resolve();
  }

  #hold(byPerson: boolean): void {
    if (this.#isHeld === byPerson) return;
    this.#isHeld = byPerson;
    this.#tell({ type: "held", byPerson }, "person");
  }

  /** Work that goes on by itself is awaited before the session ends. */
  #track(work: Promise<void>): void {
    this.#work.add(work);
    const forget = (): void => {
      this.#work.delete(work);
    };
    // A bug in it is one of the process: nobody else would see it.
    void work.then(forget);
  }

  #tell(event: AgentEventBody, source: AgentEvent["source"] = "process"): void {
    if (this.#isOver) return;
    this.#events.push({ ...event, at: this.#now(), source });
  }

  /** Never goes back. */
  #now(): Instant {
    this.#lastAt = Math.max(this.#lastAt, this.#parts.window.clock.now());
    return this.#lastAt;
  }

  #decline(why: string): Receipt {
    const { name } = this.#parts.request.agent;
    const sentence = `Cannot give agent \`${name}\` the prompt: ${why}.`;
    return { accepted: false, at: this.#now(), why: sentence };
  }
}
