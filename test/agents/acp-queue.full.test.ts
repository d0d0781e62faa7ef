/** A queue of tasks by the driver `acp`, with the adapter of Claude Code. */

import { testQueue } from "./queue.ts";

testQueue("driver acp", { kind: "acp", agent: { driver: "acp", transport: "acp" } });
