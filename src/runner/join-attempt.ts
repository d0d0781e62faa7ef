/**
 * What an attempt stands on whose session has outlived the temoin that had started it: the
 * workspace as it is, with the agent in it. Nothing is reset and nothing is set up.
 */

import { type AttemptEnd, nothingDone } from "./attempt-end.ts";
import { leftReports, type Prepared, type PrepareParts } from "./prepare-attempt.ts";
import { isTrouble } from "./trouble.ts";

/** Given up as `lost` when the workspace is not the attempt's: then there is nothing to join. */
export async function joinAttempt({ hands, order }: PrepareParts): Promise<Prepared | AttemptEnd> {
  try {
    const workspace = await hands.workspaces.open(order.slot);
    if (workspace === null || workspace.branch !== order.branch) {
      return nothingDone("lost", "its workspace is not there any more");
    }
    const { base } = order;
    const { sha } = await hands.target.read();
    const from = base.from === "target" ? (await workspace.inspect(sha, [])).head : base.commit;
    const since = await hands.target.mergeBase(from);
    return { workspace, since, known: await leftReports({ hands, order }, workspace, since) };
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return nothingDone("lost", error.message);
  }
}
