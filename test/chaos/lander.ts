/**
 * Landings that wait together, as `src/runner/land.ts` brings them home: what was recorded is
 * finished first, the rest is merged one on the other, recorded, and moved to by one swap.
 */

import type { Lease } from "../../src/domain/commit.ts";
import type { CommitSha } from "../../src/domain/id.ts";
import type { LandingOrder } from "../../src/domain/order.ts";
import { gateResult } from "./gate-result.ts";
import { luckOf } from "./luck.ts";
import type { ChaosWorld } from "./world.ts";

interface Member {
  readonly lease: Lease;
  readonly order: LandingOrder;
}

type Stacked = Member & { readonly sha: CommitSha };

const mostTries = 5;

export class Lander {
  readonly #world: ChaosWorld;
  readonly #release: () => void;
  #waiting: readonly Member[];
  #tries = 0;

  constructor(world: ChaosWorld, members: readonly Member[], release: () => void) {
    this.#world = world;
    this.#waiting = members;
    this.#release = release;
  }

  start(): void {
    this.#soon(() => {
      this.#finish();
      this.#build();
    });
  }

  #soon(act: () => void): void {
    this.#world.later(1 + this.#world.random.below(5_000), act);
  }

  /** Landings that were recorded and then left: moved, or can be moved now. */
  #finish(): void {
    const { repository } = this.#world;
    const left = new Map<string, Stacked[]>();
    for (const member of this.#waiting) {
      const { prepared } = member.order;
      if (prepared === null || !this.#world.isHeld(member.lease)) continue;
      const stacked = { ...member, sha: prepared.mergeSha };
      if (repository.contains(prepared.mergeSha)) this.#settle([stacked]);
      else {
        const top = prepared.top ?? prepared.mergeSha;
        left.set(top, [...(left.get(top) ?? []), stacked]);
      }
    }
    for (const stack of left.values()) {
      const prepared = stack[0]?.order.prepared ?? null;
      if (prepared === null || stack.length !== (prepared.stack ?? 1)) continue;
      if (this.#swap(prepared.expected, prepared.top ?? prepared.mergeSha)) this.#settle(stack);
    }
  }

  /** One stack on the target as it is; what cannot be in it is refused. */
  #build(): void {
    this.#waiting = this.#waiting.filter(({ lease }) => this.#world.isHeld(lease));
    if (this.#waiting.length === 0) {
      this.#release();
      return;
    }
    const { repository } = this.#world;
    const expected = repository.target;
    const stack: Stacked[] = [];
    for (const member of this.#waiting) {
      if (this.#refuses(member)) continue;
      const { task, head } = member.order;
      const onto = stack.at(-1)?.sha ?? expected;
      const mends = task.mends !== undefined;
      stack.push({ ...member, sha: repository.merge(onto, head, { lands: task.id, mends }) });
    }
    this.#soon(() => this.#test(expected, stack));
  }

  #refuses({ lease, order }: Member): boolean {
    const world = this.#world;
    if (order.prepared !== null) return false;
    const luck = luckOf(world, order.task.id, "landing");
    const refuse = (outcome: "conflict" | "gate_failed", why: string): true => {
      world.say(lease, { type: "landing_refused", outcome, why });
      return true;
    };
    if (luck.chance(world.faults.conflict)) return refuse("conflict", "it conflicts");
    const isErrored = luck.chance(world.faults.errored / 2);
    if (!isErrored && !luck.chance(world.faults.red / 2)) return false;
    const verdict = isErrored ? "errored" : "failed";
    world.say(lease, { type: "gates_ran", results: [gateResult(verdict, { where: "landing" })] });
    return refuse("gate_failed", `red on the merged result: ${verdict}`);
  }

  #test(expected: CommitSha, stack: readonly Stacked[]): void {
    const world = this.#world;
    const top = stack.at(-1);
    if (top === undefined || !stack.every(({ lease }) => world.isHeld(lease))) this.#build();
    else if (world.repository.at(top.sha).isRed) this.#lookAtTarget(stack);
    else this.#land(expected, stack, top.sha);
  }

  #land(expected: CommitSha, stack: readonly Stacked[], top: CommitSha): void {
    const world = this.#world;
    for (const { lease } of stack) {
      world.say(lease, {
        type: "gates_ran",
        results: [gateResult("passed", { where: "landing" })],
      });
    }
    for (const { lease, sha: mergeSha } of stack) {
      const prepared = { expected, mergeSha, top, stack: stack.length };
      world.say(lease, { type: "landing_prepared", prepared });
    }
    this.#soon(() => {
      const isHeld = stack.every(({ lease }) => world.isHeld(lease));
      if (isHeld && this.#swap(expected, top)) this.#settle(stack);
      else if (isHeld) this.#tries += 1;
      if (this.#tries < mostTries) this.#build();
      else this.#giveBack();
    });
  }

  #giveBack(): void {
    for (const { lease } of this.#waiting) {
      this.#world.say(lease, { type: "landing_lost", why: "the target moved each time" });
    }
    this.#release();
  }

  /** Red with what was there before: that is laid on no change, where temoin mends the target. */
  #lookAtTarget([first]: readonly Stacked[]): void {
    const world = this.#world;
    if (first === undefined) throw new Error("an empty stack is not red");
    const sha = world.repository.target;
    const isRed = world.repository.at(sha).isRed;
    const results = [gateResult(isRed ? "failed" : "passed", { where: "target" })];
    world.say(first.lease, { type: "target_checked", sha, results, commits: [] });
    if (isRed && world.isHeld(first.lease)) {
      const why = "red on the merged result";
      world.say(first.lease, { type: "landing_refused", outcome: "gate_failed", why });
    }
    this.#build();
  }

  #swap(expected: CommitSha, next: CommitSha): boolean {
    this.#world.boundary();
    const isMoved = this.#world.repository.swap(expected, next);
    this.#world.boundary();
    return isMoved;
  }

  #settle(stack: readonly Stacked[]): void {
    for (const { lease, sha } of stack) {
      this.#world.say(lease, { type: "landed", sha, proven: true, followBlocked: null });
    }
    this.#waiting = this.#waiting.filter(({ lease }) => this.#world.isHeld(lease));
  }
}
