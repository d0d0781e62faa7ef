/** The driver `opencode` in both transports, over the fake server. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Driver } from "../../src/agents/driver.ts";
import { createOpencodeDriver } from "../../src/agents/opencode/opencode-driver.ts";
import { createTmuxOpencodeDriver } from "../../src/agents/opencode/tmux-driver.ts";
import { ProjectServer } from "../../src/agents/tmux/project-server.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { agentName, type DriverUnderTest } from "./driver-stage.ts";

const fakeOpencode = join(import.meta.dirname, "..", "fake-agent", "fake-opencode.ts");

export async function makeHeadlessOpencode(root: string): Promise<DriverUnderTest> {
  return underTest(root, createOpencodeDriver(await optionsIn(root)), async () => undefined);
}

/** With a tmux server of its own. */
export async function makeTmuxOpencode(root: string): Promise<DriverUnderTest> {
  const options = await optionsIn(root);
  const tmux = new ProjectServer({ ...options, socket: { path: join(root, "tmux") } });
  const driver = createTmuxOpencodeDriver({ ...options, tmux, project: "test" });
  return underTest(root, driver, () => tmux[Symbol.asyncDispose]());
}

function underTest(root: string, driver: Driver, end: () => Promise<void>): DriverUnderTest {
  return {
    driver,
    isProcessPerTurn: false,
    longLine: { written: 999, told: 200 },
    agent(turns) {
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      return opencodeAgent(root, Object.fromEntries(keyed));
    },
    [Symbol.asyncDispose]: end,
  };
}

async function optionsIn(root: string) {
  const binDir = join(root, "bin");
  await mkdir(binDir, { recursive: true });
  return { clock: systemClock, root, binDir, graceMs: 300, stopMs: 1_000 };
}

/** Its record is `record.jsonl` in `root`. */
export async function opencodeAgent(
  root: string,
  script: Readonly<Record<string, unknown>>,
  more: Partial<AgentSpec> = {},
): Promise<AgentSpec> {
  const file = join(root, "script.json");
  await writeFile(file, JSON.stringify(script));
  return {
    name: agentName,
    driver: "opencode",
    transport: "headless",
    command: [process.execPath, fakeOpencode, file],
    env: { FAKE_AGENT_RECORD: join(root, "record.jsonl") },
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
    ...more,
  };
}
