/** Gemini CLI without a screen, when its model fails. */

import { testFaults } from "./faults.ts";

testFaults(
  "gemini --acp",
  { kind: "gemini", driver: "gemini", transport: "acp" },
  {
    // It prints of it, and keeps what it prints to itself until its end.
    "429 once": { words: "fail=429 times=1 retry_after=1 say=fine", ends: "completed" },
    "a usage limit": { words: "fail=usage_limit", ends: "failed", limit: "usage" },
    "400": { words: "fail=400", ends: "failed" },
    "401": { words: "fail=401", ends: "failed", isBroken: true },
    "403": { words: "fail=403", ends: "failed", isBroken: true },
    "a model that is unknown": { words: "fail=404", ends: "failed", isBroken: true, why: /model/ },
    "a stream that is cut": { words: "fail=cut times=1", ends: "failed" },
    "a hang in mid-stream": { words: "fail=hang", ends: "silent" },
    "a hang before the first byte": { words: "fail=silence", ends: "silent" },
  },
);
