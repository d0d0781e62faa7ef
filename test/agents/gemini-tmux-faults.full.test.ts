/** Gemini CLI in a window, when its model fails. It repeats 429 and 503 for minutes. */

import { testFaults } from "./faults.ts";

testFaults(
  "gemini, in a window",
  { kind: "gemini", driver: "gemini", transport: "tmux" },
  {
    "400": { words: "fail=400", ends: "failed" },
    "401": { words: "fail=401", ends: "failed", isBroken: true },
    "a usage limit": { words: "fail=usage_limit", ends: "failed", limit: "usage" },
    "429 once": { words: "fail=429 times=1 retry_after=1 say=fine", ends: "completed" },
    "a stream that is cut": { words: "fail=cut", ends: "failed" },
    "a hang in mid-stream": { words: "fail=hang", ends: "silent" },
    "a hang before the first byte": { words: "fail=silence", ends: "silent" },
  },
);
