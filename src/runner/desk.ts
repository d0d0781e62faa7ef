/**
 * What a runner holds, and what control says of it meanwhile. One loop beats for all leases and
 * brings back directives; each piece of work has a desk on which they land.
 */

import type { Report } from "../domain/agent.ts";
import type { Answer } from "../domain/ask.ts";
import type { Lease } from "../domain/commit.ts";
import { type Directive, placeOf } from "../domain/directive.ts";
import type { RunnerInput } from "../domain/input.ts";
import type { Clock } from "../lib/clock.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";
import { leaseMs } from "../store/store.ts";
import type { ControlPort } from "./control-port.ts";

/** Why work stops before its end. `lost`: nobody wants to hear of it any more. */
export type Cut =
  | { readonly kind: "lost" }
  | { readonly kind: "ended"; readonly outcome: "cancelled" | "handed_off"; readonly why: string };

export interface ToldText {
  readonly id: string;
  readonly text: string;
}

/** A person's answer to what the agent asks, by the agent's own id of the ask. */
export interface GivenAnswer {
  readonly agentAsk: string;
  readonly answer: Answer;
}

/** A lease is beaten four times before it is silent. */
const beatMs = leaseMs / 4;

export class Desk {
  readonly lease: Lease;
  readonly #say: (input: RunnerInput) => Promise<"accepted" | "stale">;
  readonly #sync: () => Promise<void>;
  readonly #abort = new AbortController();
  #cut: Cut | null = null;
  #tells: readonly ToldText[] = [];
  #reports: readonly Report[] = [];
  #answers: readonly GivenAnswer[] = [];
  #onAnswer: (() => void) | null = null;

  constructor(
    lease: Lease,
    say: (input: RunnerInput) => Promise<"accepted" | "stale">,
    sync: () => Promise<void>,
  ) {
    this.lease = lease;
    this.#say = say;
    this.#sync = sync;
  }

  /** Aborts when the work is cut. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get cut(): Cut | null {
    return this.#cut;
  }

  /** Submits under the lease; a stale one cuts the work. */
  async say(input: RunnerInput): Promise<void> {
    if ((await this.#say(input)) === "stale") this.stop({ kind: "lost" });
  }

  /** Asks control for what it has to say by now. */
  sync(): Promise<void> {
    return this.#sync();
  }

  /** Words of a person that came since; each is given out once. */
  takeTells(): readonly ToldText[] {
    const tells = this.#tells;
    this.#tells = [];
    return tells;
  }

  /** What the agent itself has reported since; each is given out once. */
  takeReports(): readonly Report[] {
    const reports = this.#reports;
    this.#reports = [];
    return reports;
  }

  /** What a person has answered since; each is given out once. */
  takeAnswers(): readonly GivenAnswer[] {
    const answers = this.#answers;
    this.#answers = [];
    return answers;
  }

  /** Called whenever there is an answer to take, also at once; one listener. */
  onAnswer(listener: (() => void) | null): void {
    this.#onAnswer = listener;
    if (this.#answers.length > 0) listener?.();
  }

  /** The first cut counts. */
  stop(cut: Cut): void {
    this.#cut ??= cut;
    this.#abort.abort(new Error(cut.kind === "lost" ? "the lease is lost" : cut.why));
  }

  put(directive: Directive): void {
    switch (directive.kind) {
      case "end":
        this.stop({ kind: "ended", outcome: directive.outcome, why: directive.why });
        return;
      case "tell":
        this.#tells = [...this.#tells, { id: directive.id, text: directive.text }];
        return;
      case "answer":
        this.#answers = [
          ...this.#answers,
          { agentAsk: directive.agentAsk, answer: directive.answer },
        ];
        this.#onAnswer?.();
        return;
      case "report":
        this.#reports = [...this.#reports, directive.report];
        return;
    }
  }
}

export class Desks {
  readonly #port: ControlPort;
  readonly #runner: string;
  readonly #clock: Clock;
  /** By the id of the lease. */
  readonly #desks = new Map<string, Desk>();
  readonly #seen = new Set<string>();
  readonly #changes = new Notifier();
  /** Ends the beat that waits, so that the next one speaks of all leases. */
  #renew = new AbortController();
  /** Why everything was stopped: what comes in after that stops at once. */
  #stopped: string | null = null;

  constructor(parts: {
    readonly port: ControlPort;
    readonly runner: string;
    readonly clock: Clock;
  }) {
    this.#port = parts.port;
    this.#runner = parts.runner;
    this.#clock = parts.clock;
  }

  /** Beats for the lease until `close`. `known`: tells that came with the order. */
  open(lease: Lease, known: readonly string[] = []): Desk {
    const desk = new Desk(
      lease,
      (input) => this.#port.submit(input, lease),
      () => this.#beat(0, new AbortController().signal),
    );
    for (const id of known) this.#seen.add(id);
    this.#desks.set(lease.id, desk);
    if (this.#stopped !== null) desk.stop(handOff(this.#stopped));
    this.#changes.notify();
    this.#renew.abort();
    return desk;
  }

  close(desk: Desk): void {
    this.#desks.delete(desk.lease.id);
    for (const id of [...this.#seen]) {
      if (id.startsWith(`${placeOf(desk.lease)}/`)) this.#seen.delete(id);
    }
  }

  /** Every piece of work is to stop as `handed_off`: its work is saved, nothing counts. */
  stopAll(why: string): void {
    this.#stopped ??= why;
    for (const desk of this.#desks.values()) desk.stop(handOff(why));
  }

  /** Runs until the signal; costs nothing while nothing is held. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const change = this.#changes.next();
      if (this.#held().length === 0) {
        await waitFor({ clock: this.#clock, signal, until: null }, change);
        continue;
      }
      this.#renew = new AbortController();
      const renewed = this.#renew.signal;
      try {
        await this.#beat(beatMs, AbortSignal.any([signal, renewed]));
      } catch (error) {
        if (!renewed.aborted) throw error;
      }
    }
  }

  /** A lost lease needs no beat: its work is only being put away. */
  #held(): readonly Desk[] {
    return [...this.#desks.values()].filter((desk) => desk.cut?.kind !== "lost");
  }

  async #beat(waitMs: number, signal: AbortSignal): Promise<void> {
    const desks = this.#held();
    const answer = await this.#port.beat(
      {
        runner: this.#runner,
        leases: desks.map((desk) => desk.lease),
        seen: [...this.#seen],
        waitMs,
      },
      signal,
    );
    for (const [index, owned] of answer.owned.entries()) {
      if (!owned) desks[index]?.stop({ kind: "lost" });
    }
    for (const directive of answer.directives) {
      if (this.#seen.has(directive.id)) continue;
      this.#seen.add(directive.id);
      desks.find((desk) => placeOf(desk.lease) === placeOf(directive))?.put(directive);
    }
  }
}

function handOff(why: string): Cut {
  return { kind: "ended", outcome: "handed_off", why };
}
