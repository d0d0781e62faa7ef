/** `temoin doctor [--fix]` */

import { doctor } from "../operations/doctor.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--fix", "repair what can safely be repaired", false),
  endsBySignal: true,
  async run(call) {
    const { face, options } = call;
    const checks = await perform(call, doctor, { fix: options["fix"] });
    if (face.isJson) face.printJson({ checks });
    else {
      for (const { name, ok, detail, hint } of checks) {
        const sign = ok ? face.style("green", "✓") : face.style("red", "✗");
        face.print(`${sign} ${name}: ${detail}`);
        if (hint !== null) face.print(`    ${hint}`);
      }
    }
    return checks.every(({ ok }) => ok) ? 0 : 1;
  },
};
