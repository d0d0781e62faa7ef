/** The driver `command` with the fake agent as a real process, made ready for the contract. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCommandDriver } from "../../src/agents/command.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { agentName, type DriverUnderTest } from "./driver-stage.ts";

const fakeAgent = join(import.meta.dirname, "..", "fake-agent", "fake-agent.ts");

export async function makeCommandDriver(root: string): Promise<DriverUnderTest> {
  const binDir = join(root, "bin");
  await mkdir(binDir);
  return {
    driver: createCommandDriver({ clock: systemClock, root, binDir, graceMs: 300 }),
    isProcessPerTurn: true,
    longLine: { written: 999, told: 200 },
    async agent(turns) {
      const script = join(root, "script.json");
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      await writeFile(script, JSON.stringify(Object.fromEntries(keyed)));
      return agentOf([process.execPath, fakeAgent, script]);
    },
    async [Symbol.asyncDispose]() {
      // Nothing is kept open between the sessions.
    },
  };
}

export function agentOf(command: AgentSpec["command"], env: AgentSpec["env"] = {}): AgentSpec {
  return {
    name: agentName,
    driver: "command",
    transport: "headless",
    command,
    env,
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
  };
}
