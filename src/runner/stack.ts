/**
 * Changes that wait to land, merged one on the other in the object store: each keeps its own commit
 * with its own trailers, and nothing is checked out.
 */

import type { CommitSha } from "../domain/id.ts";
import type { RunnerInput } from "../domain/input.ts";
import { landingMessage, revertMessage } from "../domain/message.ts";
import type { LandingOrder } from "../domain/order.ts";
import { listText } from "../domain/view-text.ts";
import type { Merge } from "../workspaces/workspace.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";

/** One landing that was claimed: what is to land, and the lease under which it is spoken of. */
export interface Member {
  readonly order: LandingOrder;
  readonly desk: Desk;
}

export interface Stacked extends Member {
  /** Its own commit, on that of the one before it. */
  readonly sha: CommitSha;
}

export type LandingRefusal = Extract<RunnerInput, { readonly type: "landing_refused" }>;

export interface Stack {
  /** Where the target was. */
  readonly onto: CommitSha;
  readonly members: readonly Stacked[];
  /** They fit the target, and not what lies before them in the stack: their turn comes after it. */
  readonly aside: readonly Member[];
  readonly refused: readonly { readonly member: Member; readonly refusal: LandingRefusal }[];
}

export async function stackUp(
  hands: Hands,
  onto: CommitSha,
  waiting: readonly Member[],
): Promise<Stack> {
  const members: Stacked[] = [];
  const aside: Member[] = [];
  const refused: Stack["refused"][number][] = [];
  let top = onto;
  for (const member of waiting) {
    const merge = await mergeOne(hands, top, member.order);
    if (merge.kind === "merged") {
      members.push({ ...member, sha: merge.sha });
      top = merge.sha;
      continue;
    }
    const alone = top === onto ? merge : await mergeOne(hands, onto, member.order);
    if (alone.kind === "merged") aside.push(member);
    else refused.push({ member, refusal: await refusalOf(hands, { onto, member, merge: alone }) });
  }
  return { onto, members, aside, refused };
}

function mergeOne({ target }: Hands, onto: CommitSha, order: LandingOrder): Promise<Merge> {
  const { revert, policy } = order;
  if (revert !== undefined) {
    const message = revertMessage(order.task, revert);
    return target.revert({ onto, sha: revert.sha, message });
  }
  // With `none` only what had begun before lands.
  const mode = policy.landing === "squash" ? "squash" : "merge";
  return target.merge({ onto, head: order.head, mode, message: landingMessage(order) });
}

interface Unmerged {
  readonly onto: CommitSha;
  readonly member: Member;
  readonly merge: Exclude<Merge, { kind: "merged" }>;
}

async function refusalOf(
  { target }: Hands,
  { onto, member, merge }: Unmerged,
): Promise<LandingRefusal> {
  const { revert } = member.order;
  if (merge.kind === "nothing") {
    const what = revert === undefined ? "holds all of it already" : "holds nothing of it any more";
    return { type: "landing_refused", outcome: "no_change", why: `${target.branch} ${what}` };
  }
  const clash = `conflicts with ${target.branch} in ${listText(merge.files)}`;
  if (revert === undefined) {
    const conflict = await target.conflict({ onto, head: member.order.head });
    const refusal = { type: "landing_refused", outcome: "conflict", why: clash } as const;
    return conflict === null ? refusal : { ...refusal, conflict };
  }
  const later = await target.touches(revert.sha, onto, merge.files);
  const names = later.map(({ task, title }) => task ?? title);
  const why = names.length === 0 ? clash : `${clash}, changed since by ${listText(names)}`;
  return { type: "landing_refused", outcome: "conflict", why };
}
