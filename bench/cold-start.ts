/** From nothing in memory to being able to decide: a new process each time. */

import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { tenThousandTasks, writeLongLog } from "./long-log.ts";
import { type Measurement, spread, timed } from "./measurement.ts";

const program = fileURLToPath(new URL("open-ledger.ts", import.meta.url));
const warmUp = 2;
const rounds = 20;

/** Milliseconds, of the issue. */
const goals = { p95: 500 };

export const coldStart: Measurement = {
  name: "cold-start",
  about: "open the store of 10,000 tasks and 30,000 events, fold it, be ready to decide",
  async run(say) {
    const folder = await mkdtemp(path.join(os.tmpdir(), "temoin-bench-"));
    try {
      say("writing the stores");
      const events = tenThousandTasks();
      const kept = path.join(folder, "kept.db");
      const bare = path.join(folder, "bare.db");
      await writeLongLog(kept, events, { withSnapshot: true });
      await writeLongLog(bare, events, { withSnapshot: false });
      say(`${rounds} starts with the oldest snapshot that can be, ${rounds} without any`);
      const withSnapshot = starts(kept);
      const without = starts(bare);
      const unit = "ms";
      return [
        ...spread({ what: "open, fold, decide", unit }, withSnapshot.inside, goals),
        ...spread({ what: "open, fold, decide, no snapshot", unit }, without.inside, goals),
        ...spread({ what: "the whole process, Node's start included", unit }, withSnapshot.whole),
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Files are in the page cache after the warm-up: the disk itself is not measured. */
function starts(store: string): { readonly inside: number[]; readonly whole: number[] } {
  const inside: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const { result, ms } = timed(() =>
      execFileSync(process.execPath, [program, store], { encoding: "utf8" }),
    );
    if (round < warmUp) continue;
    inside.push(Number(result));
    whole.push(ms);
  }
  return { inside, whole };
}
