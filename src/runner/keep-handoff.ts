/**
 * The handoff of an attempt, composed as its successor begins: what control knows of those before it,
 * and what git knows of their work. It needs no word of theirs, and is the same after a restart.
 */

import type { AttemptOrder } from "../domain/order.ts";
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
  try {
    await writeText(file, text);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    hands.onProblem(`The handoff of ${task.id} could not be kept: ${sentence(error)}`);
  }
  return document;
}
