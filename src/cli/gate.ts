/** `temoin gate run [NAME…]` */

import { durationText } from "../domain/view-duration.ts";
import { failureLine } from "../domain/view-failure.ts";
import { testsText } from "../domain/view-gates.ts";
import { AppError } from "../lib/app-error.ts";
import type { GateCheck } from "../operations/context.ts";
import { gateRun } from "../operations/gate-run.ts";
import { type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";

/** Of a red gate so many failures or lines are shown; the proof has them all (chosen). */
const shownLines = 30;

export const command: CliCommand = {
  describe: (command) =>
    command.argument("<run>", "the word `run`").argument("[names...]", "gates; without, all"),
  endsBySignal: true,
  async run(call) {
    const { face, args } = call;
    const [verb, ...names] = args;
    if (verb !== "run") {
      throw new AppError("usage", `There is no command \`temoin gate ${verb}\`.`, {
        hint: "Did you mean `temoin gate run`?",
      });
    }
    const wanted = names.filter((name) => name !== undefined);
    const answer = await perform(call, gateRun, { names: wanted });
    if (face.isJson) face.printJson(answer);
    else {
      for (const gate of answer.gates) show(gate, face);
    }
    return answer.passed ? 0 : 1;
  },
};

function show(gate: GateCheck, face: Face): void {
  const { name, verdict, durationMs, why, tail, failures, note, proof } = gate;
  const isGreen = verdict === "passed";
  const sign = isGreen ? face.style("green", "✓") : face.style("red", "✗");
  const parts = [
    name,
    verdict,
    durationText(durationMs),
    testsText(gate.tests),
    isGreen ? null : why,
  ];
  face.print(`${sign} ${parts.filter((part) => part !== null).join("  ")}`);
  if (note !== null) face.print(`    ${face.style("yellow", "note")}: ${note}`);
  if (isGreen) return;
  for (const failure of failures.slice(0, shownLines)) face.print(`    ${failureLine(failure)}`);
  // What was understood says it all; the output itself is in the proof.
  const lines = failures.length > 0 ? [] : tail.trimEnd().split("\n").slice(-shownLines);
  for (const line of lines) face.print(`    ${line}`);
  face.say(`    all of it: ${proof}`);
}
