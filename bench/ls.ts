/** `temoin ls` with ten thousand tasks, as a person waits for it: Node's start included. */

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { openScratch } from "../test/e2e/scratch-project.ts";
import { tenThousandTasks, writeLongLog } from "./long-log.ts";
import { type Measurement, spread, timedAsync } from "./measurement.ts";

const warmUp = 3;
const rounds = 20;

/** Milliseconds, of the issue. */
const goals = { p95: 300 };

export const ls: Measurement = {
  name: "ls",
  about: "temoin ls with 10,000 tasks, wall time of the whole command",
  async run(say) {
    await using scratch = await openScratch();
    say("writing the store");
    const stateDir = path.join(scratch.dir, ".temoin");
    await mkdir(stateDir, { recursive: true });
    const store = path.join(stateDir, "store.db");
    await writeLongLog(store, tenThousandTasks(), { withSnapshot: true });
    const wall = async (...args: readonly string[]): Promise<readonly number[]> => {
      say(`${rounds} × temoin ${args.join(" ")}`);
      const tooks: number[] = [];
      for (let round = 0; round < warmUp + rounds; round += 1) {
        const { result, ms } = await timedAsync(() => scratch.temoin(...args));
        if (result.code !== 0) throw new Error(`temoin ${args.join(" ")}: ${result.stderr}`);
        if (round >= warmUp) tooks.push(ms);
      }
      return tooks;
    };
    const unit = "ms";
    return [
      ...spread({ what: "temoin ls", unit }, await wall("ls"), goals),
      ...spread({ what: "temoin ls --json", unit }, await wall("ls", "--json"), goals),
      ...spread({ what: "temoin --version, for comparison", unit }, await wall("--version")),
    ];
  },
};
