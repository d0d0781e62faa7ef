/**
 * What the gates find on commits of the target: run when nobody knows it yet, one look at a time, in
 * a worktree where nobody works; after our own landings it is known. Nobody waits for a look but who
 * is about to give a verdict or to land.
 */

import path from "node:path";
import { type GateResult, isRed } from "../domain/attempt.ts";
import type { CommitSha } from "../domain/id.ts";
import type { RunnerInput } from "../domain/input.ts";
import type { TargetCheck } from "../domain/target-check.ts";
import type { Baseline, GateSpec } from "../gates/gate.ts";
import { Mutex } from "../lib/mutex.ts";
import type { ControlPort } from "./control-port.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { isTrouble, sentence } from "./trouble.ts";
import { resultOf, runGate } from "./verify.ts";

/** After these nothing more is said of a landing under its lease. */
const ends: ReadonlySet<RunnerInput["type"]> = new Set([
  "landed",
  "landing_refused",
  "landing_lost",
]);

/** Commits remembered (chosen): more than attempts at work at once have bases. */
const kept = 64;

export type BaselineDesk = Pick<Desk, "signal" | "cut" | "say">;

export class Baselines {
  readonly #hands: Hands;
  readonly #scratch = new Mutex();
  /** The newest last. Empty results: it could not be looked at. */
  readonly #known = new Map<CommitSha, readonly GateResult[]>();

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** The same port; by what landings tell over it, the target is known after they have landed. */
  listening(port: ControlPort): ControlPort {
    const found = new Map<string, readonly GateResult[]>();
    return {
      claim: (queue, runner, signal) => port.claim(queue, runner, signal),
      claimNow: (queue, runner) => port.claimNow(queue, runner),
      beat: (request, signal) => port.beat(request, signal),
      submit: async (input, lease) => {
        const answer = await port.submit(input, lease);
        if (answer === "stale" || lease.queue !== "$landing") return answer;
        if (input.type === "gates_ran") {
          // Of the tasks' own commands each means another one by the same name.
          const ofTarget = input.results.filter(({ name }) => this.#isGate(name));
          found.set(lease.id, ofTarget);
        }
        // What an earlier temoin has tested, this one does not know: it is looked at where it has to be.
        const results = found.get(lease.id);
        if (input.type === "landed" && results !== undefined) this.#learn(input.sha, results);
        if (ends.has(input.type)) found.delete(lease.id);
        return answer;
      },
    };
  }

  /** What an earlier temoin, or an earlier landing, has found. */
  seed(checks: readonly TargetCheck[]): void {
    for (const { sha, results } of checks) if (!this.#known.has(sha)) this.#learn(sha, results);
  }

  /** Begins to look at once; whoever does not wait for the answer calls it off. */
  begin(sha: CommitSha, desk: BaselineDesk): Look {
    const own = new AbortController();
    const signal = AbortSignal.any([desk.signal, own.signal]);
    const asked = {
      signal,
      get cut() {
        return desk.cut;
      },
      say: desk.say.bind(desk),
    };
    const results = this.of(sha, asked);
    // Whoever asks for them gets the failure too.
    results.catch(() => undefined);
    return {
      results,
      async [Symbol.asyncDispose]() {
        own.abort(new Error("the look at the target is not needed any more"));
        await results.catch(() => undefined);
      },
    };
  }

  /** `null`: called off. */
  async of(sha: CommitSha, desk: BaselineDesk): Promise<readonly GateResult[] | null> {
    const known = this.#known.get(sha);
    if (known !== undefined || this.#hands.gateSpecs.length === 0) return known ?? [];
    return this.#inScratch(desk.signal, async () => {
      const since = this.#known.get(sha);
      if (since !== undefined) return since;
      const gates = this.#hands.gateSpecs;
      const found = await this.#look(sha, { gates, signal: desk.signal, name: "gates" });
      if (found === null) return null;
      await this.#tell(sha, found, desk);
      if (desk.cut?.kind !== "lost") this.#learn(sha, found);
      return found;
    });
  }

  /** The same of the target as it is now. */
  async ofTarget(desk: BaselineDesk): Promise<void> {
    const { sha } = await this.#hands.target.read();
    await this.of(sha, desk);
  }

  /** What is known of a gate of the project there, without a look; `null`: nothing. */
  known(sha: CommitSha): (gate: GateSpec) => Baseline | null {
    return baselineOf(this.#hands, this.#known.get(sha) ?? []);
  }

  /** One gate on any commit, told to nobody; `null`: called off. `name` is that of its proof. */
  async lookAt(
    sha: CommitSha,
    look: { readonly gate: GateSpec; readonly name: string; readonly signal: AbortSignal },
  ): Promise<GateResult | null> {
    const { gate, ...rest } = look;
    const found = await this.#inScratch(look.signal, () =>
      this.#look(sha, { ...rest, gates: [gate] }),
    );
    return found?.[0] ?? null;
  }

  /** Who is called off while others are at it does not wait for them. */
  #inScratch<T>(signal: AbortSignal, act: () => Promise<T | null>): Promise<T | null> {
    if (signal.aborted) return Promise.resolve(null);
    const left = Promise.withResolvers<null>();
    let isOwn = false;
    const leave = (): void => {
      if (!isOwn) left.resolve(null);
    };
    signal.addEventListener("abort", leave, { once: true });
    const turn = this.#scratch.run(async () => {
      if (signal.aborted) return null;
      isOwn = true;
      return act();
    });
    return Promise.race([turn, left.promise]).finally(() => {
      signal.removeEventListener("abort", leave);
    });
  }

  /** `null`: called off. No results: its files could not be made ready. */
  async #look(
    sha: CommitSha,
    {
      gates,
      signal,
      name,
    }: {
      readonly gates: readonly GateSpec[];
      readonly signal: AbortSignal;
      readonly name: string;
    },
  ): Promise<readonly GateResult[] | null> {
    const { target, places, setup, slotEnv, onProblem } = this.#hands;
    const proof = (what: string): string =>
      places.proof("target", 0, `${sha.slice(0, 10)}-${name}-${what}`);
    const env = slotEnv("landing");
    try {
      const cwd = await target.scratch.checkout(sha);
      const ready = await setup.ensure({ cwd, env, proofFile: proof("setup") }, signal);
      if (signal.aborted) return null;
      if (ready !== null && ready.verdict !== "passed") {
        onProblem(`The gates could not be run on ${sha.slice(0, 10)}: ${ready.why}`);
        return [];
      }
      const results: GateResult[] = [];
      for (const gate of gates) {
        const tidy = () => target.scratch.tidy();
        const run = { gate, cwd, env, proofFile: proof(gate.name), hands: this.#hands };
        const ran = await runGate({ ...run, signal, tidy });
        if (ran.verdict.verdict === "skipped") return null;
        const at = path.relative(places.root, ran.proofFile);
        results.push(resultOf(gate, ran, { proof: at, where: "target", round: 0 }));
      }
      return results;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      onProblem(`The gates could not be run on ${sha.slice(0, 10)}: ${sentence(error)}`);
      return [];
    }
  }

  /** Only of the target as it is: what an older commit is like changes nothing. */
  async #tell(sha: CommitSha, results: readonly GateResult[], desk: BaselineDesk): Promise<void> {
    const { target } = this.#hands;
    if (results.length === 0 || desk.cut?.kind === "lost") return;
    if ((await target.read()).sha !== sha) return;
    const green = [...this.#known].findLast(([, found]) => found.length > 0 && !found.some(isRed));
    const commits = green === undefined ? [] : await target.commitsBetween(green[0], sha);
    await desk.say({ type: "target_checked", sha, results, commits });
  }

  #isGate(name: string): boolean {
    return this.#hands.gateSpecs.some((gate) => gate.name === name);
  }

  #learn(sha: CommitSha, results: readonly GateResult[]): void {
    this.#known.delete(sha);
    this.#known.set(sha, results);
    const [oldest] = this.#known.keys();
    if (this.#known.size > kept && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Of gates of the project alone: a task's own command by the same name is another one. */
export function baselineOf(
  { gateSpecs }: Pick<Hands, "gateSpecs">,
  results: readonly GateResult[],
): (gate: GateSpec) => Baseline | null {
  const found = new Map(results.map((result) => [result.name, result]));
  return (gate) => {
    const before = gateSpecs.includes(gate) ? found.get(gate.name) : undefined;
    if (before === undefined) return null;
    const { verdict, tests = null, durationMs, failures = [] } = before;
    return { verdict, tests, durationMs, failures };
  };
}

/** A look at the target that goes on beside an attempt. */
export interface Look extends AsyncDisposable {
  /** `null`: called off. */
  readonly results: Promise<readonly GateResult[] | null>;
}
