/**
 * What a temoin that was killed has left, put in order before a new run begins. Step by step:
 * its run is closed in the log; its leases are ended; its agents, and whatever they started, are
 * ended; the work in their workspaces is saved; each attempt and each landing is given up as lost,
 * by nobody's fault, and goes on from what was saved. Repeating it after another kill is safe.
 */

import type { Ledger } from "../control/ledger.ts";
import { noWork } from "../domain/attempt.ts";
import { attemptOf } from "../domain/put-task.ts";
import { taskOf } from "../domain/state.ts";
import type { Clock } from "../lib/clock.ts";
import { endAll, findByEnvironment } from "../lib/process-tree.ts";
import type { ProjectPlace } from "../operations/context.ts";
import { recover } from "../runner/recover.ts";
import type { Store } from "../store/store.ts";
import type { OpenHands } from "./open-hands.ts";

/** From SIGTERM to SIGKILL for what nobody owns any more (chosen). */
const orphanGraceMs = 2_000;

export interface ClearUpParts {
  readonly clock: Clock;
  readonly place: ProjectPlace;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly hands: OpenHands;
  readonly onProblem: (says: string) => void;
}

export async function clearUp(parts: ClearUpParts): Promise<void> {
  const { clock, ledger, store, place } = parts;
  const { run } = ledger.state;
  if (run === null) return;
  if (run.ended === null) {
    const why = "temoin was killed";
    await ledger.decide({ from: "control", input: { type: "run_ended", exitCode: 137, why } });
  }
  await store.reap(clock.now(), [run.runner]);
  for (const name of [...ledger.state.slots.keys(), "landing"]) {
    await endOrphans(parts, `${place.id}/${name}`);
  }
  for (const id of [...ledger.state.running.keys()]) await recoverAttempt(parts, id);
  for (const id of [...ledger.state.landing.keys()]) {
    const task = taskOf(ledger.state, id);
    if (task.state !== "landing") continue;
    const why = "temoin ended before the landing did";
    await ledger.decide({
      from: "control",
      input: { type: "lost", task: id, attempt: task.attempt, byRestart: true, work: noWork, why },
    });
  }
}

async function endOrphans(parts: ClearUpParts, slot: string): Promise<void> {
  const { clock, onProblem } = parts;
  const left = await endAll(findByEnvironment("TEMOIN_SLOT", slot), {
    clock,
    graceMs: orphanGraceMs,
  });
  for (const { pid } of left) onProblem(`Process ${pid} of ${slot} could not be ended.`);
}

async function recoverAttempt(
  parts: ClearUpParts,
  id: Parameters<typeof taskOf>[1],
): Promise<void> {
  const { ledger, hands, onProblem } = parts;
  const task = taskOf(ledger.state, id);
  if (task.state !== "running") return;
  const { slot, branch } = attemptOf(task, task.attempt);
  const { workspaces, target } = hands.forRunner;
  const left = { task: id, attempt: task.attempt, slot, branch };
  const work = await recover({ workspaces, target, onProblem }, left);
  await ledger.decide({
    from: "control",
    input: {
      type: "lost",
      task: id,
      attempt: task.attempt,
      byRestart: true,
      work,
      why: "temoin ended before the attempt did",
    },
  });
}
