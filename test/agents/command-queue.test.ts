/**
 * `driver: command`: the CLI, headless, as one process per turn; a later turn goes on with the
 * conversation of the first. The quickest of them always, the others with `--full`.
 */

import { chosenAgents, isFull } from "./chosen.ts";
import type { AgentKind } from "./pins.ts";
import { testQueue } from "./queue.ts";

/** The arguments of the first turn of an attempt, and of those that follow. */
const turns: Readonly<Record<Exclude<AgentKind, "acp">, readonly [string, string]>> = {
  claude: ["-p --dangerously-skip-permissions", "-p --dangerously-skip-permissions --continue"],
  codex: [
    "exec --dangerously-bypass-approvals-and-sandbox -",
    "exec --dangerously-bypass-approvals-and-sandbox resume --last -",
  ],
  opencode: ["run", "run --continue"],
  gemini: ["-y", "-y --resume latest"],
};

for (const kind of chosenAgents()) {
  if (kind === "acp" || (kind !== "codex" && !isFull())) continue;
  const [first, later] = turns[kind];
  testQueue("one process per turn", {
    kind,
    agent: { driver: "command" },
    command: (program) => [
      "sh",
      "-c",
      `if [ "$TEMOIN_TURN" = 1 ]; then exec "$0" ${first}; else exec "$0" ${later}; fi`,
      program,
    ],
  });
}
