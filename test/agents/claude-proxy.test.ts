/**
 * What people call "antigravity": Claude Code with a proxy in the place of the provider, and a token
 * of any kind in the place of an account. docs/drivers.md tells how; this is that set-up.
 */

import { testQueue } from "./queue.ts";

testQueue("behind a proxy that takes any token", {
  kind: "claude",
  agent: { driver: "claude" },
  launch: { asks: ["login"], env: { ANTHROPIC_AUTH_TOKEN: "test" } },
});
