/** The driver `codex` in both transports, over the fake app-server. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createHeadlessCodexDriver } from "../../src/agents/codex/headless.ts";
import { createTmuxCodexDriver } from "../../src/agents/codex/tmux-driver.ts";
import type { Driver } from "../../src/agents/driver.ts";
import { ProjectServer } from "../../src/agents/tmux/project-server.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { agentName, type DriverUnderTest } from "./driver-stage.ts";

const fakeCodex = join(import.meta.dirname, "..", "fake-agent", "fake-codex.ts");

export async function makeHeadlessCodex(root: string): Promise<DriverUnderTest> {
  return underTest(root, createHeadlessCodexDriver(await optionsIn(root)), async () => undefined);
}

/** With a tmux server of its own. */
export async function makeTmuxCodex(root: string): Promise<DriverUnderTest> {
  const options = await optionsIn(root);
  const tmux = new ProjectServer({ ...options, socket: { path: join(root, "tmux") } });
  const driver = createTmuxCodexDriver({ ...options, tmux, project: "test", socketDir: root });
  return underTest(root, driver, () => tmux[Symbol.asyncDispose]());
}

function underTest(root: string, driver: Driver, end: () => Promise<void>): DriverUnderTest {
  return {
    driver,
    isProcessPerTurn: false,
    longLine: { written: 999, told: 200 },
    agent(turns) {
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      return codexAgent(root, Object.fromEntries(keyed));
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
export async function codexAgent(
  root: string,
  script: Readonly<Record<string, unknown>>,
  more: Partial<AgentSpec> = {},
): Promise<AgentSpec> {
  const file = join(root, "script.json");
  await writeFile(file, JSON.stringify(script));
  return {
    name: agentName,
    driver: "codex",
    transport: "headless",
    command: [process.execPath, fakeCodex, file],
    env: { FAKE_AGENT_RECORD: join(root, "record.jsonl") },
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
    ...more,
  };
}
