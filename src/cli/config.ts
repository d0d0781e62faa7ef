/** `temoin config [--show-origin]` */

import { alignColumns } from "../domain/view-columns.ts";
import { config } from "../operations/config.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--show-origin", "where each value was set"),
  async run(call) {
    const { face, options } = call;
    const answer = await perform(call, config, {});
    if (face.isJson) {
      face.printJson(answer);
      return 0;
    }
    const rows = answer.values.map(({ key, value, origin }) => [
      key,
      JSON.stringify(value),
      ...(options["showOrigin"] === true ? [origin] : []),
    ]);
    for (const line of alignColumns(rows, face.width)) face.print(line);
    if (answer.file === null) face.say("There is no temoin.yaml; `temoin init` writes one.");
    return 0;
  },
};
