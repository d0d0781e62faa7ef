/** The driver `claude` without a screen: one `claude -p` per slot, spoken to in JSON. */

import { autonomyOf } from "../../domain/autonomy.ts";
import type { Driver } from "../driver.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { resetTimeFor } from "../reset-time-for.ts";
import { permissionArgs } from "./permission-args.ts";
import { StreamLine } from "./stream-line.ts";
import { writeToolConfig } from "./tool-config.ts";

export interface ClaudeHeadlessOptions extends ProtocolDriverOptions {
  /** Claude Code refuses to skip permissions for root: then each is asked for, and answered by us. */
  readonly isRoot: boolean;
}

const streamArgs = [
  "-p",
  "--input-format",
  "stream-json",
  "--output-format",
  "stream-json",
  "--verbose",
  "--permission-prompt-tool",
  "stdio",
] as const;

export function createClaudeHeadless(options: ClaudeHeadlessOptions): Driver {
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
    lineOf: (request) => async (ear, signal) => {
      const tools = await writeToolConfig(request, options);
      const permissions = permissionArgs(autonomyOf(request.agent), options.isRoot);
      const args = [...streamArgs, ...(tools?.args ?? []), ...permissions];
      const resetOf = resetTimeFor(request.agent, options.clock);
      const env = tools?.env ?? {};
      return StreamLine.open(
        { request, options, args, env, hasTools: tools !== null, resetOf },
        ear,
        signal,
      );
    },
  });
}
