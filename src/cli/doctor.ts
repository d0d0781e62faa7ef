/** `temoin doctor [--fix]` */

import { doctor } from "../operations/doctor.ts";
import { type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--fix", "repair what can safely be repaired", false),
  endsBySignal: true,
  async run(call) {
    const { face, options } = call;
    const checks = await perform(call, doctor, { fix: options["fix"] });
    if (face.isJson) face.printJson({ checks });
    else {
      for (const { name, ok, detail, hint } of checks) {
        face.print(`${signOf(face, ok, hint !== null)} ${name}: ${detail}`);
        if (hint !== null) face.print(`    ${hint}`);
      }
    }
    return checks.every(({ ok }) => ok) ? 0 : 1;
  },
};

/** What is in order and could be better is a warning. */
function signOf(face: Face, ok: boolean, hasHint: boolean): string {
  if (!ok) return face.style("red", "✗");
  return hasHint ? face.style("yellow", "!") : face.style("green", "✓");
}
