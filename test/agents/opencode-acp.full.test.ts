/** The driver `acp` with the real opencode. */

import { testAcpAgent } from "./acp-agent.ts";
import { testQueue } from "./queue.ts";

testAcpAgent(
  "opencode acp",
  { kind: "opencode", driver: "acp", transport: "acp", args: ["acp"] },
  // It asks for nothing unless its own configuration says so.
  { launch: { env: { OPENCODE_PERMISSION: '{"edit":"ask","bash":"ask"}' } } },
);

testQueue("driver acp", {
  kind: "opencode",
  agent: { driver: "acp", transport: "acp", args: ["acp"] },
});
