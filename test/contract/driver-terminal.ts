/** The driver `terminal` with the fake agent in a window of a real tmux, made ready for the contract. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createTerminalDriver,
  type TerminalDriver,
  type TerminalDriverOptions,
} from "../../src/agents/terminal/terminal-driver.ts";
import { ProjectServer } from "../../src/agents/tmux/project-server.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { agentName, type DriverUnderTest } from "./driver-stage.ts";

const fakeTui = join(import.meta.dirname, "..", "fake-agent", "fake-tui.ts");

export async function makeTerminalDriver(root: string): Promise<DriverUnderTest> {
  const driver = await openTerminalDriver(root);
  return {
    driver,
    isProcessPerTurn: false,
    // A longer one is wrapped: what is told is a row of the screen.
    longLine: { written: 190, told: 190 },
    async agent(turns) {
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      // It takes the first Enter: that a lost one is pressed again costs a second.
      const script = { ...Object.fromEntries(keyed), manners: { enter_after_start_ms: 0 } };
      return fakeTerminalAgent(root, { like: "claude", script });
    },
    [Symbol.asyncDispose]: () => driver[Symbol.asyncDispose](),
  };
}

/** With a tmux server of its own in this directory. */
export async function openTerminalDriver(
  root: string,
  more: Partial<TerminalDriverOptions> = {},
): Promise<TerminalDriver & AsyncDisposable> {
  const binDir = join(root, "bin");
  await mkdir(binDir, { recursive: true });
  const base = { clock: systemClock, graceMs: 300 };
  const tmux = new ProjectServer({ ...base, socket: { path: join(root, "tmux") } });
  const driver = createTerminalDriver({ ...base, root, binDir, project: "test", tmux, ...more });
  return Object.assign(driver, { [Symbol.asyncDispose]: () => tmux[Symbol.asyncDispose]() });
}

export interface FakeTerminalAgent {
  /** A look of the fake agent, and the profile of that name. */
  readonly like: string;
  /** Steps by place, and `manners`. */
  readonly script: Readonly<Record<string, unknown>>;
  readonly autonomy?: AgentSpec["autonomy"];
  readonly readsOnly?: true;
  /** Variables of its own. */
  readonly env?: AgentSpec["env"];
  /** A profile of the test's own, as a file has it. */
  readonly ownProfile?: string;
}

/** Its record is `record.jsonl` in `root`. */
export async function fakeTerminalAgent(
  root: string,
  { like, script, autonomy = "full", readsOnly, env, ownProfile }: FakeTerminalAgent,
): Promise<AgentSpec> {
  const file = join(root, "script.json");
  await writeFile(file, JSON.stringify(script));
  const profile = ownProfile === undefined ? like : join(root, "profile.yaml");
  if (ownProfile !== undefined) await writeFile(profile, ownProfile);
  return {
    name: agentName,
    driver: "terminal",
    transport: "tmux",
    command: [process.execPath, fakeTui, "--like", like, file],
    env: { FAKE_AGENT_RECORD: join(root, "record.jsonl"), ...env },
    roles: [],
    slots: 1,
    autonomy,
    ...(readsOnly === undefined ? {} : { readsOnly }),
    profile,
  };
}
