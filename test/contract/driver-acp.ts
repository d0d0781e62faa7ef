/** The driver `acp` with the fake agent speaking the protocol, made ready for the contract. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AcpDriverOptions, createAcpDriver } from "../../src/agents/acp/acp-driver.ts";
import type { AgentSpec, Autonomy } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { agentName, type DriverUnderTest } from "./driver-stage.ts";

const fakeAcp = join(import.meta.dirname, "..", "fake-agent", "fake-acp.ts");

export async function makeAcpDriver(
  root: string,
  more: Partial<AcpDriverOptions> = {},
): Promise<DriverUnderTest> {
  const binDir = join(root, "bin");
  await mkdir(binDir);
  return {
    driver: createAcpDriver({
      clock: systemClock,
      root,
      binDir,
      graceMs: 300,
      stopMs: 2_000,
      ...more,
    }),
    isProcessPerTurn: false,
    longLine: { written: 999, told: 200 },
    agent: (turns) => {
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      return fakeAcpAgent(root, { script: Object.fromEntries(keyed) });
    },
    async [Symbol.asyncDispose]() {
      // Nothing is kept open between the sessions.
    },
  };
}

/** Its record is `record.jsonl` in `root`. */
export async function fakeAcpAgent(
  root: string,
  {
    script,
    autonomy = "full",
  }: { readonly script: Readonly<Record<string, unknown>>; readonly autonomy?: Autonomy },
): Promise<AgentSpec> {
  const file = join(root, "script.json");
  await writeFile(file, JSON.stringify(script));
  return {
    name: agentName,
    driver: "acp",
    transport: "acp",
    command: [process.execPath, fakeAcp, file],
    env: { FAKE_AGENT_RECORD: join(root, "record.jsonl") },
    roles: [],
    slots: 1,
    autonomy,
    profile: null,
  };
}
