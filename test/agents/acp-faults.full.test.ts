/** The adapter of Claude Code, when its model fails. It repeats a request once here, not ten times. */

import { testFaults } from "./faults.ts";

const env = { CLAUDE_CODE_MAX_RETRIES: "1", API_TIMEOUT_MS: "8000" };

testFaults(
  "claude-agent-acp",
  { kind: "acp", driver: "acp", transport: "acp", launch: { env } },
  {
    "429 that goes on": { words: "fail=429", ends: "failed", limit: "rate", why: /429/ },
    // Not told over the protocol: it looks like work.
    "429 once": { words: "fail=429 times=1 retry_after=1 say=fine", ends: "completed" },
    // With a key, as here, it tells no more of it than of any other 429.
    "a usage limit": { words: "fail=usage_limit reset=3600", ends: "failed", limit: "rate" },
    "a billing problem": { words: "fail=quota", ends: "failed", limit: "billing" },
    "500": { words: "fail=500", ends: "failed", why: /500/ },
    "529": { words: "fail=529", ends: "failed", limit: "overload" },
    "401": { words: "fail=401", ends: "failed", isBroken: true },
    "a stream that is cut": { words: "fail=cut times=1 say=fine", ends: "completed" },
    "a hang in mid-stream": { words: "fail=hang", ends: "silent" },
    "a hang before the first byte": { words: "fail=silence", ends: "silent" },
  },
);
