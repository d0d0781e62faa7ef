/** `temoin lint`: findings are told, and fail nothing. */

import { alignColumns } from "../domain/view-columns.ts";
import { lint } from "../operations/lint.ts";
import { type CliCommand, perform } from "./command.ts";
import { sayNext } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) => command,
  async run(call) {
    const { face } = call;
    const answer = await perform(call, lint, {});
    if (face.isJson) {
      face.printJson(answer);
      return 0;
    }
    const rows = answer.findings.map(({ task, says }) => [task, says]);
    for (const line of alignColumns(rows, face.width)) face.print(line);
    const [first] = answer.findings;
    if (first === undefined) face.say(`Nothing is wrong with ${answer.tasks} open tasks.`);
    else sayNext(face, `temoin edit ${first.task} -f FILE`);
    return 0;
  },
};
