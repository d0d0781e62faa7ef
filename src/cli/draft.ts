/** `temoin draft FILE|-` */

import { completeIt } from "../domain/planning.ts";
import { countText } from "../domain/view-text.ts";
import { draft } from "../operations/draft.ts";
import { type CliCommand, perform } from "./command.ts";
import { readText } from "./task-flags.ts";

export const command: CliCommand = {
  describe: (command) => command.argument("<file>", "the plan; - reads it from stdin"),
  async run(call) {
    const { args, context, face } = call;
    const text = await readText(String(args[0]), context.dir, "plan");
    const told = await perform(call, draft, { text });
    const { complete, tasks, findings } = told;
    if (face.isJson) face.printJson(told);
    else if (complete)
      face.print(`complete: ${countText(tasks, "task")}. End your turn, or hand in another.`);
    else {
      face.print(["not complete:", ...findings.map((says) => `- ${says}`)].join("\n"));
      face.say(completeIt);
    }
    return complete ? 0 : 1;
  },
};
