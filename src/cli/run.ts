/** `temoin run [--dry-run] [--deadline T] [--max-cost N] [--max-tokens N]` */

import { Option } from "commander";
import type { State } from "../domain/state.ts";
import { liveLine } from "../domain/view-live.ts";
import { type RunReport, runReport } from "../domain/view-report.ts";
import { reportLines } from "../domain/view-report-page.ts";
import { countText } from "../domain/view-text.ts";
import type { RunHandle } from "../operations/context.ts";
import type { RunFlags } from "../operations/load-for-run.ts";
import { run } from "../operations/run.ts";
import { type Call, type CliCommand, signalExit } from "./command.ts";
import { printDryRun } from "./print-dry-run.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .option("--dry-run", "show who would do what, and do nothing", false)
      .option("--deadline <time>", "start no task after it: 19:00, 2026-11-21T19:00")
      .option("--max-cost <usd>", "start no task when so many US dollars are spent: 20")
      .option("--max-tokens <count>", "start no task when so many tokens are used: 5M")
      .addOption(new Option("--daemon", "begun by `up`").default(false).hideHelp()),
  endsBySignal: true,
  async run(call) {
    const { options } = call;
    const deadline = textOf(options["deadline"]);
    if (options["dryRun"] === true) return printDryRun(call, deadline);
    const flags = {
      deadline,
      maxCost: textOf(options["maxCost"]),
      maxTokens: textOf(options["maxTokens"]),
    };
    return work(call, { flags, isDaemon: options["daemon"] === true });
  },
};

function textOf(option: unknown): string | null {
  return typeof option === "string" ? option : null;
}

interface Wish {
  readonly flags: RunFlags;
  readonly isDaemon: boolean;
}

async function work(call: Call, { flags, isDaemon }: Wish): Promise<number> {
  const { context, face } = call;
  const offsetMinutes = -new Date(context.clock.now()).getTimezoneOffset();
  let latest: State | null = null;
  const print = (line: string): void => (face.isJson ? face.say(line) : face.print(line));
  const handle = await run(context, flags, {
    command: isDaemon ? "up" : "run",
    onEvents(_seq, events, state) {
      latest = state;
      for (const event of events) {
        const line = liveLine(event, { state, offsetMinutes });
        if (line !== null) print(line);
      }
    },
    onLeft: (lines) => lines.forEach(print),
    onProblem: (says) => face.say(says),
  });
  stopBySignals(call, handle, () => latest);
  const { exitCode, why } = await handle.over;
  const summary = runReport(await context.events(0), context.clock.now());
  printEnd(call, { exitCode, why, summary });
  return exitCode;
}

/** Service managers send a signal to the process and to its group: that is one wish (chosen). */
const sameWishMs = 250;

/** The first signal lets what is at work come to its end, the second one ends it. */
function stopBySignals(
  { context, face, interruptions }: Call,
  handle: RunHandle,
  latest: () => State | null,
): void {
  let first: { readonly signal: string; readonly at: number } | null = null;
  interruptions.listen((signal) => {
    const at = context.clock.now();
    const exitCode = signalExit[signal];
    const end = { exitCode, why: `ended by ${signal}` };
    if (first !== null) {
      if (first.signal === signal && at - first.at < sameWishMs) return;
      face.say("Ending what is at work now; its work is kept.");
      handle.interrupt(end);
      return;
    }
    first = { signal, at };
    const state = latest();
    const attempts = state === null ? 0 : state.running.size + state.landing.size;
    const work = `${countText(attempts, "attempt")} at work may finish`;
    face.say(`Stopping: ${work}; ${again(signal)} ends them now.`);
    handle.drain({ exitCode, why: `stopped by ${signal}` }).catch((error: unknown) => {
      face.say(`Cannot stop gently: ${error instanceof Error ? error.message : String(error)}`);
      handle.interrupt(end);
    });
  });
}

function again(signal: string): string {
  return signal === "SIGINT" ? "Ctrl-C again" : "a second signal";
}

function printEnd(
  { face }: Call,
  end: { readonly exitCode: number; readonly why: string; readonly summary: RunReport | null },
): void {
  if (face.isJson) {
    face.printJson(end);
    return;
  }
  face.print("");
  for (const line of end.summary === null ? [] : reportLines(end.summary)) face.print(line);
  const style = end.exitCode === 0 ? "green" : "yellow";
  face.print(face.style(style, `${end.why} (exit code ${end.exitCode})`));
  face.say(face.style("dim", "report: .temoin/SUMMARY.md, or temoin summary"));
  const hasLanded = (end.summary?.commits.length ?? 0) > 0;
  const next = end.exitCode === 0 && !hasLanded ? "temoin add" : nextSteps.get(end.exitCode);
  if (next !== undefined) face.say(face.style("dim", `next: ${next}`));
}

const nextSteps: ReadonlyMap<number, string> = new Map([
  [0, "git log --merges --oneline"],
  [3, "temoin ls"],
  [4, "temoin inbox"],
  [5, "temoin ls   then   temoin show ID"],
  [6, "temoin run"],
  [7, "temoin doctor"],
  [8, "temoin run, when an agent is served again"],
  [129, "temoin run goes on from here"],
  [130, "temoin run goes on from here"],
  [143, "temoin run goes on from here"],
]);
