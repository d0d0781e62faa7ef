/** A driver of agents with an interface of their own: what all of them share. */

import type { AgentSpec } from "../../domain/agent.ts";
import type { Clock } from "../../lib/clock.ts";
import { findProgram } from "../../lib/process-path.ts";
import type { Capabilities, Driver, SessionRequest } from "../driver.ts";
import { type EnvironmentParts, environmentOf } from "../environment.ts";
import { openSessionLog } from "../session-log.ts";
import { missingProgram } from "../start-failure.ts";
import type { OpenLine } from "./line.ts";
import { ProtocolSession } from "./session.ts";

export interface ProtocolDriverOptions extends EnvironmentParts {
  readonly clock: Clock;
  /** The repository's root: a command with a slash is relative to it. */
  readonly root: string;
  /** How long a turn has to stop by itself before its agent is ended. */
  readonly stopMs?: number;
  /** From SIGTERM to SIGKILL when an agent is ended. */
  readonly graceMs?: number;
}

/** Chosen: enough for a program to save what it holds. */
export const defaultGraceMs = 5_000;
/** Chosen; measured: every CLI of the lab stops below 1 s. */
const defaultStopMs = 5_000;

/** `lineOf` gives what opens the lines of one session, one after the other. */
export function createProtocolDriver(
  options: ProtocolDriverOptions,
  kind: {
    readonly capabilities: Capabilities;
    readonly lineOf: (request: SessionRequest) => OpenLine;
  },
): Driver {
  const { clock, root, stopMs = defaultStopMs } = options;
  return {
    capabilities: kind.capabilities,
    async start(request, signal) {
      signal.throwIfAborted();
      const open = kind.lineOf(request);
      const log = await openSessionLog(request, options);
      return await ProtocolSession.start({ request, clock, log, open, stopMs }, signal);
    },
    missing: (agent: AgentSpec) => missingOnPath(agent, options, root),
  };
}

async function missingOnPath(
  agent: AgentSpec,
  parts: EnvironmentParts,
  root: string,
): Promise<string | null> {
  const { PATH: path = "" } = environmentOf(agent, {}, parts);
  const located = await findProgram(agent.command[0], { path, cwd: root });
  return located.found ? null : missingProgram(agent, located.because);
}
