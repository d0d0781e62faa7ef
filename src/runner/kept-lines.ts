/** After a conflict was joined by an agent: is all there that the other side had added? */

import { droppedLines } from "../domain/conflict.ts";
import type { CommitSha } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { oneLine } from "../domain/view-text.ts";
import type { Hands } from "./hands.ts";

/** Lines that are named; of more the number is told (chosen). */
const mostNamed = 12;

/**
 * One sentence that names the lines; `null`: none is lost, or nothing was joined. `since`: where the
 * work had left the target before this attempt. What is lost without a merge is no loss: the landing
 * itself joins the sides then, and keeps them.
 */
export async function findDropped(
  { target, reportFiles }: Pick<Hands, "target" | "reportFiles">,
  order: AttemptOrder,
  { since, head }: { readonly since: CommitSha; readonly head: CommitSha },
): Promise<string | null> {
  if (!order.earlier.some(({ outcome }) => outcome === "conflict")) return null;
  const theirs = await target.mergeBase(head);
  if (theirs === since) return null;
  const sides = await target.sides({ base: since, theirs, result: head });
  const lost = sides
    .filter(({ path }) => !reportFiles.includes(path))
    .map((side) => ({ path: side.path, lines: droppedLines(side) }))
    .filter(({ lines }) => lines.length > 0);
  if (lost.length === 0) return null;
  const all = lost.flatMap(({ path, lines }) => lines.map((line) => ({ path, line })));
  const named = all.slice(0, mostNamed).map(({ path, line }) => {
    return `\`${oneLine(line, 120)}\` (${path})`;
  });
  const more = all.length > mostNamed ? ` and ${all.length - mostNamed} more` : "";
  const what = all.length === 1 ? "a line is gone" : `${all.length} lines are gone`;
  return `${what} that \`${target.branch}\` had added: ${named.join(", ")}${more}`;
}
