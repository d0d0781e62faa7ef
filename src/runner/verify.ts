/**
 * Gates on a directory: each in its turn, each with its proof, all told to control in one go. What
 * a gate changes there is undone before the next step, and named.
 */

import path from "node:path";
import { type GateResult, isRed } from "../domain/attempt.ts";
import type { SlotId } from "../domain/id.ts";
import type { AttemptOrder, LandingOrder } from "../domain/order.ts";
import type { TaskSpec } from "../domain/task.ts";
import { listText } from "../domain/view-text.ts";
import type { Baseline, GateSpec, Verdict } from "../gates/gate.ts";
import type { FailedGate } from "../prompts/prompt.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";

/** A task's own `verify` command has no timeout of its own (chosen: that of a slow test suite). */
const verifyTimeoutMs = 30 * 60 * 1000;

/** To whom is told what was found, and who may call it off. */
export type GateDesk = Pick<Desk, "signal" | "cut" | "say">;

export interface Verifying {
  readonly hands: Hands;
  readonly desk: GateDesk;
  readonly cwd: string;
  readonly slot: SlotId | "landing";
  readonly order: AttemptOrder | LandingOrder;
  readonly round: number;
  readonly where: "workspace" | "landing";
  readonly gates: readonly GateSpec[];
  /** What a gate found on the target before; absent: nobody has looked. */
  readonly baseline?: (gate: GateSpec) => Baseline | null;
  /** Puts the files back as they were committed, and tells which differed; absent: of a landing's worktree it is known. */
  readonly tidy?: () => Promise<readonly string[]>;
}

export interface Checked extends FailedGate {
  readonly passed: boolean;
}

/** In order; after the desk was cut the rest is `skipped`, which is not passed. */
export async function verify(request: Verifying): Promise<readonly Checked[]> {
  const { desk } = request;
  const checked = await checkAll(request);
  const results = checked.map((one) => one.result);
  if (results.length > 0 && desk.cut?.kind !== "lost") {
    await desk.say({ type: "gates_ran", results });
  }
  return checked;
}

/** The same, told to nobody. */
async function checkAll(request: Verifying): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for (const gate of request.gates) checked.push(await check(request, gate));
  return checked;
}

/** No gate at all is not red; that nothing is proven is told where the landing is told. */
export function allPassed(checked: readonly Checked[]): boolean {
  return checked.every((one) => one.passed);
}

export function redGates(checked: readonly Checked[]): readonly FailedGate[] {
  return checked.filter((one) => !one.passed);
}

/** Those of the project, then the task's own. */
export function allGates(hands: Hands, task: TaskSpec): readonly GateSpec[] {
  return [...hands.gateSpecs, ...ownGates(task)];
}

/** The task's own `verify` commands, as gates. */
export function ownGates({ verify: commands }: TaskSpec): readonly GateSpec[] {
  return commands.map((run, index) => ({
    name: commands.length === 1 ? "verify" : `verify ${index + 1}`,
    run,
    timeoutMs: verifyTimeoutMs,
  }));
}

async function check(request: Verifying, gate: GateSpec): Promise<Checked> {
  const { hands, order, round, where } = request;
  const name = `${where}-${round}-${gate.name}`;
  const proofFile = hands.places.proof(order.task.id, order.attempt, name);
  const env = hands.slotEnv(request.slot);
  const baseline = request.baseline?.(gate) ?? null;
  const tidy = request.tidy ?? (where === "landing" ? () => hands.target.tidy() : undefined);
  const ran = await runGate({
    gate,
    cwd: request.cwd,
    env,
    proofFile,
    ...(baseline === null ? {} : { baseline }),
    hands,
    signal: request.desk.signal,
    ...(tidy === undefined ? {} : { tidy }),
  });
  const proof = path.relative(hands.places.root, ran.proofFile);
  const result = resultOf(gate, ran, { proof, where, round });
  return {
    result,
    tail: ran.verdict.tail,
    proofPath: ran.proofFile,
    passed: ran.verdict.verdict === "passed",
  };
}

export interface GateRun {
  readonly gate: GateSpec;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly proofFile: string;
  readonly baseline?: Baseline;
  readonly hands: Pick<Hands, "gates">;
  readonly signal: AbortSignal;
  readonly tidy?: () => Promise<readonly string[]>;
}

export interface Ran {
  readonly verdict: Verdict;
  /** Of the run that the verdict is of. */
  readonly proofFile: string;
  /** The red one before, when it was red and passed in the end. */
  readonly flapped: Verdict | null;
  /** Files that it changed, put back since. */
  readonly changed: readonly string[];
}

/** A red run is repeated as often as the gate says; the last one counts, with a proof of its own. */
export async function runGate(run: GateRun): Promise<Ran> {
  const { hands, signal, tidy, ...request } = run;
  const retries = run.gate.retries ?? 0;
  const changed = new Set<string>();
  let flapped: Verdict | null = null;
  for (let repeat = 0; ; repeat += 1) {
    const proofFile = repeat === 0 ? run.proofFile : repeated(run.proofFile, repeat);
    const verdict = await hands.gates.check({ ...request, proofFile }, signal);
    for (const file of (await tidy?.()) ?? []) changed.add(file);
    if (!isRed(verdict) || repeat >= retries || signal.aborted) {
      const isFlaky = flapped !== null && verdict.verdict === "passed";
      return { verdict, proofFile, flapped: isFlaky ? flapped : null, changed: [...changed] };
    }
    flapped = verdict;
  }
}

/** `…/test.log` → `…/test.repeat-1.log`. */
function repeated(file: string, repeat: number): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}.repeat-${repeat}${ext}`);
}

/** What is told of a run. Of one that flapped the failures are those of its red run. */
export function resultOf(
  gate: GateSpec,
  { verdict, flapped, changed }: Ran,
  told: Pick<GateResult, "proof" | "where" | "round">,
): GateResult {
  const { failures } = flapped ?? verdict;
  const notes = [
    verdict.note,
    flapped === null ? null : `It was red before it passed: ${flapped.why}`,
    changed.length === 0 ? null : `It changed ${listText(changed)}, which was undone.`,
  ].filter((note) => note !== null);
  return {
    name: gate.name,
    verdict: verdict.verdict,
    exitCode: verdict.exitCode,
    durationMs: verdict.durationMs,
    why: verdict.why,
    ...told,
    ...(failures.length > 0 ? { failures } : {}),
    ...(verdict.tests === null ? {} : { tests: verdict.tests }),
    ...(flapped === null ? {} : { flaky: true }),
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
  };
}
