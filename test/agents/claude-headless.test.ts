/** The driver `claude` without a screen, with the real Claude Code. */

import { testQueue } from "./queue.ts";

testQueue("driver claude, headless", {
  kind: "claude",
  agent: { driver: "claude", transport: "headless" },
});
