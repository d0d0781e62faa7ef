/** `temoin` alone, and the page of all commands. */

import { commands, groups } from "./commands.ts";
import { laterCommands } from "./later.ts";

const first = ["init", "doctor", "add", "import", "run"];

export function firstSteps(): string {
  const lines = first.map((name) => {
    const summary = commands.find((one) => one.name === name)?.summary ?? "";
    return `  temoin ${name.padEnd(8)} ${summary}`;
  });
  return ["To start with:", ...lines, "", "`temoin help` lists all commands.", ""].join("\n");
}

export function firstStepsJson(): string {
  return `${JSON.stringify({ schema: 1, run: null, commands: first })}\n`;
}

export function helpPage(): string {
  const parts = groups.map((group) => {
    const rows = commands
      .filter((one) => one.group === group)
      .map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`);
    return `${group}\n${rows.join("\n")}`;
  });
  return [
    "Usage: temoin [COMMAND] [FLAGS]",
    "",
    ...parts,
    "",
    "All take -C DIR, --json, --no-input, --color auto|always|never.",
    "`temoin help COMMAND` shows its arguments and flags.",
    `Not yet in this version: ${[...laterCommands].join(", ")}.`,
    "",
  ].join("\n");
}
