/** What an attempt stands on before its agent starts: the workspace at its base, set up. */

import type { CommitSha } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { listText } from "../domain/view-text.ts";
import { isDiskFull } from "../lib/disk-full.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import { type AttemptEnd, nothingDone } from "./attempt-end.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { keyOf, readWritten } from "./look.ts";
import { isTrouble, pauseAfter, sentence } from "./trouble.ts";

export interface Prepared {
  readonly workspace: Workspace;
  /** What the change is measured against: where this line of work left the target. */
  readonly since: CommitSha;
  /** Reports that earlier attempts have left in the files: they say nothing of this one. */
  readonly known: readonly string[];
}

export interface PrepareParts {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly desk: Desk;
}

/**
 * While the repository cannot be read, or the disk takes nothing, it waits: that is the fault of no
 * task, and would fail one after the other. All other trouble ends the attempt.
 */
export async function prepareAttempt(parts: PrepareParts): Promise<Prepared | AttemptEnd> {
  const { hands, order, desk } = parts;
  for (let troubles = 0; ; troubles += 1) {
    const { cut } = desk;
    if (cut !== null && troubles > 0) {
      const why = cut.kind === "lost" ? "its lease was lost" : cut.why;
      return nothingDone(cut.kind === "lost" ? "lost" : cut.outcome, why);
    }
    try {
      return await prepareOnce(parts);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      const says = `the workspace could not be prepared: ${sentence(error)}`;
      const isOfTask = !isDiskFull(error) && (await canRead(hands));
      if (isOfTask) return nothingDone("crashed", says);
      if (troubles === 0) hands.onProblem(`${order.task.id} waits: ${says} It is tried again.`);
      await pauseAfter(troubles, hands.clock, desk);
    }
  }
}

async function canRead({ target }: Hands): Promise<boolean> {
  try {
    await target.read();
    return true;
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return false;
  }
}

async function prepareOnce({ hands, order, desk }: PrepareParts): Promise<Prepared | AttemptEnd> {
  const of = { task: order.task.id, attempt: order.attempt };
  const target = await hands.target.read();
  const isFresh = order.base.from === "target";
  const base = isFresh ? await baseOf(hands, target.sha, order) : order.base.commit;
  if (typeof base !== "string") return base;
  const since = isFresh ? base : await hands.target.mergeBase(base);
  const request = { slot: order.slot, of, branch: order.branch, base };
  const workspace = await hands.workspaces.prepare(request);
  const proofFile = hands.places.proof(of.task, of.attempt, "setup");
  const env = hands.slotEnv(order.slot);
  const setup = await hands.setup.ensure({ cwd: workspace.path, env, proofFile }, desk.signal);
  if (setup !== null && setup.verdict !== "passed" && desk.cut === null) {
    return nothingDone("crashed", `setup ${setup.verdict}: ${setup.why}`);
  }
  return { workspace, since, known: await leftReports({ hands, order }, workspace, since) };
}

/** Keys of the reports that stand in the files by what earlier attempts have written there. */
export async function leftReports(
  { hands, order }: Pick<PrepareParts, "hands" | "order">,
  workspace: Workspace,
  since: CommitSha,
): Promise<readonly string[]> {
  const { base } = order;
  if (base.from === "target") return [];
  const between = { from: since, to: base.commit };
  const added = await workspace.addedLines(between, hands.reportFiles);
  return readWritten(order, added).map(keyOf);
}

/** The target; where nothing lands, with the branches of what the task depends on merged onto it. */
async function baseOf(
  { target }: Hands,
  sha: CommitSha,
  { task, onto = [] }: AttemptOrder,
): Promise<CommitSha | AttemptEnd> {
  let base = sha;
  for (const { task: dep, head } of onto) {
    const message = `Start ${task.id} from the work of ${dep}\n`;
    const merge = await target.merge({ onto: base, head, mode: "merge", message });
    if (merge.kind === "conflict") {
      const names = listText(onto.map((one) => one.task));
      const why = `the branches of ${names} cannot be joined: they conflict in ${listText(merge.files)}`;
      return nothingDone("blocked", why);
    }
    if (merge.kind === "merged") base = merge.sha;
  }
  return base;
}
