/**
 * The line to one server of opencode: prompts and answers go in by HTTP, facts come out of its
 * stream of events. What the events mean is told by `conversation.ts`.
 *
 * A session outlives its server, and with it this line: the next one goes on with it.
 */

import type { Answer } from "../../domain/ask.ts";
import { type Clock, timeOfDay } from "../../lib/clock.ts";
import { Notifier, waitFor } from "../../lib/notifier.ts";
import { OpenWork } from "../../lib/open-work.ts";
import { endAll } from "../../lib/process-tree.ts";
import type { AttachHint, Prompt, SessionRequest } from "../driver.ts";
import type { Ear, Line, Taken } from "../protocol/line.ts";
import { zoneOf } from "../reset-time-for.ts";
import type { Api } from "./api.ts";
import type { ServerFacts } from "./check-server.ts";
import {
  type Context,
  type Conversation,
  emptyConversation,
  type Sign,
  type Step,
  see,
  settle,
} from "./conversation.ts";
import { EventFeed } from "./event-feed.ts";
import type { Launch } from "./launch.ts";
import { missedSince } from "./missed.ts";
import { keyOf, orphansOf } from "./orphans.ts";
import { Replies } from "./replies.ts";
import { promptKey, type ServerEvent } from "./server-event.ts";
import { notThere, type OpencodeServer } from "./server-process.ts";
import { type SessionMemory, Sessions, type SessionView } from "./sessions.ts";

export interface LineParts {
  readonly clock: Clock;
  readonly request: SessionRequest;
  readonly launch: Launch;
  readonly api: Api;
  readonly server: OpencodeServer;
  readonly facts: ServerFacts;
  readonly memory: SessionMemory;
  /** `null`: nobody looks. */
  readonly view: SessionView | null;
  readonly ear: Ear;
  /** The session has run under an earlier temoin: its last prompt may be sent again. */
  readonly isTakenUp: boolean;
}

/** From the answer to a prompt until it is seen in its session; measured: 30 ms (chosen). */
const receiptMs = 15_000;
/** For a prompt that comes to its session after an error was told (chosen). */
const refusalMs = 1_000;
/** For the last message to be closed; measured: below 100 ms, 1 s on a very busy machine (chosen). */
const settleMs = 3_000;
const drainMs = 500;
const stopTries = 3;
/** Less than a turn has to stop by itself (chosen). */
const orphanGraceMs = 2_000;

export class OpencodeLine implements Line {
  readonly #parts: LineParts;
  readonly #context: Context;
  readonly #closed = new AbortController();
  readonly #changes = new Notifier();
  readonly #work = new OpenWork();
  readonly #sessions: Sessions;
  readonly #replies: Replies;
  /** Events of what an earlier temoin has begun wait until it is joined. */
  readonly #joined = Promise.withResolvers<void>();
  /** Its processes when the turn began, or was joined; `null`: there was none. */
  #before: ReadonlySet<string> | null = null;
  #conversation: Conversation;
  #isReceived = false;
  #refusal: string | null = null;
  #gone: string | null = null;

  constructor(parts: LineParts) {
    const { clock, request, facts, memory, isTakenUp } = parts;
    this.#parts = parts;
    this.#sessions = new Sessions(parts);
    this.#replies = new Replies(parts.api, {
      tell: (fact) => parts.ear.tell(fact),
      heard: (event, isTold) => {
        const step = see(this.#conversation, event, this.#context);
        this.#take(isTold ? step : { ...step, facts: [] });
      },
    });
    this.#context = {
      cwd: request.cwd,
      zone: zoneOf(request.agent),
      sizeOf: facts.sizeOf,
      get now() {
        return timeOfDay(clock);
      },
    };
    const { session, prompt } = memory;
    this.#conversation = { ...emptyConversation, session, prompt };
    if (!isTakenUp) this.#joined.resolve();
  }

  get attach(): AttachHint | null {
    return this.#parts.view?.attach ?? null;
  }

  /** Resolves when its events are heard. Rejects with an AppError, and with the signal's reason. */
  async begin(signal: AbortSignal): Promise<void> {
    const heard = Promise.withResolvers<void>();
    const feed = this.#feed(heard.resolve);
    this.#work.track(feed.follow());
    this.#work.track(
      this.#parts.server.over.then(async (why) => {
        // What it has still said is on its way.
        await this.#until(drainMs, () => !feed.isHearing);
        this.#gone = why;
        this.#changes.notify();
        if (!this.#isClosed) this.#parts.ear.tell({ type: "gone", why }, "process");
        this.#closed.abort();
        heard.resolve();
      }),
    );
    await waitFor({ clock: this.#parts.clock, signal, until: null }, heard.promise);
    if (this.#gone !== null) throw notThere(this.#parts.request.agent.name, this.#gone);
    await this.#sessions.show();
  }

  async give(prompt: Prompt): Promise<Taken> {
    const { memory, isTakenUp } = this.#parts;
    try {
      if (isTakenUp && (await this.#join(prompt.id))) return { taken: true };
      const session = await this.#sessions.choose(prompt);
      if (typeof session !== "string") return refuse(session.why);
      await memory.keep(session, prompt.id);
      this.#conversation = { ...this.#conversation, session, prompt: prompt.id };
      this.#isReceived = false;
      this.#refusal = null;
      return await this.#deliver(session, prompt);
    } finally {
      this.#joined.resolve();
    }
  }

  answer(askId: string, answer: Answer): Promise<Taken> {
    return this.#replies.answer(askId, answer, this.#conversation.questions);
  }

  async stop(): Promise<void> {
    const { api, clock, server } = this.#parts;
    const { session } = this.#conversation;
    if (session === null) return;
    await api.post(`/session/${session}/abort`);
    if (this.#before === null) return;
    await endAll(orphansOf(server.members(), this.#before), { clock, graceMs: orphanGraceMs });
  }

  /** The next task begins a session of its own. */
  clear(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    this.#joined.resolve();
    await this.#parts.view?.close();
    await this.#parts.server.close();
    await this.#work.over();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** Does it have the prompt of an earlier temoin? Then what has come of it is told now. */
  async #join(promptId: string): Promise<boolean> {
    const { memory, server } = this.#parts;
    if (memory.prompt !== promptId || memory.session === null) {
      this.#conversation = { ...this.#conversation, prompt: null };
      return false;
    }
    this.#before = new Set(server.members().map(keyOf));
    await this.#catchUp(memory.session, promptId);
    return this.#isReceived;
  }

  async #deliver(session: string, prompt: Prompt): Promise<Taken> {
    const { api, launch, server } = this.#parts;
    const posted = api.post(`/session/${session}/prompt_async`, {
      parts: [{ type: "text", text: prompt.text, metadata: { [promptKey]: prompt.id } }],
      ...(launch.model === null
        ? {}
        : { model: { providerID: launch.model.provider, modelID: launch.model.model } }),
      ...(launch.agent === null ? {} : { agent: launch.agent }),
    });
    // It is on its way: what is looked at meanwhile costs no time.
    this.#before = new Set(server.members().map(keyOf));
    const reply = await posted;
    if (!reply.ok && reply.status !== null) return refuse(reply.why);
    // Whether it is in its session is what counts, also where the answer to the call was lost.
    await this.#until(receiptMs, () => this.#isReceived || this.#refusal !== null);
    if (!this.#isReceived) await this.#until(refusalMs, () => this.#isReceived);
    if (!this.#isReceived && this.#gone === null) await this.#catchUp(session, prompt.id);
    if (this.#isReceived) return { taken: true };
    if (this.#gone !== null) return refuse(`its server is gone: ${this.#gone}`);
    return refuse(this.#refusal ?? (reply.ok ? "it did not come to its session" : reply.why));
  }

  #feed(onHeard: () => void): EventFeed {
    const { api, clock, ear } = this.#parts;
    return new EventFeed({
      api,
      clock,
      signal: this.#closed.signal,
      onHeard,
      until: this.#joined.promise,
      catchUp: async () => {
        const { session, prompt } = this.#conversation;
        if (session !== null) await this.#catchUp(session, prompt);
      },
      onEvent: async (event) => {
        this.#see(event);
        await ear.written();
      },
      onBreak: (why) => {
        this.#changes.notify();
        if (this.#isClosed) return;
        ear.tell({ type: "output", text: `(its events broke off: ${why})\n` });
      },
    });
  }

  /** What has happened in the session since the prompt, as far as it was not heard. */
  async #catchUp(session: string, prompt: string | null): Promise<void> {
    for (const event of await missedSince(this.#parts.api, session, prompt)) this.#see(event);
  }

  #see(event: ServerEvent): void {
    if (this.#isClosed || this.#replies.isOwn(event)) return;
    this.#take(see(this.#conversation, event, this.#context));
  }

  #take({ conversation, facts, signs }: Step): void {
    this.#conversation = conversation;
    for (const sign of signs) this.#heed(sign);
    for (const fact of facts) {
      if (fact.type === "began") this.#sessions.isTouched = true;
      this.#parts.ear.tell(fact);
    }
    this.#changes.notify();
  }

  #heed(sign: Sign): void {
    switch (sign.type) {
      case "received":
        this.#isReceived = true;
        return;
      case "refused":
        this.#refusal = sign.why;
        return;
      case "stop":
        this.#work.track(this.#stopForGood());
        return;
      case "settling":
        this.#work.track(this.#settle());
    }
  }

  async #settle(): Promise<void> {
    await this.#until(settleMs, () => this.#conversation.turn?.isSettling !== true);
    if (!this.#isClosed) this.#take(settle(this.#conversation, this.#context));
  }

  /** A turn that waits for a limit to end; a server that cannot stop it is ended. */
  async #stopForGood(): Promise<void> {
    const { api, server } = this.#parts;
    for (let tries = 0; tries < stopTries && !this.#isClosed; tries += 1) {
      const reply = await api.post(`/session/${this.#conversation.session}/abort`);
      if (reply.ok) return;
    }
    await server.close();
  }

  /** Until it is so, for at most so long, or until its server is gone. */
  async #until(ms: number, isSo: () => boolean): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.now() + ms;
    const { signal } = this.#closed;
    while (!signal.aborted && this.#gone === null && clock.now() < until) {
      const change = this.#changes.next();
      if (isSo()) return;
      await waitFor({ clock, signal, until }, change).catch(() => {
        // Closed: whoever waits looks for that.
      });
    }
  }
}

function refuse(why: string): Taken {
  return { taken: false, why };
}
