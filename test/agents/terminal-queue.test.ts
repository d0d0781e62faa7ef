/**
 * `driver: terminal`: the CLI's full screen, by the profile of its name. The quickest of them
 * always, the others with `--full`.
 */

import { chosenAgents, isFull } from "./chosen.ts";
import { testQueue } from "./queue.ts";

for (const kind of chosenAgents()) {
  if (kind === "acp" || (kind !== "claude" && !isFull())) continue;
  testQueue("in a terminal", { kind, agent: { driver: "terminal", profile: kind } });
}
