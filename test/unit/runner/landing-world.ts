/**
 * A target in memory, on which batches of landings run: a commit is a set of files, a change is one
 * file of its task's name and whatever else it writes. What is red is told by the test. Each thing
 * that is said or done is a step, at which the world can end.
 */

import assert from "node:assert/strict";
import type { GateResult, VerdictKind } from "../../../src/domain/attempt.ts";
import type { Lease } from "../../../src/domain/commit.ts";
import {
  type AgentName,
  type CommitSha,
  parseAgentName,
  parseSha,
} from "../../../src/domain/id.ts";
import type { RunnerInput } from "../../../src/domain/input.ts";
import type { LandingOrder } from "../../../src/domain/order.ts";
import { defaultPolicy } from "../../../src/domain/policy.ts";
import type { PreparedLanding, Priority } from "../../../src/domain/task.ts";
import { Desk } from "../../../src/runner/desk.ts";
import type { Hands } from "../../../src/runner/hands.ts";
import { LandingBatch } from "../../../src/runner/land.ts";
import type { Member } from "../../../src/runner/stack.ts";
import type { Target } from "../../../src/workspaces/workspace.ts";
import { id, spec } from "../../task-spec.ts";

type Files = ReadonlyMap<string, string>;

interface Commit {
  readonly sha: CommitSha;
  readonly files: Files;
  readonly parents: readonly CommitSha[];
}

export class Killed extends Error {}

export interface Change {
  readonly name: string;
  /** Besides the file of its name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly priority?: Priority;
  readonly verify?: readonly string[];
}

export class LandingWorld {
  /** Which files together are red by a gate; the command is `gate` or that of a task. */
  isRed: (files: Files, command: string) => boolean = () => false;
  /** Called before each step. */
  onStep: (step: string) => void = () => undefined;
  readonly tested: Files[] = [];
  readonly landed: string[] = [];
  readonly refused = new Map<string, string>();
  readonly said: string[] = [];
  readonly #commits = new Map<string, Commit>();
  readonly #changes: readonly Change[];
  readonly #prepared = new Map<string, PreparedLanding>();
  readonly #desks = new Map<string, Desk>();
  /** Tasks whose lease is lost. */
  readonly #stale = new Set<string>();
  #tip: CommitSha;

  constructor(changes: readonly Change[]) {
    this.#tip = this.#commit(new Map(), []);
    this.#changes = changes;
  }

  get files(): readonly string[] {
    return [...this.#at(this.#tip).files.keys()].toSorted();
  }

  gatesRun(): number {
    return this.tested.length;
  }

  /** A person's commit on the target. */
  push(file: string): void {
    const { files } = this.#at(this.#tip);
    this.#tip = this.#commit(new Map([...files, [file, "person"]]), [this.#tip]);
  }

  lose(name: string): void {
    this.#stale.add(name);
    this.#desks.get(name)?.stop({ kind: "lost" });
  }

  loseAll(): void {
    for (const name of this.#desks.keys()) if (!this.landed.includes(name)) this.lose(name);
  }

  /** Lands whatever is left, as one batch; rejects with `Killed` when the world has ended. */
  async land(): Promise<void> {
    const isLeft = ({ name }: Change): boolean => {
      return !this.landed.includes(name) && !this.refused.has(name) && !this.#stale.has(name);
    };
    const left = this.#changes.filter(isLeft).map((change) => this.#member(change));
    const first = left.shift();
    if (first === undefined) return;
    using batch = new LandingBatch({
      hands: this.#hands(),
      first,
      claimMore: async () => left.shift() ?? null,
      // Control takes back what waits where the target is red by itself.
      lookAtTarget: async () => {
        if (this.isRed(this.#at(this.#tip).files, "gate")) this.loseAll();
      },
      known: () => () => null,
      release: () => undefined,
    });
    await batch.run();
  }

  #member(change: Change): Member {
    const { name, files = {}, priority = "medium", verify = [] } = change;
    const root = this.#commits.values().next().value;
    assert(root !== undefined);
    const head = this.#commit(new Map([[name, name], ...Object.entries(files)]), [root.sha]);
    const lease: Lease = {
      queue: "$landing",
      id: name,
      fence: 1,
      runner: "r",
      expiresAt: 0,
      data: {},
    };
    const desk = new Desk(
      lease,
      (input) => this.#say(name, input),
      async () => undefined,
    );
    this.#desks.set(name, desk);
    const order: LandingOrder = {
      kind: "landing",
      task: spec(name, { priority, verify }),
      agent: nameOf("ada"),
      attempt: 1,
      branch: `temoin/${name}/1`,
      head,
      prepared: this.#prepared.get(name) ?? null,
      policy: defaultPolicy,
    };
    return { order, desk };
  }

  async #say(name: string, input: RunnerInput): Promise<"accepted" | "stale"> {
    this.onStep(`before ${input.type} ${name}`);
    if (this.#stale.has(name)) return "stale";
    this.said.push(`${name} ${input.type}`);
    if (input.type === "landing_prepared") this.#prepared.set(name, input.prepared);
    if (input.type === "landing_refused") this.refused.set(name, `${input.outcome}: ${input.why}`);
    if (input.type === "landed") {
      assert.ok(!this.landed.includes(name), `${name} landed twice`);
      assert.ok(this.#contains(input.sha), `${name} is in the target`);
      this.landed.push(name);
    }
    this.onStep(`after ${input.type} ${name}`);
    return "accepted";
  }

  #hands(): Hands {
    const parts: Partial<Hands> = {
      target: this.#target(),
      gateSpecs: [{ name: "gate", run: "gate", timeoutMs: 1000 }],
      gates: {
        check: async ({ gate, cwd }) => {
          const { files } = this.#at(cwd);
          if (gate.run === "gate") this.tested.push(files);
          this.onStep(`gate ${gate.run}`);
          const isRed = this.isRed(files, gate.run);
          return {
            ...verdictOf(isRed ? "failed" : "passed"),
            failures: [],
            tests: null,
            note: null,
          };
        },
      },
      setup: { ensure: async () => null },
      slotEnv: () => ({}),
      places: {
        root: "/",
        proof: (...parts) => `/${parts.join("/")}`,
        prompt: () => "",
        handoff: () => "",
        roleHandoff: () => "",
        log: () => "",
        agentFiles: () => "",
      },
    };
    // A batch has no use for the rest.
    return parts as Hands;
  }

  #target(): Target {
    const parts: Partial<Target> = {
      branch: "main",
      read: async () => ({ sha: this.#tip, diverged: null }),
      merge: async ({ onto, head, message }) => {
        const ours = this.#at(onto).files;
        const theirs = this.#at(head).files;
        const clash = [...theirs].filter(([file, text]) => (ours.get(file) ?? text) !== text);
        if (clash.length > 0) return { kind: "conflict", files: clash.map(([file]) => file) };
        if ([...theirs.keys()].every((file) => ours.has(file))) return { kind: "nothing" };
        assert.match(message, /Temoin-Task: T-/);
        return { kind: "merged", sha: this.#commit(new Map([...ours, ...theirs]), [onto, head]) };
      },
      conflict: async () => null,
      touches: async () => [],
      checkout: async (sha) => sha,
      tidy: async () => [],
      swap: async (expected, next) => {
        this.onStep("before swap");
        const isThere = this.#tip === expected;
        if (isThere) {
          const { files } = this.#at(next);
          const names = (of: Files) => [...of.keys()].toSorted().join();
          assert.ok(
            this.tested.some((one) => names(one) === names(files)),
            "it was tested",
          );
          this.#tip = next;
        }
        this.onStep("after swap");
        return isThere;
      },
      contains: async (sha) => this.#contains(sha),
      follow: async () => {
        this.onStep("follow");
        return { followed: true };
      },
    };
    return parts as Target;
  }

  #contains(sha: CommitSha, from: CommitSha = this.#tip): boolean {
    if (from === sha) return true;
    return this.#at(from).parents.some((parent) => this.#contains(sha, parent));
  }

  #commit(files: Files, parents: readonly CommitSha[]): CommitSha {
    const sha = parseSha(String(this.#commits.size + 1).padStart(40, "0"));
    assert(sha !== null);
    this.#commits.set(sha, { sha, files, parents });
    return sha;
  }

  #at(sha: string): Commit {
    const commit = this.#commits.get(sha);
    assert(commit !== undefined, sha);
    return commit;
  }
}

function verdictOf(verdict: VerdictKind): Pick<
  GateResult,
  "verdict" | "exitCode" | "durationMs" | "why"
> & {
  readonly tail: string;
} {
  const exitCode = verdict === "passed" ? 0 : 1;
  return { verdict, exitCode, durationMs: 1, why: verdict, tail: "" };
}

export function changes(count: number): readonly Change[] {
  return Array.from({ length: count }, (_, n) => ({ name: id(`T-${n + 1}`) }));
}

function nameOf(text: string): AgentName {
  const name = parseAgentName(text);
  assert(name !== null, text);
  return name;
}
