/** A project with a conductor: its calls are answered by what a test says. */

import assert from "node:assert/strict";
import type { Lease } from "../../../src/domain/commit.ts";
import type { Conductor, ConductorPolicy } from "../../../src/domain/conductor.ts";
import { type Decision, isRefusal } from "../../../src/domain/decide.ts";
import type { JudgeInput, PersonInput, RoleInput } from "../../../src/domain/input.ts";
import type { Policy } from "../../../src/domain/policy.ts";
import type { Refusal } from "../../../src/domain/refusal.ts";
import { agent, Project } from "./project.ts";

export const usual: ConductorPolicy = {
  order: [agent("claude"), agent("amp")],
  works: true,
  reclaim: false,
  calls: 50,
  coolDownMs: 30_000,
  acknowledgeMs: 120_000,
  callMs: 900_000,
};

export class ConductorProject extends Project {
  get conductor(): Conductor {
    return this.state.conductor;
  }

  start(parts: Partial<ConductorPolicy> = {}, policy: Partial<Policy> = {}): Decision {
    const conductor = { ...usual, ...parts };
    return this.run({ claude: [], amp: [], codex: [] }, { perTask: 1, ...policy, conductor });
  }

  /** A task that fails its only attempt: something to judge. */
  fail(name: string): void {
    this.end(name, "crashed");
  }

  /** The open call, as its hands hold it. */
  callLease(): Lease {
    const { term, call } = this.conductor;
    assert(call !== null, "nobody is called");
    return {
      queue: "$conductor",
      id: `judgement/${term}/${call.n}`,
      fence: call.n,
      runner: "here",
      expiresAt: this.now + 60_000,
      data: { kind: "judgement", term, call: call.n },
    };
  }

  /** What the open call is about, which must be of that number. */
  aboutOf(n: number): readonly string[] {
    const { call } = this.conductor;
    assert(call?.n === n, `call ${call?.n} is open`);
    return call.about.map(({ says }) => says);
  }

  /** The hands say it under a lease; of the open call if no other is given. */
  tell(input: JudgeInput, lease: Lease = this.callLease()): Decision {
    const decided = this.do({ from: "runner", input, lease });
    assert(!isRefusal(decided));
    return decided;
  }

  ended(lease?: Lease): Decision {
    return this.tell(
      { type: "judgement_ended", how: "ended", why: "ok", limitedUntil: null },
      lease,
    );
  }

  /** Its conversation has no room left, or its plan until then; after its call has ended, or in it. */
  full(when: "at_rest" | "in_turn", limitedUntil: number | null = null): Decision {
    const why = "context 98 %";
    const end =
      when === "at_rest"
        ? ({ how: "ended", why: "ok", full: why } as const)
        : { how: "full" as const, why };
    return this.tell({ type: "judgement_ended", ...end, limitedUntil });
  }

  failed(why: string, limitedUntil: number | null = null): Decision {
    return this.tell({ type: "judgement_ended", how: "failed", why, limitedUntil });
  }

  /** The conductor speaks in a term. */
  speak(input: PersonInput | RoleInput, term = this.conductor.term): Decision | Refusal {
    return this.do({ from: "conductor", term, input });
  }

  acknowledge(): void {
    assert(!isRefusal(this.speak({ type: "acknowledge" })));
  }

  tick(ms: number): Decision {
    this.now += ms;
    return this.control({ type: "tick" });
  }
}
