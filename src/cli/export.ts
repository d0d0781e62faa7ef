/** `temoin export [--format json|md]` */

import { exportQueueAs } from "../operations/export.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--format <format>", "json or md", "json"),
  async run(call) {
    const { face, options } = call;
    const answer = await perform(call, exportQueueAs, { format: options["format"] });
    if (answer.format === "md") {
      if (face.isJson) face.printJson({ markdown: answer.text });
      else face.print(answer.text);
    } else if (face.isJson) face.printJson(answer.queue);
    else face.print(JSON.stringify(answer.queue, null, 2));
    return 0;
  },
};
