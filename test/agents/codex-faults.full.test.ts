/** Each failure of the model under `driver: codex`, in both transports. */

import type { Transport } from "../../src/domain/agent.ts";
import { type Fault, testFaults } from "./faults.ts";

/** So that what is silent is so for 3 s, and not for five minutes. */
const quick = ["-c", "model_providers.scripted.stream_idle_timeout_ms=3000"];

const faults: Readonly<Record<string, Fault>> = {
  "a usage limit": {
    words: "fail=usage_limit reset=3600",
    ends: "failed",
    limit: "usage",
    hasReset: true,
  },
  "a matter of billing": { words: "fail=quota", ends: "failed", limit: "billing", hasReset: false },
  "too many requests, with no time": {
    words: "fail=429",
    ends: "failed",
    limit: "rate",
    hasReset: false,
  },
  "too many requests at first": {
    words: "fail=429 retry_after=1 times=1 write=a.txt text=x",
    ends: "completed",
    isRetried: true,
  },
  "no room": { words: "fail=503", ends: "failed", limit: "overload" },
  "errors of the server at first": {
    words: "fail=500 times=2 write=a.txt text=x",
    ends: "completed",
  },
  "errors of the server": { words: "fail=500", ends: "failed", isRetried: true },
  "a key that is refused": {
    words: "fail=401",
    ends: "failed",
    isBroken: true,
    why: /codex login/,
  },
  "a key that has not the right": { words: "fail=403", ends: "failed", isBroken: true },
  "a model that is unknown": {
    words: "fail=404",
    ends: "failed",
    isBroken: true,
    why: /-m, MODEL/,
  },
  "a request that is refused": { words: "fail=400", ends: "failed" },
  "a stream that is cut once": {
    words: "fail=cut times=1 write=a.txt text=x",
    ends: "completed",
    isRetried: true,
  },
  "an error in the stream": {
    words: "fail=stream_error times=1 write=a.txt text=x",
    ends: "completed",
  },
  "a conversation that is too long": { words: "fail=context times=9", ends: "failed", why: /room/ },
  "an answer that is cut short": { words: "truncated say=x", ends: "failed", why: /ncomplete/ },
  "silence in mid-answer": { words: "fail=hang", ends: "failed", isRetried: true },
  "silence before the answer": { words: "fail=silence", ends: "silent" },
};

for (const transport of ["headless", "tmux"] satisfies readonly Transport[]) {
  const options = { kind: "codex", driver: "codex", transport, args: quick } as const;
  testFaults(`codex/${transport}`, options, faults);
}
