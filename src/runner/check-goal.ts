/** A look at the goal on the target as it is, and a last try to let the person's branch follow. */

import path from "node:path";
import type { GoalResult } from "../domain/event.ts";
import { goalName } from "../domain/goal.ts";
import type { GoalOrder } from "../domain/order.ts";
import type { GoalItem } from "../domain/policy.ts";
import type { GateSpec } from "../gates/gate.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";

/** A goal's own command has no timeout of its own (chosen: that of a slow test suite). */
const commandTimeoutMs = 30 * 60 * 1000;

export interface GoalParts {
  readonly hands: Hands;
  readonly order: GoalOrder;
  readonly desk: Desk;
}

export async function checkGoal(parts: GoalParts): Promise<void> {
  const { hands, order, desk } = parts;
  const { sha } = await hands.target.read();
  const needsFiles = order.items.some((item) => item.kind === "gates" || item.kind === "run");
  const cwd = needsFiles ? await hands.target.checkout(sha) : null;
  const results: GoalResult[] = [];
  for (const item of order.items) {
    if (item.kind !== "queue") results.push(await checkItem(parts, item, cwd));
  }
  // Cut short it has seen nothing: what was not run is not red.
  if (desk.cut !== null) return;
  const follow = await hands.target.follow();
  const followBlocked = follow.followed ? null : follow.why;
  await desk.say({ type: "goal_checked", results, followBlocked });
}

async function checkItem(
  parts: GoalParts,
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
      return { name, ...(await runAll(parts, parts.hands.gateSpecs, cwd)) };
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
): Promise<{ readonly met: boolean; readonly detail: string }> {
  if (cwd === null) return { met: false, detail: "there is no working tree to look at" };
  const { hands, desk } = parts;
  const env = hands.slotEnv("landing");
  const setupProof = hands.places.proof("goal", 0, "setup");
  const setup = await hands.setup.ensure({ cwd, env, proofFile: setupProof }, desk.signal);
  if (setup !== null && setup.verdict !== "passed") {
    return { met: false, detail: `setup ${setup.verdict}: ${setup.why}` };
  }
  for (const gate of gates) {
    const proofFile = hands.places.proof("goal", 0, gate.name);
    const verdict = await hands.gates.check({ gate, cwd, env, proofFile }, desk.signal);
    if (verdict.verdict !== "passed") {
      const proof = path.relative(hands.places.root, proofFile);
      return { met: false, detail: `${gate.name} ${verdict.verdict}: ${verdict.why} (${proof})` };
    }
  }
  return { met: true, detail: "passed on the target" };
}
