/** A share of the inputs of `fuzz.ts`, in a thread of its own. */

import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { fuzzOnce } from "../test/fuzz/fuzz.ts";
import { loadTargets } from "../test/fuzz/targets.ts";
import type { FuzzNews, FuzzWork } from "./fuzz.ts";

assert(parentPort !== null, "this is a thread of fuzz.ts");
const port = parentPort;
// Given by fuzz.ts, and by nobody else.
const { from, count, longestMs } = workerData as FuzzWork;
const targets = await loadTargets();

const crashes: { seed: number; says: string }[] = [];
const slow: { seed: number; says: string }[] = [];
const byTarget: Record<string, number> = {};
let longest = { tookMs: 0, seed: from, target: "" };
let bytes = 0;

function tell(done: number, isOver: boolean): void {
  const news = { done, bytes, byTarget, longest, crashes, slow, next: from + done, isOver };
  port.postMessage(news satisfies FuzzNews);
}

for (let n = 0; n < count; n += 1) {
  if (n % 500 === 0) tell(n, false);
  const seed = from + n;
  const found = await fuzzOnce(targets, seed);
  bytes += found.bytes;
  byTarget[found.target] = (byTarget[found.target] ?? 0) + 1;
  if (found.crash !== null) crashes.push({ seed, says: `${found.target}: ${found.crash}` });
  if (found.tookMs > longestMs) {
    slow.push({ seed, says: `${found.target}: ${Math.round(found.tookMs)} ms` });
  }
  if (found.tookMs > longest.tookMs) {
    longest = { tookMs: found.tookMs, seed, target: found.target };
  }
}
tell(count, true);
