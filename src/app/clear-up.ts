/**
 * What a temoin that was killed has left, put in order before a new run begins. Step by step:
 * its run is closed in the log; its leases are ended; an attempt whose agent lives on in a session
 * that can be taken up stays as it is, and the new run goes on with it; all other agents, and
 * whatever they started, are ended; the work in their workspaces is saved; their attempts, and each
 * landing, are given up as lost, by nobody's fault, and go on from what was saved. Repeating it
 * after another kill is safe.
 */

import type { LeftSession } from "../agents/driver.ts";
import type { Ledger } from "../control/ledger.ts";
import type { SlotSpec } from "../domain/agent.ts";
import { noWork, type Work } from "../domain/attempt.ts";
import { killedExit } from "../domain/budget.ts";
import type { TaskId } from "../domain/id.ts";
import { attemptOf } from "../domain/put-task.ts";
import { conductorSeat } from "../domain/seat.ts";
import { type State, taskOf } from "../domain/state.ts";
import type { Clock } from "../lib/clock.ts";
import { endAll, findByEnvironment, orphanGraceMs } from "../lib/process-tree.ts";
import type { ProjectPlace } from "../operations/context.ts";
import { recover } from "../runner/recover.ts";
import { leaseMs, type Store } from "../store/store.ts";
import type { OpenHands } from "./open-hands.ts";

export interface ClearUpParts {
  readonly clock: Clock;
  readonly steady: Clock;
  readonly place: ProjectPlace;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly hands: OpenHands;
  /** Those of the run that is about to begin. */
  readonly slots: readonly SlotSpec[];
  readonly onProblem: (says: string) => void;
}

export async function clearUp(parts: ClearUpParts): Promise<void> {
  const { clock, ledger, store, place } = parts;
  const { run } = ledger.state;
  if (run === null) return;
  const leases = await store.reap(clock.now(), [run.runner]);
  if (run.ended === null) {
    const beats = leases.map(({ expiresAt }) => expiresAt - leaseMs);
    const aliveAt = Math.min(Math.max(ledger.state.lastAt, ...beats), clock.now());
    const why = "temoin was killed";
    const end = { type: "run_ended", exitCode: killedExit, why, aliveAt } as const;
    await ledger.decide({ from: "control", input: end });
  }
  const kept = await keepSessions(parts);
  for (const name of [...ledger.state.slots.keys(), conductorSeat, "landing"]) {
    const spared = kept.find((session) => session.slot === name)?.pids() ?? [];
    await endOrphans(parts, `${place.id}/${name}`, spared);
  }
  const goesOn = new Set<string>(kept.map((session) => session.slot));
  const left = [...ledger.state.running.keys()].filter((id) => {
    const task = taskOf(ledger.state, id);
    return task.state !== "running" || !goesOn.has(task.slot);
  });
  // Each in a workspace of its own: most of a restart is the time that their gits take.
  const works = await Promise.all(left.map((id) => recoverWork(parts, id)));
  for (const work of works) if (work !== null) await giveUp(parts, work);
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

/**
 * Sessions that hold the last prompt of an attempt at work, on a slot that the new run has too. All
 * others that live are ended: nobody knows what they would do.
 */
async function keepSessions(parts: ClearUpParts): Promise<readonly LeftSession[]> {
  const { ledger, hands, slots } = parts;
  const kept: LeftSession[] = [];
  for (const driver of hands.forRunner.drivers.all) {
    for (const session of (await driver.left?.()) ?? []) {
      const isThere = slots.some((slot) => slot.id === session.slot && slot.broken === undefined);
      if (isThere && isAtWork(ledger.state, session)) kept.push(session);
      else await session.end();
    }
  }
  return kept;
}

function isAtWork(state: State, { slot, promptId }: LeftSession): boolean {
  for (const id of state.running.keys()) {
    const task = taskOf(state, id);
    if (task.state !== "running" || task.slot !== slot) continue;
    return task.ending === null && promptId?.startsWith(`${id}/${task.attempt}/`) === true;
  }
  return false;
}

async function endOrphans(
  parts: ClearUpParts,
  slot: string,
  spared: readonly number[],
): Promise<void> {
  const { steady: clock, onProblem } = parts;
  const orphans = findByEnvironment("TEMOIN_SLOT", slot).filter((row) => !spared.includes(row.pid));
  const left = await endAll(orphans, { clock, graceMs: orphanGraceMs });
  for (const { pid } of left) onProblem(`Process ${pid} of ${slot} could not be ended.`);
}

interface Recovered {
  readonly task: TaskId;
  readonly attempt: number;
  readonly work: Work;
}

/** What the attempt has left, saved; `null`: the task is not at work. */
async function recoverWork(parts: ClearUpParts, id: TaskId): Promise<Recovered | null> {
  const { ledger, hands, onProblem } = parts;
  const task = taskOf(ledger.state, id);
  if (task.state !== "running") return null;
  const { attempt } = task;
  const { slot, branch } = attemptOf(task, attempt);
  const { workspaces, target } = hands.forRunner;
  const work = await recover(
    { workspaces, target, onProblem },
    { task: id, attempt, slot, branch },
  );
  return { task: id, attempt, work };
}

async function giveUp({ ledger }: ClearUpParts, left: Recovered): Promise<void> {
  const why = "temoin ended before the attempt did";
  await ledger.decide({ from: "control", input: { type: "lost", ...left, byRestart: true, why } });
}
