/** `temoin mcp --role conductor|planner|worker|observer [--as FILE]` */

import { serveTools } from "../operations/serve-tools.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .option("--role <role>", "what is offered: conductor, planner, worker or observer")
      .option("--as <file>", "whom the agent speaks for: a file that temoin has written"),
  endsBySignal: true,
  async run(call) {
    const { role, as = null } = call.options;
    await perform(call, serveTools, { role, as });
    return 0;
  },
};
