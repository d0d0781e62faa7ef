/** `temoin mcp --role conductor|planner|worker|observer [--as FILE] [--listed FILE]` */

import { serveTools } from "../operations/serve-tools.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .option("--role <role>", "what is offered: conductor, planner, worker or observer")
      .option("--as <file>", "whom the agent speaks for: a file that temoin has written")
      .option("--listed <file>", "a file to leave when the agent has been given the list"),
  endsBySignal: true,
  async run(call) {
    const { role, as = null, listed = null } = call.options;
    await perform(call, serveTools, { role, as, listed });
    return 0;
  },
};
