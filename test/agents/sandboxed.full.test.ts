/** The real CLIs in bubblewrap: a queue to its landings, as without it. */

import { chosenAgents } from "./chosen.ts";
import type { AgentKind } from "./pins.ts";
import { testQueue } from "./queue.ts";

const ways: readonly (readonly [kind: AgentKind, transport: string])[] = [
  ["claude", "headless"],
  ["claude", "tmux"],
  ["codex", "headless"],
  ["opencode", "headless"],
  ["gemini", "acp"],
  ["gemini", "tmux"],
  ["acp", "acp"],
];

for (const [kind, transport] of ways) {
  if (!chosenAgents().includes(kind)) continue;
  const agent = { driver: kind, transport, sandbox: "bwrap" };
  testQueue(`${transport}, in a sandbox`, { kind, agent });
}
