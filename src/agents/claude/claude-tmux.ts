/** The driver `claude` in a window: the real Claude Code, and beside it what its hooks tell. */

import { autonomyOf } from "../../domain/autonomy.ts";
import type { Clock } from "../../lib/clock.ts";
import { removeLaunchFolder } from "../hooks/launch-folder.ts";
import { resetTimeFor } from "../reset-time-for.ts";
import type { Companions } from "../terminal/companion.ts";
import { screenCapabilities, type TerminalKind } from "../terminal/terminal-driver.ts";
import { isGivenTools, type ToolServerParts } from "../tool-server.ts";
import { ClaudeCompanion } from "./claude-companion.ts";
import { listedOf, writeLaunchFiles } from "./launch-files.ts";
import { permissionArgs } from "./permission-args.ts";
import { writeToolConfig } from "./tool-config.ts";

export interface ClaudeTmuxOptions extends ToolServerParts {
  readonly clock: Clock;
  readonly isRoot: boolean;
}

export function claudeKind(options: ClaudeTmuxOptions): TerminalKind {
  return {
    profile: "claude",
    companions: claudeCompanions(options),
    capabilities: { ...screenCapabilities, usage: true },
  };
}

/**
 * Its first turn is without the tools that come later, whatever `MCP_CONNECTION_NONBLOCKING` says
 * (2.1.197). Chosen: their start takes 0.4 s, and some seconds on a busy machine.
 */
const toolsMs = 10_000;

function claudeCompanions({ clock, isRoot, ...where }: ClaudeTmuxOptions): Companions {
  return {
    version: "claude-1",
    // Measured: about when its composer comes.
    firstWordMs: 2_000,
    toolsMs: (request) => (isGivenTools(request) ? toolsMs : 0),
    tellsAsks: true,
    async prepare(launch, env) {
      const file = await writeLaunchFiles(launch, env);
      const tools = await writeToolConfig(launch.request, { ...where, listed: listedOf(launch) });
      const { IS_SANDBOX: sandbox = "" } = env;
      const isRefused = isRoot && sandbox !== "1";
      const permissions = permissionArgs(autonomyOf(launch.request.agent), isRefused);
      const own = launch.request.agent.env;
      return {
        args: ["--settings", file, ...(tools?.args ?? []), ...permissions],
        env: { ...tools?.env, ...own },
      };
    },
    attend(launch, ear) {
      const resetOf = resetTimeFor(launch.request.agent, clock);
      return new ClaudeCompanion({ launch, ear, clock, resetOf });
    },
    forget: (launch) => removeLaunchFolder(launch, "claude"),
    uselessBy: (screen) => (notLoggedIn.test(screen) ? "it is not logged in" : null),
    hintFor: (screen) => hints.find(({ words }) => words.test(screen))?.hint ?? null,
  };
}

/** In its footer, where it takes prompts and answers none; or as the dialog of its first start. */
const notLoggedIn = /Not logged in · |Select login method/;

/** What a start that failed shows, and what helps. */
const hints: readonly { readonly words: RegExp; readonly hint: string }[] = [
  {
    words: /unknown option '--settings'/,
    hint: "This Claude Code is too old: run `claude update`, or install version 2.1 or later.",
  },
  {
    words: notLoggedIn,
    hint: "Run `claude` by hand and log in, or set `ANTHROPIC_API_KEY`.",
  },
  {
    words: /Unable to connect to Anthropic services/,
    hint: "Run `claude` by hand once: its first start needs the network, also where `ANTHROPIC_BASE_URL` names a server of your own.",
  },
  {
    words: /cannot be used with root/,
    hint: 'Set `env: { IS_SANDBOX: "1" }` if this machine is one that may be harmed, or run temoin as another user.',
  },
];
