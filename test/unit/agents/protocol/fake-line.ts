/**
 * Lines that do what a test says, one after the other, and the session over them. Leaving it checks
 * that no line is left open.
 */

import assert from "node:assert/strict";
import type { AgentEvent, Prompt, SessionRequest } from "../../../../src/agents/driver.ts";
import type { Ear, Fact, Line, Taken } from "../../../../src/agents/protocol/line.ts";
import { ProtocolSession } from "../../../../src/agents/protocol/session.ts";
import { type LogFile, SessionLog } from "../../../../src/agents/session-log.ts";
import type { AgentSpec, Autonomy } from "../../../../src/domain/agent.ts";
import type { Answer } from "../../../../src/domain/ask.ts";
import type { AgentName, SlotId } from "../../../../src/domain/id.ts";
import { shapesOnly } from "../../../../src/lib/mask.ts";
import { ManualClock } from "../../control/manual-clock.ts";

export const stopMs = 5_000;

/** Owes an answer to each call until the test gives it; `null`: it is answered at once. */
export interface Manner {
  readonly gives: Taken | "waits";
  readonly answers: Taken | "waits";
  readonly clears: boolean | "waits";
  /** Does the stop end the turn? */
  readonly stops: "over" | "nothing" | "waits";
  /** Does it take its own end as a reason to answer what it owes? */
  readonly settlesAtEnd: boolean;
  /** Its agent takes its time to end, until the test lets it. */
  readonly endsLate?: boolean;
}

export const willing: Manner = {
  gives: { taken: true },
  answers: { taken: true },
  clears: true,
  stops: "over",
  settlesAtEnd: true,
};

export function fakeAgent(...command: AgentSpec["command"]): AgentSpec {
  return {
    name: "fake" as AgentName,
    driver: "acp",
    transport: "acp",
    command,
    env: {},
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
  };
}

export class FakeLine implements Line {
  readonly ear: Ear;
  readonly manner: Manner;
  readonly given: string[] = [];
  readonly answered: [string, Answer][] = [];
  isDisposed = false;
  readonly #owed = new Set<(taken: Taken) => void>();
  readonly #end = Promise.withResolvers<void>();

  constructor(ear: Ear, manner: Manner) {
    this.ear = ear;
    this.manner = manner;
  }

  tell(...facts: readonly Fact[]): void {
    for (const fact of facts) this.ear.tell(fact);
  }

  give(prompt: Prompt): Promise<Taken> {
    this.given.push(prompt.id);
    return this.#answer(this.manner.gives);
  }

  answer(askId: string, answer: Answer): Promise<Taken> {
    this.answered.push([askId, answer]);
    return this.#answer(this.manner.answers);
  }

  async clear(): Promise<boolean> {
    const { clears } = this.manner;
    return clears === "waits" ? (await this.#answer("waits")).taken : clears;
  }

  async stop(): Promise<void> {
    const { stops } = this.manner;
    if (stops === "waits") await this.#answer("waits");
    if (stops === "over") this.tell({ type: "over", end: { result: "interrupted" }, says: "" });
  }

  /** Answers whatever it owes. */
  settle(taken: Taken): void {
    for (const owed of this.#owed) owed(taken);
    this.#owed.clear();
  }

  /** Its agent has ended. */
  end(): void {
    this.#end.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    if (this.manner.endsLate === true) await this.#end.promise;
    if (this.manner.settlesAtEnd) this.settle({ taken: false, why: "it has ended" });
  }

  #answer(how: Taken | "waits"): Promise<Taken> {
    if (how !== "waits") return Promise.resolve(how);
    return new Promise((resolve) => this.#owed.add(resolve));
  }
}

const nowhere: LogFile = {
  append: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

export class SessionStage implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly lines: FakeLine[] = [];
  readonly events: AgentEvent[] = [];
  readonly session: ProtocolSession;
  readonly #reading: Promise<void>;

  private constructor(made: {
    readonly session: ProtocolSession;
    readonly lines: FakeLine[];
    readonly clock: ManualClock;
  }) {
    this.session = made.session;
    this.lines = made.lines;
    this.clock = made.clock;
    this.#reading = this.#read();
  }

  static async open(manner: Manner = willing, autonomy: Autonomy = "ask"): Promise<SessionStage> {
    const clock = new ManualClock();
    const lines: FakeLine[] = [];
    const session = await ProtocolSession.start(
      {
        request: requestOf(autonomy),
        clock,
        log: new SessionLog({ file: nowhere, clock, mask: shapesOnly }),
        stopMs,
        open: async (ear) => {
          const line = new FakeLine(ear, manner);
          lines.push(line);
          return line;
        },
      },
      new AbortController().signal,
    );
    return new SessionStage({ session, lines, clock });
  }

  get line(): FakeLine {
    const line = this.lines.at(-1);
    assert(line, "a session has a line from its start on");
    return line;
  }

  /** Without times, states and what only says where they come from. */
  told(): readonly string[] {
    return this.events.flatMap((event) => {
      switch (event.type) {
        case "state":
          return [];
        case "accepted":
        case "turn_started":
          return `${event.type} ${event.promptId}`;
        case "turn_ended":
          return `${event.type} ${event.promptId} ${event.end.result}`;
        case "ask":
          return `ask ${event.ask.id}`;
        case "ask_closed":
          return `ask_closed ${event.askId}`;
        default:
          return event.type;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const line of this.lines) line.end();
    await this.session[Symbol.asyncDispose]();
    await this.#reading;
    assert(this.lines.every((line) => line.isDisposed));
  }

  async #read(): Promise<void> {
    for await (const event of this.session.events) this.events.push(event);
  }
}

function requestOf(autonomy: Autonomy): SessionRequest {
  const agent = { ...fakeAgent("fake"), autonomy };
  return {
    slot: "fake/1" as SlotId,
    agent,
    cwd: "/workspace",
    env: {},
    logFile: "/logs/agent.log",
    privateDir: "/private",
  };
}

export function promptOf(id: string, kind: Prompt["kind"] = "task"): Prompt {
  return { id, kind, text: `Do ${id}`, file: `/${id}.md`, env: {} };
}

export const over: Fact = { type: "over", end: { result: "completed" }, says: "Done" };

export function asking(id: string): Fact {
  return {
    type: "asks",
    ask: { id, kind: "permission", says: "May I?", choices: ["Yes", "No"], takesText: false },
    wants: { action: { kind: "edit", paths: ["/workspace/a.txt"] }, allow: "Yes", refuse: "No" },
  };
}
