/** A driver of agents with an interface of their own: what all of them share. */

import type { Clock } from "../../lib/clock.ts";
import { missingAgent, type ProgramParts } from "../agent-program.ts";
import type { Capabilities, Driver, SessionRequest } from "../driver.ts";
import { openSessionLog } from "../session-log.ts";
import type { OpenLine } from "./line.ts";
import { ProtocolSession } from "./session.ts";

export interface ProtocolDriverOptions extends ProgramParts {
  readonly clock: Clock;
  /** How long a turn has to stop by itself before its agent is ended. */
  readonly stopMs?: number;
  /** From SIGTERM to SIGKILL when an agent is ended. */
  readonly graceMs?: number;
}

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
  const { clock, stopMs = defaultStopMs } = options;
  return {
    capabilities: kind.capabilities,
    async start(request, signal) {
      signal.throwIfAborted();
      const open = kind.lineOf(request);
      const log = await openSessionLog(request, options);
      return await ProtocolSession.start({ request, clock, log, open, stopMs }, signal);
    },
    missing: (agent) => missingAgent(agent, options),
  };
}
