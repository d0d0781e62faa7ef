/** Commands that take a task and nothing else. */

import type { Change } from "../operations/change.ts";
import type { Operation } from "../operations/operation.ts";
import { type CliCommand, perform } from "./command.ts";
import { printChange } from "./print-change.ts";

export function oneTaskCommand(operation: Operation<{ id: string }, Change>): CliCommand {
  return {
    describe: (command) => command.argument("<id>", "a task's id or alias"),
    async run(call) {
      return printChange(call.face, await perform(call, operation, { id: call.args[0] }));
    },
  };
}

/** Without a task it is about the whole project. */
export function someTaskCommand(operation: Operation<{ id: string | null }, Change>): CliCommand {
  return {
    describe: (command) => command.argument("[id]", "a task; without it, the whole project"),
    async run(call) {
      const change = await perform(call, operation, { id: call.args[0] ?? null });
      return printChange(call.face, change);
    },
  };
}
