/** `temoin edit ID …`; without flags, on a terminal, the brief opens in $EDITOR. */

import { edit } from "../operations/edit.ts";
import { show } from "../operations/show.ts";
import { type Call, type CliCommand, perform } from "./command.ts";
import { editText } from "./editor.ts";
import { printChange } from "./print-change.ts";
import { addTaskFlags, asList, readBody, splitList } from "./task-flags.ts";

export const command: CliCommand = {
  describe: (command) =>
    addTaskFlags(
      command
        .argument("<id>", "a task's id or alias; an empty value takes a thing away")
        .option("--title <title>", "one line"),
    ),
  async run(call) {
    const { args, face } = call;
    const flags = await readFlags(call);
    const body = Object.keys(flags).length === 0 && face.canAsk ? await editBrief(call) : null;
    const input = { id: args[0], ...flags, ...(body === null ? {} : { body }) };
    return printChange(face, await perform(call, edit, input));
  },
};

async function readFlags({ context, options }: Call): Promise<Readonly<Record<string, unknown>>> {
  const lists = { skills: "skill", touches: "touches", verify: "verify", answers: "answer" };
  const flags: Record<string, unknown> = {};
  for (const name of ["title", "priority", "agent", "role"]) {
    if (options[name] !== undefined) flags[name] = options[name];
  }
  if (options["after"] !== undefined) flags["after"] = splitList(options["after"]);
  for (const [name, flag] of Object.entries(lists)) {
    if (options[flag] !== undefined) flags[name] = asList(options[flag]);
  }
  const body = await readBody(options["file"], context.dir);
  return body === null ? flags : { ...flags, body };
}

async function editBrief(call: Call): Promise<string> {
  const { task, brief } = await perform(call, show, { id: call.args[0] });
  return editText(brief.raw, { name: `${task.spec.id}.md`, env: call.context.env });
}
