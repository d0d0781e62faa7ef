/**
 * What it takes to start one git: most of what temoin does between two tasks is that, and machines
 * differ in it by a factor of four. Printed beside such figures, so that they can be compared.
 */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Figure, spread, timedAsync } from "./measurement.ts";

export async function gitVersion(): Promise<readonly Figure[]> {
  const tooks: number[] = [];
  for (let round = 0; round < 45; round += 1) {
    const { ms } = await timedAsync(() => promisify(execFile)("git", ["version"]));
    if (round >= 5) tooks.push(ms);
  }
  return spread({ what: "one `git version`, for comparison", unit: "ms" }, tooks);
}
