/** The driver `amp`, over the fake agent that replays the stream which Amp documents. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createAmpHeadless } from "../../src/agents/amp/amp-headless.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { fakeStream, streamAgent } from "./driver-claude-headless.ts";
import type { DriverUnderTest } from "./driver-stage.ts";

export async function makeAmp(root: string): Promise<DriverUnderTest> {
  const binDir = join(root, "bin");
  await mkdir(binDir);
  return {
    driver: createAmpHeadless({ clock: systemClock, root, binDir, graceMs: 300, stopMs: 1_000 }),
    isProcessPerTurn: true,
    longLine: { written: 999, told: 200 },
    async agent(turns) {
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      const script = join(root, "script.json");
      const command = [process.execPath, fakeStream, "--like", "amp", script] as const;
      return await streamAgent(root, Object.fromEntries(keyed), { driver: "amp", command });
    },
    async [Symbol.asyncDispose]() {
      // Nothing is kept open between the sessions.
    },
  };
}
