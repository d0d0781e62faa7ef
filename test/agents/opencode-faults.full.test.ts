/** The driver `opencode`, when its model fails. opencode itself would repeat most of it for ever. */

import { testFaults } from "./faults.ts";

for (const transport of ["headless", "tmux"] as const) {
  testFaults(
    `opencode, ${transport}`,
    { kind: "opencode", driver: "opencode", transport },
    {
      "429 once": {
        words: "fail=429 times=1 retry_after=1 say=fine",
        ends: "completed",
        isRetried: true,
      },
      "429 with a reset that is far away": {
        words: "fail=429 retry_after=3600",
        ends: "failed",
        limit: "rate",
        hasReset: true,
      },
      "a usage limit": {
        words: "fail=usage_limit retry_after=3600",
        ends: "failed",
        limit: "usage",
        hasReset: true,
      },
      // Its body holds the time, of which opencode tells nothing.
      "a usage limit whose reset is not told": {
        words: "fail=usage_limit reset=3600",
        ends: "failed",
        limit: "usage",
      },
      "a billing problem": { words: "fail=quota", ends: "failed", limit: "billing" },
      "500 once": { words: "fail=500 times=1 say=fine", ends: "completed", isRetried: true },
      "400": { words: "fail=400", ends: "failed" },
      "401": { words: "fail=401", ends: "failed", isBroken: true },
      "403": { words: "fail=403", ends: "failed", isBroken: true },
      "a stream that is cut": {
        words: "fail=cut times=1 say=fine",
        ends: "completed",
        isRetried: true,
      },
      "a hang in mid-stream": { words: "fail=hang", ends: "silent" },
      "a hang before the first byte": { words: "fail=silence", ends: "silent" },
      "a conversation that is too long": {
        words: "fail=context times=1 say=fine",
        ends: "completed",
      },
    },
  );
}
