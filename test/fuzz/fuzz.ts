/** One input by its seed, given to the parser that it is for. */

import { AppError } from "../../src/lib/app-error.ts";
import { Random } from "../property/random.ts";
import { mutate } from "./mutate.ts";
import type { Target } from "./targets.ts";

export interface Fuzzed {
  readonly target: string;
  /** `null`: it was read, or refused in words for a person. */
  readonly crash: string | null;
  /** Processor time of this thread, in milliseconds. */
  readonly tookMs: number;
  readonly bytes: number;
}

/** The same seed gives the same input to the same parser. */
export async function fuzzOnce(targets: readonly Target[], seed: number): Promise<Fuzzed> {
  const random = new Random(Math.imul(seed, 0x9e3779b1));
  const drawn = targets.flatMap((one) => (one.isSlow ? [one] : [one, one, one, one]));
  const target = drawn[random.below(drawn.length)];
  if (target === undefined) throw new Error("there are no parsers");
  const text = mutate(random, target.seeds);
  const before = process.threadCpuUsage();
  const crash = await tryIt(() => target.read(text, random));
  const { user, system } = process.threadCpuUsage(before);
  return { target: target.name, crash, tookMs: (user + system) / 1_000, bytes: text.length };
}

async function tryIt(read: () => unknown): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (error instanceof AppError) return null;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
