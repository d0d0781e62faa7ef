/**
 * One landing: merge onto the target in the object store, gates on the result in a worktree of its
 * own, record what is about to happen, move the target by compare-and-swap, let the person's
 * branch follow, settle.
 *
 * Killed at any point it can be taken up again: before the record nothing has happened; after it
 * the target tells whether it was moved.
 */

import type { CommitSha } from "../domain/id.ts";
import { landingMessage } from "../domain/message.ts";
import type { LandingOrder } from "../domain/order.ts";
import type { PreparedLanding } from "../domain/task.ts";
import type { Desk } from "./desk.ts";
import { listed } from "./evidence.ts";
import type { Hands } from "./hands.ts";
import { allGates, allPassed, redGates, verify } from "./verify.ts";

/** The target may move under us (a person commits); so often it is tried anew (chosen). */
const mostTries = 5;

export interface LandingParts {
  readonly hands: Hands;
  readonly order: LandingOrder;
  readonly desk: Desk;
}

export async function land(parts: LandingParts): Promise<void> {
  const { hands, order, desk } = parts;
  if (order.prepared !== null && (await finish(parts, order.prepared))) return;
  for (let tries = 0; tries < mostTries && desk.cut === null; tries += 1) {
    const tested = await test(parts);
    if (tested === null) return;
    await desk.say({ type: "landing_prepared", prepared: tested });
    if (desk.cut !== null) return;
    if (await hands.target.swap(tested.expected, tested.mergeSha)) {
      await settle(parts, tested.mergeSha);
      return;
    }
  }
  await desk.say({ type: "landing_lost", why: "the target moved each time it was tried" });
}

/** A landing that was recorded and then left: is the target moved, or can it be now? */
async function finish(parts: LandingParts, prepared: PreparedLanding): Promise<boolean> {
  const { target } = parts.hands;
  const isDone = await target.contains(prepared.mergeSha);
  if (!isDone && !(await target.swap(prepared.expected, prepared.mergeSha))) return false;
  await settle(parts, prepared.mergeSha);
  return true;
}

/** The merged commit, green; or `null` when the landing was refused, and told so. */
async function test(parts: LandingParts): Promise<PreparedLanding | null> {
  const { hands, order, desk } = parts;
  const { sha: expected } = await hands.target.read();
  const merge = await hands.target.merge({
    onto: expected,
    head: order.head,
    mode: order.policy.landing,
    message: landingMessage(order),
  });
  if (merge.kind === "conflict") {
    const why = `conflicts with ${hands.target.branch} in ${listed(merge.files)}`;
    await desk.say({ type: "landing_refused", outcome: "conflict", why });
    return null;
  }
  if (merge.kind === "nothing") {
    const why = `${hands.target.branch} holds all of it already`;
    await desk.say({ type: "landing_refused", outcome: "no_change", why });
    return null;
  }
  const red = await redReason(parts, merge.sha);
  if (desk.cut !== null) return null;
  if (red !== null) {
    await desk.say({ type: "landing_refused", outcome: "gate_failed", why: red });
    return null;
  }
  return { expected, mergeSha: merge.sha };
}

async function redReason(parts: LandingParts, sha: CommitSha): Promise<string | null> {
  const { hands, order, desk } = parts;
  const gates = allGates(hands, order.task);
  if (gates.length === 0) return null;
  const cwd = await hands.target.checkout(sha);
  const env = hands.slotEnv("landing");
  const proofFile = hands.places.proof(order.task.id, order.attempt, "landing-setup");
  const setup = await hands.setup.ensure({ cwd, env, proofFile }, desk.signal);
  if (setup !== null && setup.verdict !== "passed") {
    return `setup ${setup.verdict} on the merged result: ${setup.why}`;
  }
  const at = { slot: "landing", where: "landing", round: 0 } as const;
  const checked = await verify({ ...at, hands, desk, cwd, order, gates });
  if (allPassed(checked)) return null;
  const red = redGates(checked).map((gate) => `${gate.result.name}: ${gate.result.why}`);
  return `red on the merged result: ${red.join("; ")}`;
}

async function settle(parts: LandingParts, sha: CommitSha): Promise<void> {
  const { hands, order, desk } = parts;
  const follow = await hands.target.follow();
  await desk.say({
    type: "landed",
    sha,
    proven: allGates(hands, order.task).length > 0,
    followBlocked: follow.followed ? null : follow.why,
  });
}
