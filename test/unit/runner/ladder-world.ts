/**
 * One attempt's turns with an agent of a script, in virtual time: the session, the desk and the
 * prompts are in memory, the ladder and all between is the real one.
 */

import { mkdtempDisposable } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type {
  AgentEventBody,
  Prompt,
  Receipt,
  Session,
  Sight,
} from "../../../src/agents/driver.ts";
import { EventStream } from "../../../src/agents/event-stream.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import type { AttemptOrder } from "../../../src/domain/order.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";
import { AttemptTurns, type Turn } from "../../../src/runner/attempt-turns.ts";
import { Conversation } from "../../../src/runner/conversation.ts";
import { Desk } from "../../../src/runner/desk.ts";
import type { Hands } from "../../../src/runner/hands.ts";
import { PromptBook } from "../../../src/runner/prompt-book.ts";
import type { Workspace } from "../../../src/workspaces/workspace.ts";
import { ManualClock, settle } from "../control/manual-clock.ts";

export const second = 1_000;
export const minute = 60 * second;

export class LadderWorld implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly start = this.clock.now();
  /** Prompts that the agent has got, with the time of each. */
  readonly sent: { readonly kind: Prompt["kind"]; readonly at: number; readonly text: string }[] =
    [];
  readonly said: RunnerInput[] = [];
  readonly interrupts: number[] = [];
  readonly conversation: Conversation;
  sight: Sight = { typedAt: null, hasDialog: false };
  files = "";
  /** To all prompts but the first: it refuses them, or says neither yes nor no until it is called off. */
  deafness: "refuses" | "silent" | null = null;
  /** Called with each prompt that it takes. */
  onPrompt: (kind: Prompt["kind"]) => void = () => undefined;
  readonly #folder: AsyncDisposable & { readonly path: string };
  readonly #stream = new EventStream(this.clock);
  readonly #desk: Desk;
  /** Resolves when the prompt is sent that is being written. */
  #writing: PromiseWithResolvers<void> | null = null;
  #promptId: string | null = null;
  #callOff: (() => void) | null = null;

  private constructor(folder: AsyncDisposable & { readonly path: string }) {
    this.#folder = folder;
    const session: Session = {
      events: this.#stream.events,
      send: async (prompt) => this.#send(prompt),
      interrupt: async () => this.#interrupt(),
      look: async () => this.sight,
      [Symbol.asyncDispose]: async () => this.#stream.end("it is over"),
    };
    this.conversation = new Conversation(session, this.clock);
    const data = { kind: "attempt", task: "T-1", attempt: 1 };
    const lease = { queue: "a-1", id: "T-1/1", fence: 1, runner: "here", expiresAt: 0, data };
    const say = async (input: RunnerInput) => {
      this.said.push(input);
      return "accepted" as const;
    };
    this.#desk = new Desk(lease, say, async () => undefined);
  }

  static async open(): Promise<LadderWorld> {
    return new LadderWorld(await mkdtempDisposable(path.join(os.tmpdir(), "temoin-ladder-")));
  }

  /** Resolves with how the turn ends; `null` in `turn` until then. */
  begin(parts: Partial<AttemptOrder> = {}): { readonly turn: Turn | null } {
    const order = { ...sampleOrder(), isResumed: false, tells: [], ...parts };
    const hands = this.#hands();
    const turns = new AttemptTurns(
      { hands, order, desk: this.#desk, onPrompted: () => undefined },
      new PromptBook(hands, order),
    );
    const course: { turn: Turn | null } = { turn: null };
    // Only what the ladder looks at is asked of it.
    const workspace = { glance: async () => this.files } as unknown as Workspace;
    this.#writing = Promise.withResolvers();
    const words = { kind: "task", text: "do", tells: [] } as const;
    void turns.take(this.conversation, workspace, words).then((turn) => {
      course.turn = turn;
    });
    return course;
  }

  /** The agent tells something of itself. */
  tell(body: AgentEventBody, source: "protocol" | "screen" = "protocol"): void {
    this.#stream.tell(body, source);
  }

  endTurn(): void {
    const promptId = this.#promptId;
    if (promptId === null) return;
    this.#promptId = null;
    this.tell({ type: "turn_ended", promptId, end: { result: "completed" }, says: "done" });
  }

  /** Time passes; what is being written meanwhile is sent in no time. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      await this.#writing?.promise;
      await this.clock.pass(Math.min(second, end - this.clock.now()));
    }
    await settle();
  }

  /** `quiet`, `working`, …: in the order in which they were told. */
  get phases(): readonly string[] {
    return this.said.flatMap((one) => (one.type === "attempt_moved" ? [one.phase] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.conversation[Symbol.asyncDispose]();
    await settle();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #send({ id, kind, text }: Prompt): Promise<Receipt> {
    const { clock } = this;
    this.#writing?.resolve();
    this.#writing = null;
    if (this.deafness !== null && this.sent.length > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#callOff = resolve;
      if (this.deafness === "silent") await promise;
      return { accepted: false, at: clock.now(), why: "it takes no keys" };
    }
    this.sent.push({ kind, at: clock.now() - this.start, text });
    this.#promptId = id;
    this.tell({ type: "accepted", promptId: id });
    this.tell({ type: "turn_started", promptId: id });
    this.onPrompt(kind);
    return { accepted: true, at: clock.now() };
  }

  #interrupt(): void {
    this.#callOff?.();
    const promptId = this.#promptId;
    if (promptId === null) return;
    this.#promptId = null;
    this.interrupts.push(this.clock.now() - this.start);
    this.tell({ type: "turn_ended", promptId, end: { result: "interrupted" }, says: "" });
  }

  #hands(): Hands {
    const { clock } = this;
    const folder = this.#folder.path;
    const hands = {
      clock,
      agents: new Map(),
      slotEnv: () => ({ TEMOIN_SLOT: `ladder/${folder}` }),
      places: {
        prompt: (task: string, attempt: number, turn: number) =>
          path.join(folder, `${task}-${attempt}-${turn}.md`),
      },
      prompts: {
        nudge: async ({ isLast }: { readonly isLast: boolean }) => {
          this.#writing = Promise.withResolvers();
          return isLast ? "last" : "reminder";
        },
      },
    };
    // Of the hands, turns use only these.
    return hands as unknown as Hands;
  }
}
