/**
 * Many agents in terminals: how soon temoin knows what has happened in a pane, and what it costs,
 * beside the usual way in the same run. Read from /proc, so on Linux only.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./child.ts";
import {
  type LightPane,
  type MarkKind,
  makeLightRoot,
  marks,
  panesOf,
  socketOf,
  tmux,
} from "./light-agent.ts";
import { type Figure, type Measurement, spread } from "./measurement.ts";
import { memoryMiB, processorMs } from "./processor.ts";

const watchPanes = new URL("watch-panes.ts", import.meta.url);
const writePanes = new URL("write-panes.ts", import.meta.url);
const pollPanes = new URL("poll-panes.ts", import.meta.url);

/** Of the issue: milliseconds, percent of one core, MB. */
const goals = {
  mark: { p50: 5, p95: 50 },
  /** The settling time of the profile, and 100 ms. */
  screen: { p95: 250 },
  quiet: 3,
  busy: 40,
  memory: 150,
};
const counts = [1, 50, 200];
const mostPanes = 200;
const rounds = { title: 150, osc: 150, screen: 30 } as const satisfies Record<MarkKind, number>;
const windowMs = 10_000;
const pollsMs = { often: 1_000, seldom: 30_000 } as const;
/** Changes whose delay the usual way is measured by. */
const pollSamples = 20;
/** Until what was begun by a start is done (chosen). */
const calmMs = 2_000;

export const terminal: Measurement = {
  name: "terminal",
  about: "agents in tmux: from a byte in the pane to the state in temoin, and what watching costs",
  async run(say) {
    const figures: Figure[] = [];
    for (const count of counts) {
      say(`${count} panes: how soon a state is known`);
      figures.push(...(await measureDelays(count)));
    }
    say(`${mostPanes} panes with a turn each: what watching costs, some minutes`);
    figures.push(...(await measureCost(say)));
    return figures;
  },
};

async function measureDelays(count: number): Promise<readonly Figure[]> {
  await using place = await Place.open();
  await using watcher = await Child.start(watchPanes, [place.root, String(count), "rest"]);
  const panes = panesOf(place.root);
  const figures: Figure[] = [];
  // What a screen says yields to a mark: it is measured while there are none.
  for (const kind of ["screen", "title", "osc"] as const) {
    const delays: number[] = [];
    for (let round = 0; round < rounds[kind]; round += 1) {
      const n = round % count;
      for (const state of ["working", "idle"] as const) {
        const told = watcher.line((line) => line.startsWith(`${n} ${state} `));
        const at = write(panes[n], marks[kind][state]);
        delays.push(timeOf(await told) - at);
        await sleep(5);
      }
    }
    const what = `${count} panes, ${kind === "screen" ? "screen alone" : `${kind} mark`}`;
    figures.push(...spread({ what, unit: "ms" }, delays, goals[kind === "screen" ? kind : "mark"]));
  }
  return figures;
}

/** Percent of one core. */
interface Cost {
  readonly rest: number;
  readonly busy: number;
}

async function measureCost(say: (text: string) => void): Promise<readonly Figure[]> {
  await using place = await Place.open();
  const { root } = place;
  const watcher = await Child.start(watchPanes, [root, String(mostPanes), "turns"]);
  const server = Number(tmux(root, "display-message", "-p", "#{pid}"));
  const panes = panesOf(root);
  const watched = await costs(panes, () => costOf([watcher.pid, server], windowMs));
  const memory = memoryMiB(watcher.pid);
  // Its windows live on, and nobody looks at them.
  await watcher.kill();
  const alone = await costs(panes, () => costOf([server], windowMs));
  const polled: Record<keyof typeof pollsMs, Cost & { delays: readonly number[] }> = {
    often: await measurePolling({ ms: pollsMs.often, root, server, panes }, say),
    seldom: await measurePolling({ ms: pollsMs.seldom, root, server, panes }, say),
  };
  return [
    ...costFigures("at rest", "rest", goals.quiet),
    ...costFigures("at 10 Hz", "busy", goals.busy),
    {
      what: `${mostPanes} panes at 10 Hz, memory of temoin`,
      unit: "MiB",
      value: memory,
      atMost: goals.memory,
      count: 1,
    },
    ...spread({ what: "capture-pane each 1 s, screen", unit: "ms" }, polled.often.delays),
    ...spread({ what: "capture-pane each 30 s, screen", unit: "ms" }, polled.seldom.delays),
  ];

  function costFigures(how: string, key: keyof Cost, atMost: number): readonly Figure[] {
    const figure = (who: string, value: number, goal: number | null): Figure => ({
      what: `${mostPanes} panes ${how}, ${who}`,
      unit: "%",
      value,
      atMost: goal,
      count: 1,
    });
    const over = (cost: Cost): number => cost[key] - alone[key];
    return [
      figure("temoin over tmux alone", over(watched), atMost),
      figure("capture-pane each 1 s over tmux alone", over(polled.often), null),
      figure("capture-pane each 30 s over tmux alone", over(polled.seldom), null),
      figure("tmux alone", alone[key], null),
    ];
  }
}

interface Polling {
  readonly ms: number;
  readonly root: string;
  readonly server: number;
  readonly panes: readonly LightPane[];
}

async function measurePolling({ ms, root, server, panes }: Polling, say: (text: string) => void) {
  say(`the usual way: a tmux process for each pane, every ${ms / 1_000} s`);
  const ids = panes.map((pane) => pane.id);
  await using poller = await Child.start(pollPanes, [socketOf(root), String(ms), ...ids]);
  const forMs = Math.max(windowMs, ms);
  const cost = await costs(panes, () => costOf([poller.pid, server], forMs));
  // The last frames of the redraw are changes too: they are looked at before ours are made.
  await sleep(ms + calmMs);
  const delays = await Promise.all(
    panes.slice(0, pollSamples).map(async (pane, n) => {
      // At any time between two looks.
      await sleep((ms * n) / pollSamples);
      const told = poller.line((line) => line.startsWith(`${pane.id} changed `));
      // Words that no earlier poller has left there: what stays the same is told to nobody.
      const at = write(pane, `\u001b[1;1H${ms}.${n}`);
      return timeOf(await told) - at;
    }),
  );
  return { ...cost, delays };
}

/** At rest, and while every pane redraws ten times a second. */
async function costs(panes: readonly LightPane[], measure: () => Promise<number>): Promise<Cost> {
  await sleep(calmMs);
  const rest = await measure();
  const ttys = panes.map((pane) => pane.tty);
  await using _writer = await Child.start(writePanes, ttys);
  await sleep(calmMs);
  return { rest, busy: await measure() };
}

/** Percent of one core, of all these together, with the children of theirs that have ended. */
async function costOf(pids: readonly number[], ms: number): Promise<number> {
  const usedMs = () => pids.reduce((sum, pid) => sum + processorMs(pid).ticks, 0);
  const before = usedMs();
  const startedAt = performance.now();
  await sleep(ms);
  return ((usedMs() - before) / (performance.now() - startedAt)) * 100;
}

/** As if the program in the pane wrote it. Says when. */
function write(pane: LightPane | undefined, text: string): number {
  if (pane === undefined) throw new Error("there is no such pane");
  const terminal = openSync(pane.tty, "w");
  const at = performance.timeOrigin + performance.now();
  writeSync(terminal, text);
  closeSync(terminal);
  return at;
}

/** The last word of a line. */
function timeOf(line: string): number {
  return Number(line.slice(line.lastIndexOf(" ") + 1));
}

/** An empty directory, and a tmux server in it that is ended with it. */
class Place implements AsyncDisposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async open(): Promise<Place> {
    const root = await mkdtemp(path.join(os.tmpdir(), "temoin-bench-"));
    await makeLightRoot(root);
    return new Place(root);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      tmux(this.root, "kill-server");
    } catch {
      // It went with its last window.
    }
    await rm(this.root, { recursive: true, force: true });
  }
}
