/**
 * The session of a slot in a tmux window. It outlives the agent's program: when that has ended, the
 * next prompt starts it anew.
 *
 * Invariant: one turn at a time; where the program itself has ended, the end of its turn is told
 * when its processes are gone.
 */

import type { Answer } from "../../domain/ask.ts";
import { AppError } from "../../lib/app-error.ts";
import { OpenWork } from "../../lib/open-work.ts";
import type {
  AgentEvent,
  AttachHint,
  Prompt,
  Receipt,
  Session,
  SessionRequest,
  Sight,
  TurnEnd,
} from "../driver.ts";
import { EventStream } from "../event-stream.ts";
import type { Profile } from "../profile/profile.ts";
import { notAnswered } from "../receipt-words.ts";
import { zoneOf } from "../reset-time-for.ts";
import type { SessionLog } from "../session-log.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import { type AgentWindow, openWindow, type WindowParts } from "./agent-window.ts";
import type { Companions } from "./companion.ts";
import { LiveAgent } from "./live-agent.ts";
import { PromptDesk } from "./prompt-desk.ts";
import { StateNews } from "./state-news.ts";
import { Turns } from "./turns.ts";
import type { News } from "./watch.ts";

export interface SessionParts {
  readonly request: SessionRequest;
  readonly profile: Profile;
  readonly server: TmuxServer;
  readonly log: SessionLog;
  readonly window: WindowParts;
  /** Of this kind of agent; `null`: its screen alone tells. */
  readonly companions: Companions | null;
}

export class TerminalSession implements Session {
  readonly #parts: SessionParts;
  readonly #stream: EventStream;
  readonly #state: StateNews;
  readonly #turns: Turns;
  readonly #prompts: PromptDesk;
  readonly #work = new OpenWork();
  #live: LiveAgent | null = null;
  #askCount = 0;
  #closing: Promise<void> | null = null;

  private constructor(parts: SessionParts) {
    const { profile, log, server } = parts;
    const { clock } = parts.window;
    const stream = new EventStream(clock);
    const track = (work: Promise<void>): void => this.#work.track(work);
    this.#parts = parts;
    this.#stream = stream;
    this.#state = new StateNews(stream);
    this.#turns = new Turns({
      profile,
      clock,
      zone: zoneOf(parts.request.agent),
      log,
      stream,
      track,
      stopMs: parts.window.stopMs,
    });
    this.#prompts = new PromptDesk({
      agent: parts.request.agent.name,
      profile,
      clock,
      log,
      stream,
      state: this.#state,
      turns: this.#turns,
      live: () => this.#live,
      startAnew: async () => {
        await this.#leave({ result: "failed", why: "it was started anew" });
        return this.#open(null);
      },
    });
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

  get isOver(): boolean {
    return this.#stream.isOver;
  }

  /** The window that it uses now. */
  get window(): AgentWindow | null {
    return this.#live?.window ?? null;
  }

  send(prompt: Prompt): Promise<Receipt> {
    return this.#prompts.send(prompt);
  }

  async interrupt(): Promise<void> {
    await this.#prompts.interrupt();
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

  async look(): Promise<Sight> {
    const live = this.#live;
    if (live === null) return { typedAt: null, hasDialog: false };
    try {
      const { reading } = await live.watch.lookNow();
      const typedAt = await live.keyboard.personAt();
      return { typedAt, hasDialog: reading.dialog !== null || live.asks.isOpen };
    } catch (error) {
      // Its pane is gone, which is told by an event of its own.
      if (error instanceof AppError) return { typedAt: null, hasDialog: false };
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close("The session was closed.");
    return this.#closing;
  }

  async #close(why: string): Promise<void> {
    await this.#prompts.close("the session was closed");
    await this.#leave({ result: "interrupted" });
    await this.#work.over();
    await this.#end(why);
  }

  /** The server is gone: told at once, for whoever waits for the turn can only begin anew. */
  async #lose(why: string): Promise<void> {
    const live = this.#live;
    this.#live = null;
    live?.leave(why);
    const given = this.#prompts.close(why);
    const ended = this.#end(why);
    this.#turns.drop();
    await Promise.all([given, ended, live?.close(), this.#work.over()]);
  }

  async #end(why: string): Promise<void> {
    this.#turns[Symbol.dispose]();
    this.#state.held(false);
    this.#stream.end(why);
    await this.#parts.log[Symbol.asyncDispose]();
  }

  /** Ends the agent with all its processes, and the turn with it. */
  async #leave(end: TurnEnd): Promise<void> {
    const live = this.#live;
    this.#live = null;
    live?.leave("its window was closed");
    await live?.close();
    const { turn } = this.#turns;
    if (turn !== null) await this.#turns.end(turn, end);
    if (live === null) return;
    live.asks.close("its agent was ended");
    if (live.ended === null) this.#state.offline();
  }

  /** A new window, or the one that is left of an earlier temoin. */
  async #open(left: AgentWindow | null): Promise<LiveAgent> {
    const { server, request, profile, log, companions, window: parts } = this.#parts;
    const note = (says: string): void => this.#work.track(log.note(says));
    const track = (work: Promise<void>): void => this.#work.track(work);
    const window = left ?? (await openWindow(server, { request, profile, companions }, parts));
    await log.note(left === null ? `started in ${window.pane.window}` : "taken up again");
    const live = new LiveAgent(window, left !== null, {
      server,
      profile,
      clock: parts.clock,
      request,
      log,
      asks: {
        profile,
        agent: request.agent,
        tell: (event) => this.#stream.tell(event, "screen"),
        note,
        track,
        nextId: () => `${window.pane.id}-${window.pane.pid}-${++this.#askCount}`,
      },
      told: { tell: (event) => this.#stream.tell(event, "hook"), note, track },
      companions,
      onNews: (of, news) => this.#take(of, news),
      onWords: (of, says, source) => this.#turns.activity(of, says, source),
      onUsage: (of, usage) => this.#turns.usage(of, usage),
      onCompacting: (of, says) => this.#turns.compacting(of, says),
    });
    this.#live = live;
    await live.begin();
    if (live.isReady) this.#state.ready();
    return live;
  }

  #take(live: LiveAgent, news: News): void {
    if (live !== this.#live) return;
    if (live.isReady) this.#state.ready();
    if (this.#state.isReadyTold || live.asks.isOpen) {
      this.#state.state(live.watch.fusion, live.watch.isLookDue);
    }
    if (news.type === "exited" || news.type === "gone") this.#work.track(this.#bury(live));
    else this.#turns.judge();
  }

  /** Its program has ended: what is left of it is ended too, and the turn has failed. */
  async #bury(live: LiveAgent): Promise<void> {
    // Whoever gives it a prompt finds out, and says whether the agent had it.
    await this.#prompts.settled();
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

  #refuse(askId: string, why: string): Receipt {
    const { name: agent } = this.#parts.request.agent;
    return notAnswered(askId, { agent, why, at: this.#stream.now() });
  }
}
