/** The driver `acp`: any agent of the Agent Client Protocol, and those that speak it beside a screen. */

import type { AgentSpec } from "../../domain/agent.ts";
import type { Driver } from "../driver.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { AcpLine } from "./acp-line.ts";

export interface AcpDriverOptions extends ProtocolDriverOptions {
  /** Appended to the agent's command. */
  readonly args?: readonly string[];
  /** Added to its environment; its own counts more. */
  readonly envOf?: (agent: AgentSpec) => Readonly<Record<string, string>>;
}

export function createAcpDriver(options: AcpDriverOptions): Driver {
  const { args = [], envOf = () => ({}) } = options;
  return createProtocolDriver(options, {
    capabilities: {
      resume: false,
      freshContext: true,
      interrupt: true,
      steer: false,
      usage: true,
      limits: true,
      asks: true,
      attach: false,
    },
    lineOf: (request) => (ear, signal) =>
      AcpLine.open({ request, options, args, env: envOf(request.agent) }, ear, signal),
  });
}
