/** A look at the goal on the target as it is, and a last try to let the person's branch follow. */

import path from "node:path";
import type { GateResult } from "../domain/attempt.ts";
import { goalName } from "../domain/goal-items.ts";
import type { GoalOrder } from "../domain/order.ts";
import type { GoalItem } from "../domain/policy.ts";
import type { GoalResult } from "../domain/run-event.ts";
import { listText } from "../domain/view-text.ts";
import type { GateSpec } from "../gates/gate.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { resultOf, runGate } from "./verify.ts";

/** A goal's own command has no timeout of its own (chosen: that of a slow test suite). */
const commandTimeoutMs = 30 * 60 * 1000;

/** Characters of a red command's output that a task for it is told (chosen: some 60 lines). */
const longestTail = 4_000;

export interface GoalParts {
  readonly hands: Hands;
  readonly order: GoalOrder;
  readonly desk: Desk;
}

export async function checkGoal(parts: GoalParts): Promise<void> {
  const { hands, order, desk } = parts;
  if (order.isPartial) return checkPart(parts);
  const { sha } = await hands.target.read();
  const known = order.known?.sha === sha ? order.known.results : [];
  // Other landings of this run may have been tested there already.
  const isKnown = (item: GoalItem): boolean => known.some(({ name }) => name === goalName(item));
  const needsFiles = order.items.some((item) => isCommand(item) && !isKnown(item));
  const cwd = needsFiles ? await hands.target.checkout(sha) : null;
  const results: GoalResult[] = [];
  const red: GateResult[] = [];
  for (const item of order.items) {
    if (item.kind === "queue") continue;
    const before = known.find(({ name }) => isCommand(item) && name === goalName(item));
    results.push(before ?? (await checkItem({ ...parts, red }, item, cwd)));
  }
  // Cut short it has seen nothing: what was not run is not red.
  if (desk.cut !== null) return;
  const follow = await hands.target.follow();
  const followBlocked = follow.followed ? null : follow.why;
  // With tasks open nothing was looked at: that says nothing of this commit.
  const seen = order.items.length === 0 ? {} : { sha, ...(red.length > 0 ? { red } : {}) };
  await desk.say({ type: "goal_checked", results, ...seen, followBlocked });
}

/** While others land: nothing is run, and nothing of git is changed. */
async function checkPart(parts: GoalParts): Promise<void> {
  const { order, desk } = parts;
  const results: GoalResult[] = [];
  for (const item of order.items) {
    if (item.kind === "changed") results.push(await checkItem({ ...parts, red: [] }, item, null));
  }
  if (desk.cut === null) {
    await desk.say({ type: "goal_checked", results, followBlocked: null });
  }
}

function isCommand(item: GoalItem): boolean {
  return item.kind === "gates" || item.kind === "run";
}

interface Looking extends GoalParts {
  /** Gates of the project that are red, as they are found. */
  readonly red: GateResult[];
}

async function checkItem(
  parts: Looking,
  item: Exclude<GoalItem, { kind: "queue" }>,
  cwd: string | null,
): Promise<GoalResult> {
  const name = goalName(item);
  switch (item.kind) {
    case "changed": {
      const changed = await parts.hands.target.changedSince(parts.order.since);
      const met = changed.includes(item.path);
      return { name, met, detail: met ? "changed" : `${item.path} has not changed` };
    }
    case "gates":
      return { name, ...(await runAll(parts, parts.hands.gateSpecs, cwd, parts.red)) };
    case "run": {
      const gate = { name: "goal", run: item.command, timeoutMs: commandTimeoutMs };
      return { name, ...(await runAll(parts, [gate], cwd)) };
    }
  }
}

async function runAll(
  parts: GoalParts,
  gates: readonly GateSpec[],
  cwd: string | null,
  red: GateResult[] = [],
): Promise<Omit<GoalResult, "name">> {
  if (cwd === null) return { met: false, detail: "there is no working tree to look at" };
  const { hands, desk } = parts;
  const env = hands.slotEnv("landing");
  const setupProof = hands.places.proof("goal", 0, "setup");
  const setup = await hands.setup.ensure({ cwd, env, proofFile: setupProof }, desk.signal);
  if (setup !== null && setup.verdict !== "passed") {
    return { met: false, detail: `setup ${setup.verdict}: ${setup.why}` };
  }
  const flapped: string[] = [];
  for (const gate of gates) {
    const proofFile = hands.places.proof("goal", 0, gate.name);
    const tidy = () => hands.target.tidy();
    const ran = await runGate({ gate, cwd, env, proofFile, hands, signal: desk.signal, tidy });
    const { verdict } = ran;
    if (ran.flapped !== null) flapped.push(gate.name);
    if (verdict.verdict === "passed") continue;
    const proof = path.relative(hands.places.root, ran.proofFile);
    const detail = `${gate.name} ${verdict.verdict}: ${verdict.why} (${proof})`;
    const tail = verdict.tail.slice(-longestTail);
    red.push(resultOf(gate, ran, { proof, where: "landing", round: 0 }));
    return { met: false, detail, ...(tail === "" ? {} : { tail }) };
  }
  const flaky = flapped.length === 0 ? "" : `; ${listText(flapped)} was red before it passed`;
  return { met: true, detail: `passed on the target${flaky}` };
}
