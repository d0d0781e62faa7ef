/**
 * What an attempt has done, checked: the gates on it; what it was to deliver; and where all is green,
 * a second look at what it has changed of the checks themselves.
 */

import type { GateResult } from "../domain/attempt.ts";
import { deliverablePaths, missingDeliverables } from "../domain/deliverable.ts";
import { doubts, type SecondLook, touchedProtected } from "../domain/doubt.ts";
import type { CommitSha } from "../domain/id.ts";
import { judgeRound, type RoundEnd } from "../domain/judge-round.ts";
import { isExcused } from "../domain/target-check.ts";
import type { GateSpec } from "../gates/gate.ts";
import type { FailedGate, Finding } from "../prompts/prompt.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import { type Baselines, baselineOf, type Look } from "./baselines.ts";
import { allGates, type Checked, redGates, type Verifying, verify } from "./verify.ts";

export interface WorkToCheck {
  /** Of the workspace, at its last commit. */
  readonly verifying: Omit<Verifying, "gates" | "baseline" | "order"> & {
    readonly order: Extract<Verifying["order"], { kind: "attempt" }>;
  };
  readonly workspace: Workspace;
  readonly baselines: Baselines;
  readonly look: Look;
  readonly since: CommitSha;
  readonly head: CommitSha;
  /** Report files do not count. */
  readonly changed: readonly string[];
  /** What is missing of the deliverables was given back before. */
  readonly missingTold: boolean;
}

export interface CheckedWork {
  readonly end: RoundEnd;
  readonly red: readonly FailedGate[];
  readonly findings: readonly Finding[];
  readonly hasMissing: boolean;
  readonly isUnproven: boolean;
}

/** `null`: called off. */
export async function checkWork(work: WorkToCheck): Promise<CheckedWork | null> {
  const { verifying } = work;
  const { hands, order, desk, round } = verifying;
  const before = await work.look.results;
  if (desk.cut !== null || before === null) return null;
  const known = new Map(before.map((result) => [result.name, result]));
  const checked = await verify({
    ...verifying,
    gates: allGates(hands, order.task),
    baseline: baselineOf(hands, before),
  });
  if (desk.cut !== null) return null;
  const { task, brief, policy } = order;
  const mayExcuse = task.mends === undefined && policy.fixTasks > 0;
  const red = redGates(checked).map((gate): FailedGate & { readonly isExcused: boolean } => {
    const was = isExcused(gate.result, known.get(gate.result.name), brief);
    return { ...gate, wasRedBefore: was, isExcused: was && mayExcuse };
  });
  const missing = await findMissing(work);
  const found = red.length > 0 ? [] : await lookAgain(work, checked, known);
  if (found === null) return null;
  const end = judgeRound({
    round,
    feedbackRounds: policy.feedbackRounds,
    red: red.map(({ result, isExcused }) => ({ name: result.name, why: result.why, isExcused })),
    missing,
    missingTold: work.missingTold,
    doubts: doubts(found, { changed: work.changed, brief }),
  });
  const findings = missing.map((says) => ({ says }));
  return { end, red, findings, hasMissing: missing.length > 0, isUnproven: checked.length === 0 };
}

async function findMissing(work: WorkToCheck): Promise<readonly string[]> {
  const { hands, order } = work.verifying;
  const paths = deliverablePaths(order.brief).filter((file) => !hands.reportFiles.includes(file));
  const isThere = new Set<string>();
  for (const file of paths) if (await work.workspace.has(file)) isThere.add(file);
  return missingDeliverables(paths, { changed: work.changed, isThere });
}

/** Each gate of the project, with what it protects as the target had it. `null`: called off. */
async function lookAgain(
  work: WorkToCheck,
  checked: readonly Checked[],
  known: ReadonlyMap<string, GateResult>,
): Promise<readonly SecondLook[] | null> {
  const { hands } = work.verifying;
  const looks: SecondLook[] = [];
  for (const gate of hands.gateSpecs) {
    const now = checked.find(({ result }) => result.name === gate.name)?.result;
    if (now === undefined) continue;
    const laid = await lookLaid(work, gate);
    if (laid === "cut") return null;
    const { name, protects = [] } = gate;
    looks.push({ name, protects, now, before: known.get(name) ?? null, laid });
  }
  return looks;
}

async function lookLaid(work: WorkToCheck, gate: GateSpec): Promise<GateResult | null | "cut"> {
  const { hands, order, desk, round } = work.verifying;
  const { changed, since, head } = work;
  const globs = touchedProtected(gate.protects ?? [], { changed, brief: order.brief });
  if (globs.length === 0) return null;
  // Paths stand for themselves: what a glob would match beside them is no matter of this gate.
  const sha = await hands.target.overlay({ head, from: since, paths: globs });
  if (sha === null) return null;
  const name = `${order.task.id}-${order.attempt}-${round}`;
  const laid = await work.baselines.lookAt(sha, { gate, name, signal: desk.signal });
  return desk.cut === null ? laid : "cut";
}
