/**
 * The handoff of an attempt, composed as its successor begins: what control knows of those before it,
 * and what git knows of their work. It needs no word of theirs, and is the same after a restart.
 */

import type { AttemptOrder, JudgementOrder } from "../domain/order.ts";
import { handoffName } from "../domain/seat.ts";
import { writeText } from "../lib/text-file.ts";
import type { HandoffDocument } from "../prompts/prompt.ts";
import type { Hands } from "./hands.ts";
import type { Prepared } from "./prepare-attempt.ts";
import { isTrouble, sentence } from "./trouble.ts";

/** `null`: it goes on from nobody. The document is kept in a file of the attempt that has left. */
export async function keepHandoff(
  hands: Hands,
  order: AttemptOrder,
  { workspace, since }: Pick<Prepared, "workspace" | "since">,
): Promise<HandoffDocument | null> {
  const { handoff: facts, base, task } = order;
  if (facts === undefined) return null;
  const hasWork = base.from === "attempt";
  const work = hasWork
    ? {
        since,
        commits: (await hands.target.commitsBetween(since, base.commit)).map(hands.mask),
        changed: (await workspace.inspect(since, hands.reportFiles)).changed,
      }
    : null;
  const file = hands.places.handoff(task.id, facts.last.n);
  const document = { facts, work, file };
  const text = hands.mask(await hands.prompts.handoff(order, document));
  await keep(hands, { file, text, of: task.id });
  return document;
}

/** For persons: whoever comes after a kill in between finds it, or writes it anew, all from the store. */
export async function keepRoleHandoff(hands: Hands, order: JudgementOrder): Promise<void> {
  const file = hands.places.roleHandoff(handoffName(order));
  await keep(hands, { file, text: order.handoff, of: "the conductor" });
}

/** It is in the prompt too: what is in the place of its file holds nobody up. */
async function keep(
  hands: Hands,
  { file, text, of }: { readonly file: string; readonly text: string; readonly of: string },
): Promise<void> {
  try {
    await writeText(file, text);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    hands.onProblem(`The handoff of ${of} could not be kept: ${sentence(error)}`);
  }
}
