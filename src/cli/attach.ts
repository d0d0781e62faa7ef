/** `temoin attach [AGENT|SLOT] [--write]` */

import { execa } from "execa";
import { AppError } from "../lib/app-error.ts";
import { attach } from "../operations/attach.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("[name]", "an agent, or one of its slots; without it, all of them")
      .option("--write", "type too; temoin waits while you do", false),
  endsBySignal: true,
  async run(call) {
    const { args, context, face, options, signal } = call;
    const write = options["write"] === true;
    const found = await perform(call, attach, { name: args[0] ?? null, write });
    if (face.isJson) {
      face.printJson(found);
      return 0;
    }
    const [program, ...rest] = found.command;
    if (!face.canAsk || face.width === null) {
      throw new AppError("refused", "Cannot attach: this is no terminal.", {
        hint: `At one, run: ${found.command.map(shellWord).join(" ")}`,
      });
    }
    const env = { ...context.env };
    const ended = await execa(program, rest, {
      stdio: "inherit",
      cancelSignal: signal,
      reject: false,
      env,
      extendEnv: false,
    });
    return ended.exitCode ?? 1;
  },
};

/** As a shell reads it as one word. */
function shellWord(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
