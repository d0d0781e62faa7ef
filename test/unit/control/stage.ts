/** Control over a real store, with a clock that the test moves and no runner but the test. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Control } from "../../../src/control/control.ts";
import { Ledger } from "../../../src/control/ledger.ts";
import type { Event } from "../../../src/domain/event.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import type { Claimed } from "../../../src/domain/order.ts";
import type { Policy } from "../../../src/domain/policy.ts";
import type { Archive } from "../../../src/store/archive.ts";
import { openSqliteStore } from "../../../src/store/sqlite.ts";
import type { Store } from "../../../src/store/store.ts";
import { type Agents, draft, runStarted } from "../domain/project.ts";
import { ManualClock, settle } from "./manual-clock.ts";

type Decorate = (store: Store & Archive) => Store & Archive;

export class ControlStage implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly control: Control;
  readonly ledger: Ledger;
  readonly problems: string[] = [];
  readonly events: Event[] = [];
  readonly #folder: string;
  readonly #closed = new AbortController();
  #stores: readonly Store[];
  #controls: readonly Control[] = [];

  constructor(parts: {
    readonly clock: ManualClock;
    readonly ledger: Ledger;
    readonly store: Store & Archive;
    readonly folder: string;
  }) {
    const { clock, ledger, store, folder } = parts;
    this.clock = clock;
    this.ledger = ledger;
    this.#folder = folder;
    this.#stores = [store];
    ledger.onCommit((_seq, events) => this.events.push(...events));
    const onProblem = (says: string): void => {
      this.problems.push(says);
    };
    this.control = new Control({
      ...{ ledger, store, archive: store, clock, steady: clock.steady, onProblem },
    });
  }

  begin(agents: Agents, policy: Partial<Policy> = {}): Promise<void> {
    return this.control.begin(runStarted(agents, policy));
  }

  async add(...names: readonly string[]): Promise<void> {
    await this.control.ask({ type: "add", tasks: names.map((name) => draft(name)) });
  }

  claim(queue = "ada-1", runner = "runner"): Promise<Claimed> {
    return this.control.claim(queue, runner, this.#closed.signal);
  }

  beat(claimed: readonly Claimed[], waitMs: number, seen: readonly string[] = []) {
    const leases = claimed.map(({ lease }) => lease);
    return this.control.beat({ leases, seen, waitMs }, this.#closed.signal);
  }

  /** Another process that has the same store open. */
  async elsewhere(): Promise<Ledger> {
    const store = await this.#open();
    return Ledger.open({ store, archive: store, clock: this.clock });
  }

  /** Control of a later start, over the same store. */
  async again(): Promise<Control> {
    const store = await this.#open();
    const ledger = await Ledger.open({ store, archive: store, clock: this.clock });
    const control = new Control({
      ...{ ledger, store, archive: store, clock: this.clock, steady: this.clock.steady },
      onProblem: (says) => this.problems.push(says),
    });
    this.#controls = [...this.#controls, control];
    return control;
  }

  async #open(): Promise<Store & Archive> {
    const file = path.join(this.#folder, "store.db");
    const store = await openSqliteStore({ path: file, clock: this.clock });
    this.#stores = [...this.#stores, store];
    return store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Error("the test is over"));
    for (const control of [this.control, ...this.#controls]) await control[Symbol.asyncDispose]();
    for (const store of this.#stores) await store[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}

export async function openControl(decorate: Decorate = (store) => store): Promise<ControlStage> {
  const folder = await mkdtemp(path.join(tmpdir(), "temoin-control-"));
  const clock = new ManualClock();
  const store = decorate(await openSqliteStore({ path: path.join(folder, "store.db"), clock }));
  const ledger = await Ledger.open({ store, archive: store, clock });
  return new ControlStage({ clock, ledger, store, folder });
}

/** Has it settled, when everything that can go on without time has gone on? */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const yes = (): true => true;
  return Promise.race([promise.then(yes, yes), settle().then(() => false)]);
}

export const moved: RunnerInput = { type: "attempt_moved", phase: "working", evidence: [] };

export function taskOf({ order }: Claimed): string {
  assert("task" in order);
  return order.task.id;
}
