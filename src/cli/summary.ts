/** `temoin summary [--format md|json]` */

import { Option } from "commander";
import { summary } from "../operations/summary.ts";
import { type CliCommand, perform } from "./command.ts";

export const command: CliCommand = {
  describe: (command) =>
    command.addOption(
      new Option("--format <form>", "Markdown or JSON").choices(["md", "json"]).default("md"),
    ),
  async run(call) {
    const { face, options } = call;
    const { json, page } = await perform(call, summary, {});
    if (face.isJson || options["format"] === "json") face.printJson(json);
    else for (const line of page.trimEnd().split("\n")) face.print(line);
    return 0;
  },
};
