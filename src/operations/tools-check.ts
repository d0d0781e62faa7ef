/** What the looks at temoin's tools for agents come to, as checks of the doctor. Pure. */

import { rowOf } from "../config/driver-table.ts";
import type { AgentSpec } from "../domain/agent.ts";
import { knownClis } from "../domain/known-cli.ts";
import type { ToolRole } from "../domain/rights.ts";
import { durationText } from "../domain/view-duration.ts";
import { countText, listText } from "../domain/view-text.ts";
import type { ToolsLook } from "./context.ts";
import type { Check } from "./doctor.ts";

/** Does its driver give it the tools, and may it? */
export function hasTools({ driver, mcp }: AgentSpec): boolean {
  return rowOf(driver).mcp && mcp !== false;
}

/** By which way an agent is given them. */
export function toolsCheck(agent: AgentSpec): Check {
  const name = `tools of ${agent.name}`;
  const instead = "it has the command `temoin report`";
  if (!rowOf(agent.driver).mcp) {
    const detail = `none, its driver cannot give them: ${instead}`;
    return { name, ok: true, detail, hint: null };
  }
  if (agent.mcp === false) {
    return { name, ok: true, detail: `none, by \`mcp: false\`: ${instead}`, hint: null };
  }
  const proved = provedWith(agent);
  if (proved === null) {
    const detail = `${wayOf(agent)}; unproven with \`${agent.command.join(" ")}\``;
    const hint = `\`temoin logs ${agent.name}-1\` shows whether it calls them; without, ${instead}.`;
    return { name, ok: true, detail, hint };
  }
  return { name, ok: true, detail: `${wayOf(agent)}; proved with ${proved}`, hint: null };
}

function wayOf({ driver, transport }: AgentSpec): string {
  switch (driver) {
    case "claude":
      return "by `--mcp-config`, beside your own servers";
    case "codex":
      return "by `-c mcp_servers.temoin`, beside your own servers";
    case "opencode":
      return "by OPENCODE_CONFIG_CONTENT, beside your own servers";
    case "gemini":
      if (transport === "tmux") return "by the settings of its launch, beside your own servers";
      return "by `session/new`";
    default:
      return "by `session/new`";
  }
}

/** As `npm run test:agents` has shown it; `null`: with no such program. */
function provedWith({ driver, command }: AgentSpec): string | null {
  switch (driver) {
    case "claude":
    case "codex":
    case "opencode":
    case "gemini":
      return `${driver} ${knownClis[driver].proved}`;
    case "acp":
      return /(?:^|\/)claude-agent-acp$/.test(command[0]) ? "claude-agent-acp 0.49.0" : null;
    default:
      return null;
  }
}

const whose: Readonly<Record<ToolRole, string>> = {
  worker: "a worker",
  conductor: "the conductor",
  planner: "a planner",
  observer: "an observer",
};

/** Whether their server answers; for each role that was asked. */
export function serverCheck(
  looks: readonly { readonly role: ToolRole; readonly look: ToolsLook }[],
): Check {
  const name = "tools";
  const offered: string[] = [];
  let slowest = 0;
  for (const { role, look } of looks) {
    if (!look.isThere) {
      const detail = `\`temoin mcp --role ${role}\` does not answer: ${look.why}`;
      const hint = "Run it by hand, with an empty input. Agents work without it, by their shell.";
      return { name, ok: false, detail, hint };
    }
    offered.push(`${countText(look.tools.length, "tool")} for ${whose[role]}`);
    slowest = Math.max(slowest, look.tookMs);
  }
  const says = listText(offered, offered.length);
  return {
    name,
    ok: true,
    detail: `\`temoin mcp\` offers ${says}, after ${durationText(slowest)}`,
    hint: null,
  };
}
