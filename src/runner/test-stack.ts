/** The gates on a stack of landings: once for all of them, in the landing's own worktree. */

import type { GateResult } from "../domain/attempt.ts";
import type { TaskId } from "../domain/id.ts";
import type { LandingOrder } from "../domain/order.ts";
import type { Baseline, GateSpec } from "../gates/gate.ts";
import type { Hands } from "./hands.ts";
import type { Stacked } from "./stack.ts";
import { allPassed, type Checked, type GateDesk, ownGates, redGates, verify } from "./verify.ts";

export interface StackTest {
  /** `null`: green. */
  readonly red: string | null;
  readonly gates: readonly Checked[];
  /** Of the tasks' own `verify` commands. */
  readonly own: ReadonlyMap<TaskId, readonly Checked[]>;
}

export interface StackOn {
  /** Tasks whose changes have landed since the search began. */
  readonly before: readonly LandingOrder[];
  /** Of the target below the stack. */
  readonly baseline: (gate: GateSpec) => Baseline | null;
}

/**
 * The own `verify` of those before counts on, or what is red by it would be laid on somebody else.
 * When one of the members is cut it ends early, and says nothing of the rest.
 */
export async function testStack(
  hands: Hands,
  members: readonly Stacked[],
  { before, baseline }: StackOn,
): Promise<StackTest> {
  const top = members.at(-1);
  if (top === undefined) throw new Error("a stack of nothing is tested");
  const owners = [...before, ...members.map(({ order }) => order)].filter(hasOwnGates);
  const nothing = { red: null, gates: [], own: new Map() };
  if (hands.gateSpecs.length === 0 && owners.length === 0) return nothing;
  const desk = deskOf(members);
  const cwd = await hands.target.checkout(top.sha);
  const env = hands.slotEnv("landing");
  const proofFile = hands.places.proof(top.order.task.id, top.order.attempt, "landing-setup");
  const setup = await hands.setup.ensure({ cwd, env, proofFile }, desk.signal);
  if (setup !== null && setup.verdict !== "passed") {
    return { ...nothing, red: `setup ${setup.verdict} on the merged result: ${setup.why}` };
  }
  const at = { hands, desk, cwd, slot: "landing", where: "landing", round: 0 } as const;
  // With what is taken back its tests may go, the first ones of a gate too.
  const isCompared = members.every(({ order }) => order.revert === undefined);
  const gates = await verify({
    ...at,
    order: top.order,
    gates: hands.gateSpecs,
    ...(isCompared ? { baseline } : {}),
  });
  if (!allPassed(gates)) return { red: redOf(gates), gates, own: new Map() };
  const own = new Map<TaskId, readonly Checked[]>();
  for (const order of owners) {
    const checked = await verify({ ...at, order, gates: ownGates(order.task) });
    own.set(order.task.id, checked);
    if (!allPassed(checked)) return { red: redOf(checked, order.task.id), gates, own };
  }
  return { red: null, gates, own };
}

/** What one member is told of it: the project's gates, and its own. */
export function resultsFor({ gates, own }: StackTest, { task }: LandingOrder): GateResult[] {
  return [...gates, ...(own.get(task.id) ?? [])].map(({ result }) => result);
}

function redOf(checked: readonly Checked[], owner?: TaskId): string {
  const whose = owner === undefined ? "" : ` of ${owner}`;
  const red = redGates(checked).map(({ result }) => `${result.name}${whose}: ${result.why}`);
  return `red on the merged result: ${red.join("; ")}`;
}

/** What is taken back need not pass any more. */
function hasOwnGates({ task, revert }: LandingOrder): boolean {
  return task.verify.length > 0 && revert === undefined;
}

/** Of all members at once: what is found is told when it is known whose it is. */
function deskOf(members: readonly Stacked[]): GateDesk {
  return {
    signal: AbortSignal.any(members.map(({ desk }) => desk.signal)),
    get cut() {
      return members.find(({ desk }) => desk.cut !== null)?.desk.cut ?? null;
    },
    say: async () => undefined,
  };
}
