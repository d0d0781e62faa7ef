/** The driver `claude` in a window, over the fake agent with the hooks of Claude Code. */

import { join } from "node:path";
import { claudeKind } from "../../src/agents/claude/claude-tmux.ts";
import type { Driver } from "../../src/agents/driver.ts";
import type { TerminalDriver } from "../../src/agents/terminal/terminal-driver.ts";
import { binDir } from "../../src/app/drivers.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { DriverUnderTest } from "./driver-stage.ts";
import { fakeTerminalAgent, openTerminalDriver } from "./driver-terminal.ts";

export async function makeClaudeTmux(root: string): Promise<DriverUnderTest> {
  const terminal = await openTerminalDriver(root);
  return {
    driver: claudeDriver(terminal),
    isProcessPerTurn: false,
    // What is told is the last line of its words.
    longLine: { written: 190, told: 190 },
    async agent(turns) {
      const keyed = turns.map((steps, n) => [`*/1/${n + 1}`, steps]);
      return await hookedAgent(root, Object.fromEntries(keyed));
    },
    [Symbol.asyncDispose]: () => terminal[Symbol.asyncDispose](),
  };
}

export function claudeDriver(terminal: TerminalDriver): Driver {
  return terminal.driverOf(claudeKind({ clock: systemClock, isRoot: false, binDir, root: "/" }));
}

/** Its record is `record.jsonl` in `root`. */
export async function hookedAgent(
  root: string,
  turns: Readonly<Record<string, unknown>>,
  { autonomy = "full", manners = {} }: HookedAgentOptions = {},
): Promise<AgentSpec> {
  // It takes the first Enter: that a lost one is pressed again costs a second.
  const script = { ...turns, manners: { enter_after_start_ms: 0, ...manners } };
  const agent = await fakeTerminalAgent(root, { like: "claude", script, autonomy });
  const env = { ...agent.env, CLAUDE_CONFIG_DIR: join(root, "claude-config") };
  return { ...agent, driver: "claude", env, profile: null };
}

interface HookedAgentOptions {
  readonly autonomy?: AgentSpec["autonomy"];
  readonly manners?: Readonly<Record<string, unknown>>;
}
