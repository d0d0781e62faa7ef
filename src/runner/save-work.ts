/** Saving all that an attempt has left. Only what is saved can be gone on from. */

import type { CommitSha } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { isDiskFull } from "../lib/disk-full.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { pauseAfter, sentence } from "./trouble.ts";

export interface SaveParts {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly desk: Desk;
  readonly workspace: Workspace;
  readonly reason: string;
}

/** While the disk is full it waits. `null`: nothing was there, or it cannot be saved now. */
export async function saveWork(parts: SaveParts): Promise<CommitSha | null> {
  const { hands, order, desk, workspace, reason } = parts;
  const of = { task: order.task.id, attempt: order.attempt };
  for (let troubles = 0; ; troubles += 1) {
    try {
      return await workspace.save(of, reason);
    } catch (error) {
      const isLater = isDiskFull(error) && desk.cut === null;
      if (troubles === 0 || !isLater) {
        const then = isLater ? " It is tried again." : "";
        hands.onProblem(`The work of ${of.task} could not be saved now: ${sentence(error)}${then}`);
      }
      // The files are still in the workspace and are saved before the slot's next reset.
      if (!isLater) return null;
      await pauseAfter(troubles, hands.clock, desk);
    }
  }
}
