/** The driver `gemini` in a window: the real Gemini CLI, and beside it what its hooks tell. */

import type { Autonomy } from "../../domain/agent.ts";
import { autonomyOf } from "../../domain/autonomy.ts";
import type { Clock } from "../../lib/clock.ts";
import { removeLaunchFolder } from "../hooks/launch-folder.ts";
import { zoneOf } from "../reset-time-for.ts";
import type { Companions } from "../terminal/companion.ts";
import { screenCapabilities, type TerminalKind } from "../terminal/terminal-driver.ts";
import { prepareToolServer, type ToolServerParts } from "../tool-server.ts";
import { GeminiCompanion } from "./gemini-companion.ts";
import { policyArgs, writeLaunchFiles } from "./launch-files.ts";

export interface GeminiTmuxOptions extends ToolServerParts {
  readonly clock: Clock;
}

export function geminiKind(options: GeminiTmuxOptions): TerminalKind {
  return {
    profile: "gemini",
    companions: geminiCompanions(options),
    capabilities: { ...screenCapabilities, usage: true },
    // It takes its time over a shell that it has to end (measured: 3 s on a busy machine).
    stopMs: 15_000,
  };
}

const modes: Readonly<Record<Autonomy, string>> = {
  full: "yolo",
  edits: "auto_edit",
  ask: "default",
};

function geminiCompanions({ clock, ...where }: GeminiTmuxOptions): Companions {
  return {
    version: "gemini-1",
    // Until then it is "initializing", and only queues what it is given (measured: 1 to 5 s).
    firstWordMs: 10_000,
    // It waits by itself.
    toolsMs: () => 0,
    tellsAsks: false,
    async prepare(launch, env) {
      const tools = await prepareToolServer(launch.request, where);
      const home = await writeLaunchFiles(launch, env, tools);
      const { agent } = launch.request;
      return {
        args: ["--approval-mode", modes[autonomyOf(agent)], ...policyArgs(launch)],
        env: {
          ...(home === null ? {} : { GEMINI_CLI_HOME: home }),
          // In a folder that it does not trust it takes no mode that asks less; where all is asked
          // of a person, trust is theirs to give.
          ...(agent.autonomy === "ask" ? {} : { GEMINI_CLI_TRUST_WORKSPACE: "true" }),
        },
      };
    },
    attend(launch, ear) {
      return new GeminiCompanion({ launch, ear, clock, zone: zoneOf(launch.request.agent) });
    },
    forget: (launch) => removeLaunchFolder(launch, "gemini"),
    uselessBy: (screen) => (notLoggedIn.test(screen) ? "it is not logged in" : null),
    hintFor: (screen) => (notLoggedIn.test(screen) ? logIn : null),
  };
}

const notLoggedIn = /How would you like to authenticate|Waiting for auth|Enter Gemini API Key/;
const logIn = "Run `gemini` by hand and log in, or set `GEMINI_API_KEY`.";
