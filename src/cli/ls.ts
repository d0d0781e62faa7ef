/** `temoin ls` */

import { alignColumns } from "../domain/view-columns.ts";
import { plainWord } from "../domain/view-text.ts";
import { ls } from "../operations/ls.ts";
import { type CliCommand, perform } from "./command.ts";
import { addTasks, sayNext } from "./print-change.ts";
import { styleState } from "./style-state.ts";

export const command: CliCommand = {
  describe: (command) => command,
  async run(call) {
    const { face } = call;
    const { json } = await perform(call, ls, {});
    if (face.isJson) {
      face.printJson(json);
      return 0;
    }
    if (json.tasks.length === 0) {
      face.say("There are no tasks yet.");
      sayNext(face, addTasks);
      return 0;
    }
    const rows = json.tasks.map((task) => [
      task.id,
      plainWord(task.state) + (task.paused ? " (paused)" : task.review ? " (review)" : ""),
      task.priority,
      task.agent ?? task.role ?? "–",
      task.attempts === 0 ? "–" : `${task.attempts} ${plainWord(task.outcome ?? "")}`.trim(),
      task.title,
    ]);
    const header = ["id", "state", "priority", "agent", "attempts", "title"];
    const [head = "", ...lines] = alignColumns([header, ...rows], face.width);
    face.print(face.style("dim", head));
    for (const [place, line] of lines.entries()) {
      face.print(styleState(face, json.tasks[place]?.state ?? "queued", line));
    }
    // For a person who looks; a program that reads the rows has the field.
    const thin = json.tasks.filter((task) => task.thin).length;
    if (thin > 0 && face.width !== null) {
      face.say(`${thin} of them ${thin === 1 ? "has" : "have"} a thin brief: temoin lint`);
    }
    return 0;
  },
};
