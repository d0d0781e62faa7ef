/** `temoin gate run [NAME…]` */

import { durationText } from "../domain/view-duration.ts";
import { AppError } from "../lib/app-error.ts";
import { gateRun } from "../operations/gate-run.ts";
import { type CliCommand, perform } from "./command.ts";

/** Of a red gate so many lines are shown; the proof has them all (chosen). */
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
      for (const { name, verdict, durationMs, why, tail, proof } of answer.gates) {
        const isGreen = verdict === "passed";
        const sign = isGreen ? face.style("green", "✓") : face.style("red", "✗");
        face.print(
          `${sign} ${name}  ${verdict}  ${durationText(durationMs)}  ${isGreen ? "" : why}`,
        );
        if (isGreen) continue;
        const lines = tail.trimEnd().split("\n").slice(-shownLines);
        for (const line of lines) face.print(`    ${line}`);
        face.say(`    all of it: ${proof}`);
      }
    }
    return answer.passed ? 0 : 1;
  },
};
