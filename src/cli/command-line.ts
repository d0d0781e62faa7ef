/**
 * The command line: words in, an exit code out. Looks at the words first and loads only what the
 * one command needs, so that a look at the queue costs what a look should.
 */

import { AppError } from "../lib/app-error.ts";
import type { Context, Environment } from "../operations/context.ts";
import { type CliCommand, type EndSignal, type Interruptions, signalExit } from "./command.ts";
import { makeFace } from "./face.ts";
import { tellFailure } from "./fail.ts";
import {
  describeCommand,
  findCommand,
  parseArgs,
  parseCommonFlags,
  splitCommand,
} from "./parse.ts";
import type { Terminal } from "./terminal.ts";

export interface CommandLine {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly version: string;
  readonly open: (request: { readonly dir: string; readonly env: Environment }) => Promise<Context>;
}

/** Never rejects: what goes wrong is told on stderr. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const { argv, env, terminal } = line;
  const isJson = hasFlag(argv, "--json") || hasFlag(argv, "--jsonl");
  const { name, args } = splitCommand(argv);
  let context: Context | null = null;
  try {
    if (hasFlag(argv, "--version") || hasFlag(argv, "-V")) return printVersion(line, isJson);
    if (name === null || name === "help") return await withoutCommand(line, { name, args });
    const listed = findCommand(name);
    const command = await listed.load();
    const described = describeCommand(listed, command);
    if (parseArgs(described, args) === "help") {
      terminal.write(described.helpInformation());
      return 0;
    }
    const options = described.opts();
    const opened = await line.open({ dir: String(options["C"]), env });
    context = opened;
    const face = makeFace({
      terminal,
      env,
      isJson,
      mayAsk: options["input"] !== false,
      color: String(options["color"]),
    });
    const { processedArgs } = described;
    return await withSignals({ command, terminal, env }, ({ signal, interruptions }) =>
      // Commander hands out what was typed: texts, lists of texts, or nothing.
      command.run({
        context: opened,
        face,
        args: (processedArgs as (string | string[] | undefined)[]).flat(),
        options,
        signal,
        interruptions,
      }),
    );
  } catch (error) {
    return await tellFailure(error, { terminal, env, isJson, what: name ?? "", context });
  }
}

interface Signals {
  readonly signal: AbortSignal;
  readonly interruptions: Interruptions;
}

/** A command that does not ask for signals is ended by them as any program is. */
async function withSignals(
  {
    command,
    terminal,
    env,
  }: Pick<CommandLine, "terminal" | "env"> & { readonly command: CliCommand },
  act: (signals: Signals) => Promise<number>,
): Promise<number> {
  const came: EndSignal[] = [];
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, terminal.closed]);
  if (command.endsBySignal !== true) {
    return act({ signal, interruptions: { listen: () => {} } });
  }
  let told = (_signal: EndSignal): void => ended.abort(new Error("ended by a signal"));
  const hear = (heard: EndSignal): void => {
    came.push(heard);
    told(heard);
  };
  // Under `nohup` a terminal that is closed is no wish; see bin/temoin.
  const isHeard = (one: EndSignal): boolean => one !== "SIGHUP" || !env["TEMOIN_NOHUP"];
  const signals = (["SIGINT", "SIGTERM", "SIGHUP"] as const).filter(isHeard);
  for (const one of signals) process.on(one, hear);
  try {
    const interruptions: Interruptions = {
      listen(listener) {
        told = listener;
        for (const heard of came) listener(heard);
      },
    };
    const code = await act({ signal, interruptions });
    const [first] = came;
    return first === undefined ? code : signalExit[first];
  } finally {
    for (const one of signals) process.off(one, hear);
  }
}

function printVersion({ terminal, version }: CommandLine, isJson: boolean): number {
  terminal.write(isJson ? `${JSON.stringify({ schema: 1, version })}\n` : `${version}\n`);
  return 0;
}

/** `temoin`, `temoin help`, `temoin help ls`, `temoin --help`. */
async function withoutCommand(
  line: CommandLine,
  { name, args }: { readonly name: string | null; readonly args: readonly string[] },
): Promise<number> {
  const { terminal } = line;
  const subject = splitCommand(args).name;
  if (name === "help" && subject !== null) {
    const listed = findCommand(subject);
    terminal.write(describeCommand(listed, await listed.load()).helpInformation());
    return 0;
  }
  const help = await import("./help.ts");
  if (name === "help" || hasFlag(args, "--help") || hasFlag(args, "-h")) {
    terminal.write(help.helpPage());
    return 0;
  }
  const flags = parseCommonFlags(args);
  if (await isBegun(line, flags.dir)) return runCommandLine({ ...line, argv: ["status", ...args] });
  terminal.write(flags.isJson ? help.firstStepsJson() : help.firstSteps());
  return 0;
}

/** There is something to look at: a run, or tasks. */
async function isBegun({ open, env }: CommandLine, dir: string): Promise<boolean> {
  try {
    const context = await open({ dir, env });
    return (await context.holder()) !== null || (await context.state()).tasks.size > 0;
  } catch (error) {
    // Outside of a repository there is no run, and the first commands are of use all the same.
    if (error instanceof AppError && error.code === "repository") return false;
    throw error;
  }
}

/** Before `--`, after which all is an argument. */
function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes(flag);
}
