/** The driver `claude` without a screen, over the fake agent of JSON lines. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClaudeHeadless } from "../../src/agents/claude/claude-headless.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { agentName, type DriverUnderTest } from "./driver-stage.ts";

export const fakeStream = join(import.meta.dirname, "..", "fake-agent", "fake-stream.ts");

export async function makeClaudeHeadless(root: string): Promise<DriverUnderTest> {
  const binDir = join(root, "bin");
  await mkdir(binDir);
  return {
    driver: createClaudeHeadless({
      clock: systemClock,
      root,
      binDir,
      graceMs: 300,
      stopMs: 1_000,
      isRoot: false,
    }),
    isProcessPerTurn: false,
    longLine: { written: 999, told: 200 },
    async agent(turns) {
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      return await streamAgent(root, Object.fromEntries(keyed));
    },
    async [Symbol.asyncDispose]() {
      // Nothing is kept open between the sessions.
    },
  };
}

/** Its record is `record.jsonl` in `root`. */
export async function streamAgent(
  root: string,
  script: Readonly<Record<string, unknown>>,
  more: Partial<AgentSpec> = {},
): Promise<AgentSpec> {
  const file = join(root, "script.json");
  await writeFile(file, JSON.stringify(script));
  return {
    name: agentName,
    driver: "claude",
    transport: "headless",
    command: [process.execPath, fakeStream, "--like", "claude", file],
    env: { FAKE_AGENT_RECORD: join(root, "record.jsonl") },
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
    ...more,
  };
}
