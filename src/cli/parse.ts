/** From words to a command with its arguments and flags. */

import { Command, CommanderError, Option } from "commander";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { CliCommand } from "./command.ts";
import { commands, type Listed } from "./commands.ts";
import { laterCommands } from "./later.ts";

export interface Split {
  /** The first word that is neither a flag nor the value of one; `null`: there is none. */
  readonly name: string | null;
  /** All the others, in their order. */
  readonly args: readonly string[];
}

/** Flags that all commands have may stand before the command too, some with a value. */
export function splitCommand(argv: readonly string[]): Split {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "-C" || word === "--color") at += 1;
    else if (word === "--" || !word.startsWith("-")) {
      return { name: word === "--" ? null : word, args: argv.toSpliced(at, 1) };
    }
  }
  return { name: null, args: argv };
}

/** Tools of `temoin mcp` whose command has another name. */
const tools: ReadonlyMap<string, string> = new Map([
  [
    "log",
    "`temoin events` tells what has happened, `temoin logs AGENT` what an agent has printed.",
  ],
  ["proof", "`temoin show ID` tells the gates, their failures and the file of each proof."],
  ["my_task", "It is a tool of `temoin mcp`; the shell has `temoin show ID`."],
  ["ask", 'It is a tool of `temoin mcp`; the shell has `temoin report blocked "…"`.'],
]);

/** Rejects with an AppError: `not_yet`, or `usage` with the command that was probably meant. */
export function findCommand(name: string): Listed {
  if (laterCommands.has(name)) {
    throw new AppError("not_yet", `\`temoin ${name}\` is not yet in this version.`, {
      hint: "`temoin help` lists what is.",
    });
  }
  const listed = commands.find((command) => command.name === name);
  if (listed !== undefined) return listed;
  const kin = tools.get(name);
  if (kin !== undefined) {
    throw new AppError("usage", `There is no command \`${name}\`.`, { hint: kin });
  }
  const meant = nearest(name, [...commands.map((one) => one.name), ...laterCommands]);
  const isThere = meant !== null && !laterCommands.has(meant);
  const later = "which is not yet in this version; `temoin help` lists what is.";
  throw new AppError("usage", `There is no command \`${name}\`.`, {
    hint:
      meant === null
        ? "`temoin help` lists them all."
        : `Did you mean \`temoin ${meant}\`${isThere ? "?" : `, ${later}`}`,
  });
}

/** The command with its own flags and those of all commands. */
export function describeCommand(listed: Listed, command: CliCommand): Command {
  const described = silent(new Command(`temoin ${listed.name}`))
    .description(listed.summary)
    .helpOption("-h, --help", "show this");
  command.describe(described);
  return addCommonFlags(described);
}

/** The flags of `temoin` without a command. */
export function parseCommonFlags(args: readonly string[]): {
  readonly dir: string;
  readonly isJson: boolean;
} {
  const command = addCommonFlags(silent(new Command("temoin")));
  parseArgs(command, args);
  const options = command.opts();
  return { dir: String(options["C"]), isJson: options["json"] === true };
}

/** What goes wrong is told by the caller, in one way for all. */
function silent(command: Command): Command {
  return command
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
}

function addCommonFlags(command: Command): Command {
  return command
    .option("-C <dir>", "work on the project of this directory", ".")
    .option("--json", "print JSON on stdout", false)
    .option("--no-input", "ask nothing")
    .addOption(
      new Option("--color <when>", "auto, always or never")
        .choices(["auto", "always", "never"])
        .default("auto"),
    );
}

/** Parses `args`; `help`: only its help was asked for. Rejects with an AppError `usage`. */
export function parseArgs(command: Command, args: readonly string[]): "parsed" | "help" {
  try {
    command.parse([...args], { from: "user" });
    return "parsed";
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return "help";
    throw usageError(command, error);
  }
}

function usageError(command: Command, error: CommanderError): AppError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  const meant = /\(Did you mean (.+?)\?\)/.exec(rest.join(" "))?.[1];
  const usage = `Usage: ${command.name()} ${command.usage()}`;
  return new AppError("usage", sentence.endsWith(".") ? sentence : `${sentence}.`, {
    cause: error,
    hint: meant === undefined ? usage : `Did you mean ${meant}? ${usage}`,
  });
}
