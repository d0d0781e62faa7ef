/** The driver `gemini` without a screen, with the real Gemini CLI. */

import { testAcpAgent } from "./acp-agent.ts";
import { testQueue } from "./queue.ts";

testAcpAgent("gemini --acp", { kind: "gemini", driver: "gemini", transport: "acp" });

testQueue("driver gemini, acp", {
  kind: "gemini",
  agent: { driver: "gemini", transport: "acp" },
});
