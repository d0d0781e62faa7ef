/**
 * Random and mutated inputs over everything that reads words of others: no crash, no hang. Threads
 * do it, so that one that hangs is noticed; each input comes from its seed alone.
 */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Figure, type Measurement, never } from "./measurement.ts";

const usualInputs = 100_000;
/** Of processor time: the goal for each input. */
const longestMs = 1_000;
/** So long without an input that came to its end, and the thread hangs. */
const hangsMs = 60_000;
const mostTold = 20;

/** What a thread tells now and then, and at its end. */
export interface FuzzNews {
  readonly done: number;
  readonly bytes: number;
  readonly byTarget: Readonly<Record<string, number>>;
  readonly longest: { readonly tookMs: number; readonly seed: number; readonly target: string };
  readonly crashes: readonly { readonly seed: number; readonly says: string }[];
  readonly slow: readonly { readonly seed: number; readonly says: string }[];
  /** The one that it is about to begin. */
  readonly next: number;
  readonly isOver: boolean;
}

export interface FuzzWork {
  readonly from: number;
  readonly count: number;
  readonly longestMs: number;
}

export const fuzz: Measurement = {
  name: "fuzz",
  about: "random and mutated inputs over every parser of words that others write",
  async run(say, asked) {
    const first = asked.seed ?? 1;
    const inputs = asked.inputs ?? usualInputs;
    const threads = Math.max(1, Math.min(availableParallelism(), inputs));
    say(`${inputs} inputs, the seeds ${first} to ${first + inputs - 1}, in ${threads} threads`);
    const share = Math.ceil(inputs / threads);
    const results = await Promise.all(
      Array.from({ length: threads }, (_, n) => {
        const count = Math.max(0, Math.min(share, inputs - n * share));
        return runThread({ from: first + n * share, count, longestMs });
      }),
    );
    return figures(results, say);
  },
};

type Ended = FuzzNews & { readonly hangs: boolean };

function runThread(work: FuzzWork): Promise<Ended> {
  const ended = Promise.withResolvers<Ended>();
  const worker = new Worker(new URL("fuzz-thread.ts", import.meta.url), { workerData: work });
  let last: FuzzNews | null = null;
  const end = (hangs: boolean): void => {
    clearTimeout(alarm);
    if (last === null) ended.reject(new Error("the thread never began"));
    else ended.resolve({ ...last, hangs });
    void worker.terminate();
  };
  let alarm = setTimeout(() => end(true), hangsMs);
  worker.on("message", (news: FuzzNews) => {
    last = news;
    clearTimeout(alarm);
    if (news.isOver) end(false);
    else alarm = setTimeout(() => end(true), hangsMs);
  });
  worker.on("error", ended.reject);
  return ended.promise;
}

function figures(all: readonly Ended[], say: (text: string) => void): readonly Figure[] {
  for (const { seed, says } of all
    .flatMap((one) => [...one.crashes, ...one.slow])
    .slice(0, mostTold)) {
    say(`npm run bench -- fuzz --inputs 1 --seed ${seed}\n${says}`);
  }
  for (const { hangs, next } of all) if (hangs) say(`it hangs at or soon after the seed ${next}`);
  const sum = (of: (one: Ended) => number): number => all.reduce((n, one) => n + of(one), 0);
  const done = sum((one) => one.done);
  const [longest] = all.map((one) => one.longest).toSorted((a, b) => b.tookMs - a.tookMs);
  const names = [...new Set(all.flatMap((one) => Object.keys(one.byTarget)))];
  return [
    never(
      "crashes",
      sum((one) => one.crashes.length),
      done,
    ),
    never(
      `inputs over ${longestMs} ms of processor`,
      sum((one) => one.slow.length),
      done,
    ),
    never(
      "threads that hang",
      sum((one) => Number(one.hangs)),
      all.length,
    ),
    {
      what: `the longest (${longest?.target}, seed ${longest?.seed})`,
      unit: "ms",
      value: longest?.tookMs ?? 0,
      atMost: null,
      count: done,
    },
    ...names.map((name) => {
      const value = sum((one) => one.byTarget[name] ?? 0);
      return { what: name, unit: "inputs", value, atMost: null, count: value };
    }),
  ];
}
