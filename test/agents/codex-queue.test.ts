/** `driver: codex` under the real `bin/temoin run`, in both transports. */

import { testQueue } from "./queue.ts";

for (const [how, transport] of [
  ["without a screen", "headless"],
  ["in tmux", "tmux"],
]) {
  testQueue(how ?? "", { kind: "codex", agent: { driver: "codex", transport } });
}
