/** `temoin watch [--once] [--interval S]` */

import { type Tone, type WatchFacts, watchLines } from "../domain/view-watch.ts";
import { AppError } from "../lib/app-error.ts";
import { parseDuration } from "../lib/duration.ts";
import { Notifier, waitFor } from "../lib/notifier.ts";
import { openWatch, type Watch } from "../operations/watch.ts";
import { type Call, type CliCommand, signalExit } from "./command.ts";
import type { Face, Style } from "./face.ts";
import { openFullScreen } from "./full-screen.ts";

const usualIntervalMs = 1_000;
/** A flood of events is shown so often, which is as often as an eye can follow (chosen). */
const shortestMs = 50;

export const command: CliCommand = {
  describe: (command) =>
    command
      .option("--once", "show it once and end", false)
      .option("--interval <time>", "how old the shown ages may become: 1s"),
  endsBySignal: true,
  async run(call) {
    const { context, face, options } = call;
    const intervalMs = readInterval(options["interval"]);
    const watch = await openWatch(context);
    const isOnce = options["once"] === true;
    if (face.isJson) {
      face.printJson(await watch.json());
      if (!isOnce) await tellChanges(call, watch);
    } else if (isOnce || !face.canAsk || face.width === null) {
      const facts = await factsOf(call, watch, { columns: face.width, rows: null });
      for (const line of styledLines(face, watch, facts)) face.print(line);
    } else {
      const left = await showPage(call, watch, intervalMs);
      return left === "interrupted" ? signalExit.SIGINT : 0;
    }
    return 0;
  },
};

/** One object each time that something has happened. */
async function tellChanges({ context, face, signal }: Call, watch: Watch): Promise<void> {
  for await (const _ of context.changes(signal)) {
    if (await watch.read()) face.printJson(await watch.json());
  }
}

/** Until the person leaves: by `q`, or by Ctrl-C. */
async function showPage(
  call: Call,
  watch: Watch,
  intervalMs: number,
): Promise<"left" | "interrupted"> {
  const { context, face } = call;
  const { clock } = context;
  const left = new AbortController();
  const signal = AbortSignal.any([call.signal, left.signal]);
  const wake = new Notifier();
  let how: "left" | "interrupted" = "left";
  using screen = openFullScreen({
    input: process.stdin,
    output: process.stdout,
    onResize: () => wake.notify(),
    onKey(letter) {
      if (letter === "\u0003") how = "interrupted";
      else if (letter !== "q" && letter !== "Q") return;
      left.abort();
    },
  });
  const following = followChanges({ ...call, signal }, watch, wake);
  try {
    while (!signal.aborted) {
      const next = wake.next();
      screen.draw(styledLines(face, watch, await factsOf(call, watch, screen.size())));
      const drawnAt = clock.now();
      const until = drawnAt + intervalMs;
      await waitFor({ clock, signal, until }, next, following);
      await clock.until(Math.min(until, drawnAt + shortestMs), signal);
    }
  } catch (error) {
    // The end of the waiting that was asked for.
    if (!signal.aborted) throw error;
  } finally {
    left.abort();
    await following;
  }
  return how;
}

/** Ends with the signal; rejects when the store cannot be read any more. */
async function followChanges(
  { context, signal }: Call,
  watch: Watch,
  wake: Notifier,
): Promise<void> {
  for await (const _ of context.changes(signal)) {
    if (await watch.read()) wake.notify();
  }
}

interface Size {
  readonly columns: number | null;
  readonly rows: number | null;
}

async function factsOf(
  { context }: Call,
  watch: Watch,
  { columns, rows }: Size,
): Promise<WatchFacts> {
  const hasRunner = (await watch.holder()) !== null;
  return { now: context.clock.now(), hasRunner, width: columns, height: rows };
}

function styledLines(face: Face, watch: Watch, facts: WatchFacts): readonly string[] {
  return watchLines(watch.state, facts).map(({ text, tone }) => {
    const style = styles[tone];
    return style === null ? text : face.style(style, text);
  });
}

const styles: Readonly<Record<Tone, Style | null>> = {
  title: "bold",
  plain: null,
  faint: "dim",
  busy: "cyan",
  attention: "yellow",
  bad: "red",
};

/** Seconds, or a duration. */
function readInterval(value: unknown): number {
  if (value === undefined) return usualIntervalMs;
  const text = String(value);
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms !== null && ms >= 100 && ms <= 3_600_000) return ms;
  throw new AppError("usage", `\`--interval ${text}\` is no length of time from 0.1 s to 1 h.`, {
    hint: "temoin watch --interval 2",
  });
}
