/** `temoin run --dry-run`: the waves, then what would be left. */

import { alignColumns } from "../domain/view-columns.ts";
import { durationText } from "../domain/view-duration.ts";
import { countText, oneLine } from "../domain/view-text.ts";
import { dryRun } from "../operations/dry-run.ts";
import { type Call, perform } from "./command.ts";
import { addTasks, sayNext } from "./print-change.ts";

export async function printDryRun(call: Call, deadline: string | null): Promise<number> {
  const { face } = call;
  const plan = await perform(call, dryRun, { deadline });
  if (face.isJson) {
    face.printJson(plan);
    return 0;
  }
  for (const [place, { afterMs, starts }] of plan.waves.entries()) {
    const after = afterMs === 0 ? "" : `, after ${durationText(afterMs)}`;
    face.print(face.style("bold", `wave ${place + 1}${after}`));
    const rows = starts.map(({ task, slot, title, because }) => [task, slot, title, because]);
    const width = face.width === null ? null : face.width - 2;
    for (const line of alignColumns(rows, width)) face.print(`  ${line}`);
  }
  const isIdle = plan.waves.length === 0;
  if (isIdle) face.print("Nothing would be started.");
  for (const { task, state, why } of plan.left) {
    face.print(`left: ${task} ${state}: ${oneLine(why)}`);
  }
  for (const { agent, says } of plan.missing) face.print(`cannot work: ${agent}: ${oneLine(says)}`);
  const gates = plan.gates.map(({ name }) => name).join(", ") || "none: nothing is proven";
  face.print(`gates: ${gates} · goal: ${plan.goal.join(", ")} · target: ${plan.target ?? "HEAD"}`);
  if (!isIdle) {
    const guess = plan.isEstimated ? "" : ", with 30 min for each task of unknown length";
    face.print(
      `about ${durationText(plan.lengthMs)} with ${countText(plan.slots, "slot")}${guess}`,
    );
  }
  const open = plan.left.length === 0 ? addTasks : "temoin why ID";
  sayNext(face, isIdle ? open : "temoin run");
  return 0;
}
