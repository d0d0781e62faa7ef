/**
 * Landings that wait together: merged one on the other in the object store, tested together in a
 * worktree of their own, halved while they are red. What is green is recorded, the target moves
 * over all of it by compare-and-swap, the person's branch follows, and each is settled.
 *
 * Killed at any point it can be taken up again: before the record nothing has happened; after it
 * the target tells whether it was moved. Nothing lands that was not tested as it lands.
 */

import type { CommitSha } from "../domain/id.ts";
import { afterTest, batchLimit, inLandingOrder, nextStep, type Search } from "../domain/landing.ts";
import type { LandingOrder } from "../domain/order.ts";
import type { PreparedLanding } from "../domain/task.ts";
import type { Baseline, GateSpec } from "../gates/gate.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { type Member, type Stack, type Stacked, stackUp } from "./stack.ts";
import { resultsFor, type StackTest, testStack } from "./test-stack.ts";
import { allGates } from "./verify.ts";

/** The target may move under us (a person commits); so often in a row it is tried anew (chosen). */
const mostTries = 5;

export interface BatchParts {
  readonly hands: Hands;
  readonly first: Member;
  /** One more that waits in the queue; `null`: none does. */
  readonly claimMore: () => Promise<Member | null>;
  /** Runs the gates on the target where nobody has; what is red by itself is laid on no change. */
  readonly lookAtTarget: (desk: Desk) => Promise<void>;
  /** What the gates have found on a commit of the target, as far as it is known. */
  readonly known: (sha: CommitSha) => (gate: GateSpec) => Baseline | null;
  /** Nothing more will be said of it. */
  readonly release: (member: Member) => void;
}

export class LandingBatch implements Disposable {
  readonly #parts: BatchParts;
  /** Neither landed nor refused, in the order of the stack. */
  #waiting: readonly Member[];
  #stack: Stack | null = null;
  #search: Search = { waiting: 0, red: null };
  /** The last red test of the search. */
  #red: StackTest | null = null;
  /** Landed since the search began. */
  #landed: readonly LandingOrder[] = [];
  #moves = 0;

  constructor(parts: BatchParts) {
    this.#parts = parts;
    this.#waiting = [parts.first];
  }

  get waiting(): readonly Member[] {
    return this.#waiting;
  }

  /** Until nothing waits any more. What comes in meanwhile is taken in whenever nothing is red. */
  async run(): Promise<void> {
    await this.#finish(this.#waiting);
    for (;;) {
      this.#dropCut();
      if (this.#search.red === null) await this.#takeMore();
      if (this.#waiting.length === 0) return;
      const stack = await this.#build();
      const next = nextStep(this.#search);
      if (next.step === "refuse") await this.#refuseFirst(stack);
      else if (next.step === "test") await this.#test(stack, next.count);
      else this.#stack = null;
      if (this.#moves < mostTries) continue;
      this.#moves = 0;
      await this.giveBack("the target moved each time it was tried");
    }
  }

  /** What waits is left to a later batch. */
  async giveBack(why: string): Promise<void> {
    for (const member of this.#waiting) {
      if (member.desk.cut === null) await member.desk.say({ type: "landing_lost", why });
      this.#remove(member);
    }
  }

  [Symbol.dispose](): void {
    for (const member of this.#waiting) this.#remove(member);
  }

  /** Whose lease is lost, or who is to stop, is no longer part of it. */
  #dropCut(): void {
    for (const member of this.#waiting) {
      if (member.desk.cut === null) continue;
      this.#remove(member);
      this.#startAnew();
    }
  }

  async #takeMore(): Promise<void> {
    const more: Member[] = [];
    while (this.#waiting.length + more.length < batchLimit) {
      const member = await this.#parts.claimMore();
      if (member === null) break;
      more.push(member);
    }
    if (more.length === 0) return;
    this.#waiting = inLandingOrder([...this.#waiting, ...more]);
    this.#startAnew();
    await this.#finish(this.#waiting);
  }

  /** The stack on the target as it is now; what cannot be in it is refused, or waits for the next. */
  async #build(): Promise<Stack> {
    const { hands } = this.#parts;
    const { sha: onto } = await hands.target.read();
    if (this.#stack?.onto === onto && this.#stack.members.length > 0) return this.#stack;
    const stack = await stackUp(hands, onto, this.#waiting);
    for (const { member, refusal } of stack.refused) {
      await member.desk.say(refusal);
      this.#remove(member);
    }
    this.#stack = stack;
    this.#search = { waiting: stack.members.length, red: null };
    this.#landed = [];
    return stack;
  }

  async #test(stack: Stack, count: number): Promise<void> {
    const { hands, known } = this.#parts;
    const part = stack.members.slice(0, count);
    const tested = await testStack(hands, part, {
      before: this.#landed,
      baseline: known(stack.onto),
    });
    // Cut short it has seen nothing: what was not run is not red.
    if (part.some(isCut)) return;
    if (tested.red !== null) {
      this.#red = tested;
      this.#search = afterTest(this.#search, count, false);
      return;
    }
    const landed = await this.#land(stack, part, tested);
    if (landed !== "landed") {
      this.#moves += landed === "moved" ? 1 : 0;
      this.#startAnew();
      return;
    }
    this.#moves = 0;
    this.#search = afterTest(this.#search, count, true);
    this.#landed = [...this.#landed, ...part.map(({ order }) => order)];
    const onto = part.at(-1)?.sha ?? stack.onto;
    this.#stack = { ...stack, onto, members: stack.members.slice(count) };
  }

  /** All of what was tested, or nothing. */
  async #land(
    { onto: expected }: Stack,
    part: readonly Stacked[],
    tested: StackTest,
  ): Promise<"landed" | "moved" | "cut"> {
    const top = part.at(-1)?.sha ?? expected;
    for (const { order, desk } of part) {
      const results = resultsFor(tested, order);
      if (results.length > 0) await desk.say({ type: "gates_ran", results });
    }
    for (const { sha: mergeSha, desk } of part) {
      const prepared = { expected, mergeSha, top, stack: part.length };
      await desk.say({ type: "landing_prepared", prepared });
    }
    if (part.some(isCut)) return "cut";
    if (!(await this.#parts.hands.target.swap(expected, top))) return "moved";
    await this.#settle(part);
    return "landed";
  }

  async #settle(landed: readonly Stacked[]): Promise<void> {
    const { hands } = this.#parts;
    const follow = await hands.target.follow();
    const followBlocked = follow.followed ? null : follow.why;
    for (const member of landed) {
      const { order, desk, sha } = member;
      const all = order.revert === undefined ? allGates(hands, order.task) : hands.gateSpecs;
      const proven = all.length > 0;
      await desk.say({ type: "landed", sha, proven, followBlocked });
      this.#remove(member);
    }
  }

  async #refuseFirst({ members: [first] }: Stack): Promise<void> {
    if (first === undefined || this.#red === null) throw new Error("nothing is red");
    const { order, desk } = first;
    await this.#parts.lookAtTarget(desk);
    // Where the target is red by itself, the landing was taken back meanwhile.
    await desk.sync();
    if (desk.cut !== null) return;
    const results = resultsFor(this.#red, order);
    if (results.length > 0) await desk.say({ type: "gates_ran", results });
    const why = this.#red.red ?? "";
    await desk.say({ type: "landing_refused", outcome: "gate_failed", why });
    this.#remove(first);
    // Of the others nothing is known: their red may have been that one's.
    this.#startAnew();
  }

  /**
   * Landings that were recorded and then left: is the target moved, or can it be now? It is moved
   * over a whole stack that was tested, and never over a part of one.
   */
  async #finish(members: readonly Member[]): Promise<void> {
    const { target } = this.#parts.hands;
    const left = new Map<string, (Stacked & { readonly prepared: PreparedLanding })[]>();
    for (const member of members) {
      const { prepared } = member.order;
      if (prepared === null || member.desk.cut !== null) continue;
      const recorded = { ...member, sha: prepared.mergeSha, prepared };
      if (await target.contains(prepared.mergeSha)) {
        await this.#settle([recorded]);
        continue;
      }
      const top = prepared.top ?? prepared.mergeSha;
      left.set(top, [...(left.get(top) ?? []), recorded]);
    }
    for (const stack of left.values()) {
      const { prepared } = stack[0] ?? {};
      if (prepared === undefined || stack.length !== (prepared.stack ?? 1)) continue;
      const top = prepared.top ?? prepared.mergeSha;
      if (await target.swap(prepared.expected, top)) await this.#settle(stack);
    }
  }

  #startAnew(): void {
    this.#stack = null;
    this.#search = { waiting: this.#waiting.length, red: null };
    this.#red = null;
  }

  #remove(gone: Member): void {
    this.#waiting = this.#waiting.filter(({ desk }) => desk !== gone.desk);
    this.#parts.release(gone);
  }
}

function isCut({ desk }: Member): boolean {
  return desk.cut !== null;
}
