/** Gates on a directory: each in its turn, each with its proof, all told to control in one go. */

import path from "node:path";
import type { GateResult } from "../domain/attempt.ts";
import type { SlotId } from "../domain/id.ts";
import type { AttemptOrder, LandingOrder } from "../domain/order.ts";
import type { TaskSpec } from "../domain/task.ts";
import type { GateSpec } from "../gates/gate.ts";
import type { FailedGate } from "../prompts/prompt.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";

/** A task's own `verify` command has no timeout of its own (chosen: that of a slow test suite). */
const verifyTimeoutMs = 30 * 60 * 1000;

export interface Verifying {
  readonly hands: Hands;
  readonly desk: Desk;
  readonly cwd: string;
  readonly slot: SlotId | "landing";
  readonly order: AttemptOrder | LandingOrder;
  readonly round: number;
  readonly where: "workspace" | "landing";
  readonly gates: readonly GateSpec[];
}

export interface Checked extends FailedGate {
  readonly passed: boolean;
}

/** In order; after the desk was cut the rest is `skipped`, which is not passed. */
export async function verify(request: Verifying): Promise<readonly Checked[]> {
  const { desk } = request;
  const checked: Checked[] = [];
  for (const gate of request.gates) {
    checked.push(await check(request, gate));
  }
  const results = checked.map((one) => one.result);
  if (results.length > 0 && desk.cut?.kind !== "lost") {
    await desk.say({ type: "gates_ran", results });
  }
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
  const verdict = await hands.gates.check(
    { gate, cwd: request.cwd, env, proofFile },
    request.desk.signal,
  );
  const result: GateResult = {
    name: gate.name,
    verdict: verdict.verdict,
    exitCode: verdict.exitCode,
    durationMs: verdict.durationMs,
    proof: path.relative(hands.places.root, proofFile),
    why: verdict.why,
    where,
    round,
  };
  return { result, tail: verdict.tail, proofPath: proofFile, passed: verdict.verdict === "passed" };
}
