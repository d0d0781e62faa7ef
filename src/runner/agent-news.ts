/**
 * What a session tells beside its turns (its agent's state, what it asks, whether a person is at
 * its keys), brought in order to the desk of the attempt that it serves; and the person's answers
 * brought back. What was told while no attempt was served is told to the next one.
 */

import type { AgentEvent, Session } from "../agents/driver.ts";
import type { Usage } from "../domain/agent.ts";
import type { AgentAsk } from "../domain/ask.ts";
import type { RunnerInput } from "../domain/input.ts";
import type { Desk } from "./desk.ts";

type Seen = Extract<RunnerInput, { type: "agent_seen" }>;

export class AgentNews {
  readonly #session: Session;
  readonly #asks = new Map<string, AgentAsk>();
  #seen: Seen | null = null;
  #isHeld = false;
  #desk: Desk | null = null;
  /** One after the other; never rejects. */
  #work: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Until it is disposed of, which resolves when all has been told; rejects when that failed. */
  serve(desk: Desk): AsyncDisposable {
    this.#desk = desk;
    if (this.#seen !== null) this.#tell(this.#seen);
    if (this.#isHeld) this.#tell({ type: "agent_held", byPerson: true });
    for (const ask of this.#asks.values()) this.#tell({ type: "asked", ask });
    desk.onAnswer(() => this.#takeAnswers(desk));
    return {
      [Symbol.asyncDispose]: async () => {
        desk.onAnswer(null);
        this.#desk = null;
        await this.#work;
        if (this.#failure !== null) throw this.#failure;
      },
    };
  }

  take(event: AgentEvent): void {
    switch (event.type) {
      case "state":
        this.#take({ type: "agent_seen", state: event.state, because: event.because });
        return;
      case "held":
        this.#isHeld = event.byPerson;
        this.#tell({ type: "agent_held", byPerson: event.byPerson });
        return;
      case "ask":
        this.#asks.set(event.ask.id, event.ask);
        this.#tell({ type: "asked", ask: event.ask });
        return;
      case "ask_ruled": {
        const { says, isAllowed, why } = event;
        this.#tell({ type: "ask_ruled", says, isAllowed, why });
        return;
      }
      case "ask_closed":
        this.#asks.delete(event.askId);
        this.#tell({ type: "ask_closed", agentAsk: event.askId, why: event.says });
        return;
      default:
        return;
    }
  }

  tellUsage(usage: Usage): void {
    this.#tell({ type: "agent_used", usage });
  }

  /** Another witness for the same state is news; the same ones again are none. */
  #take(seen: Seen): void {
    const before = this.#seen;
    this.#seen = seen;
    if (before?.state !== seen.state || witnesses(before) !== witnesses(seen)) this.#tell(seen);
  }

  #tell(input: RunnerInput): void {
    const desk = this.#desk;
    if (desk !== null) this.#next(() => desk.say(input));
  }

  #takeAnswers(desk: Desk): void {
    for (const { agentAsk, answer } of desk.takeAnswers()) {
      // The agent may take its time over one of them: what else is to be told does not wait.
      const given = this.#session.answer?.(agentAsk, answer);
      if (given === undefined) {
        const why = "its driver cannot answer";
        this.#next(() => desk.say({ type: "answer_refused", agentAsk, why }));
        continue;
      }
      void given.then((receipt) => {
        if (receipt.accepted || this.#desk !== desk) return;
        this.#next(() => desk.say({ type: "answer_refused", agentAsk, why: receipt.why }));
      }, this.#fail);
    }
  }

  #next(act: () => Promise<void>): void {
    this.#work = this.#work.then(act).catch(this.#fail);
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error;
  };
}

function witnesses({ because }: Seen): string {
  return because.map((one) => one.source).join();
}
