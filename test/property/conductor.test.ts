/** However calls end, people interfere and old terms speak: one holder a term, and nothing of an old one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Lease } from "../../src/domain/commit.ts";
import { isRefusal } from "../../src/domain/decide.ts";
import { judgements } from "../../src/domain/judgement.ts";
import { isRunning } from "../../src/domain/state.ts";
import { successor } from "../../src/domain/succession.ts";
import { ConductorProject, usual } from "../unit/domain/conductor-project.ts";
import { agent, draft } from "../unit/domain/project.ts";

const step = fc.oneof(
  fc.record({ do: fc.constant("acknowledge" as const) }),
  fc.record({ do: fc.constant("end" as const) }),
  fc.record({ do: fc.constant("late" as const) }),
  fc.record({ do: fc.constant("fail" as const), limitMs: fc.option(fc.nat(600_000)) }),
  fc.record({
    do: fc.constant("fill" as const),
    when: fc.constantFrom("at_rest" as const, "in_turn" as const),
    limitMs: fc.option(fc.nat(600_000)),
  }),
  fc.record({ do: fc.constant("move" as const), to: fc.constantFrom(null, "claude", "amp") }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.nat(1_000_000) }),
  fc.record({ do: fc.constant("judge" as const) }),
  fc.record({ do: fc.constant("decide" as const), back: fc.nat(3) }),
  fc.record({ do: fc.constant("kill" as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly project = new ConductorProject();
  readonly #held: Lease[] = [];
  readonly #reclaim: boolean;
  #tasks = 0;
  #decided = 0;

  constructor(reclaim: boolean) {
    this.#reclaim = reclaim;
    this.#start();
  }

  take(step: Step): void {
    const { project } = this;
    const { call, term } = project.conductor;
    if (call !== null) this.#held.push(project.callLease());
    if (step.do === "acknowledge") project.speak({ type: "acknowledge" });
    if (step.do === "end" && call !== null) project.ended();
    if (step.do === "fail" && call !== null) {
      project.failed("gone", step.limitMs === null ? null : project.now + step.limitMs);
    }
    if (step.do === "fill" && call !== null) {
      project.tell({ type: "conductor_seen", percent: 98 });
      project.full(step.when, step.limitMs === null ? null : project.now + step.limitMs);
    }
    if (step.do === "move") {
      const to = step.to === null ? null : agent(step.to);
      project.do({ from: "person", input: { type: "move_role", to } });
    }
    if (step.do === "wait") project.tick(step.ms);
    if (step.do === "judge") this.#judge();
    if (step.do === "decide") this.#decide(term - step.back);
    if (step.do === "late") this.#late();
    if (step.do === "kill") this.#kill();
    this.#check();
  }

  #start(): void {
    this.project.start({ reclaim: this.#reclaim, calls: 1_000 });
  }

  #judge(): void {
    this.#tasks += 1;
    const name = `T-${this.#tasks}`;
    this.project.add(draft(name));
    if (this.project.stateOf(name) === "running") this.project.fail(name);
  }

  #decide(term: number): void {
    const { conductor } = this.project;
    const isHeld = conductor.agent !== null && term === conductor.term;
    const decided = this.project.speak({ type: "decided", text: "so be it" }, term);
    const isHeard = !isRefusal(decided);
    assert.equal(isHeard, isHeld && conductor.acknowledgedAt !== null);
    if (isHeard) this.#decided += 1;
  }

  /** Hands that were cut off tell the end of a call that is nobody's any more. */
  #late(): void {
    const lease = this.#held.shift();
    if (lease === undefined || lease.id === this.#openId()) return;
    const before = this.project.events.length;
    assert.equal(this.project.ended(lease).settle, true);
    // What time alone has brought may come with it.
    const came = this.project.events.slice(before);
    assert.equal(came.filter(({ type }) => type === "conductor_call_ended").length, 0);
  }

  #openId(): string | null {
    return this.project.conductor.call === null ? null : this.project.callLease().id;
  }

  #kill(): void {
    if (!isRunning(this.project.state)) return;
    this.project.control({ type: "run_ended", exitCode: 137, why: "killed" });
    for (const id of [...this.project.state.running.keys()]) this.project.lose(id, true);
    this.#start();
  }

  #check(): void {
    const { state, conductor, events, now } = this.project;
    const terms = events.flatMap((one) => (one.type === "conductor_appointed" ? [one.term] : []));
    assert.deepEqual(
      terms,
      terms.map((_, place) => place + 1),
    );
    const said = events.filter(({ type }) => type === "conductor_decided");
    assert.equal(said.length, this.#decided);
    assert.equal(conductor.decided.length, this.#decided);
    if (conductor.call !== null) assert.notEqual(conductor.agent, null);
    const isDue = (conductor.lastCallAt ?? -Infinity) + usual.coolDownMs <= now;
    const policy = state.run?.policy.conductor ?? usual;
    const canBe = conductor.agent ?? successor(state, policy, { now, not: null });
    const isWaited = isRunning(state) && judgements(state).length > 0 && isDue && canBe !== null;
    if (isWaited) assert.notEqual(conductor.call, null, "nobody is called");
  }
}

test("one holder a term, no word of an old term, no decision lost", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 60 }), (reclaim, steps) => {
      const world = new World(reclaim);
      for (const one of steps) world.take(one);
    }),
    { numRuns: 300 },
  );
});
