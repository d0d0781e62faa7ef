/** `driver: opencode` under the real `bin/temoin run`, in both transports. */

import { testQueue } from "./queue.ts";

for (const [how, transport] of [
  ["without a screen", "headless"],
  ["in tmux", "tmux"],
]) {
  testQueue(how ?? "", { kind: "opencode", agent: { driver: "opencode", transport } });
}
