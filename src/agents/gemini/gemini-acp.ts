/**
 * The driver `gemini` without a screen: `gemini --acp`. What it may do is its mode, which is set for
 * each conversation; nothing is written into a person's settings.
 */

import { createAcpDriver } from "../acp/acp-driver.ts";
import type { Driver } from "../driver.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";

export function createGeminiAcp(options: ProtocolDriverOptions): Driver {
  return createAcpDriver({
    ...options,
    args: ["--acp"],
    // In a folder that it does not trust it refuses modes that ask less (measured: 0.61.0); where
    // all is asked of a person, trust is theirs to give.
    envOf: ({ autonomy }): Readonly<Record<string, string>> =>
      autonomy === "ask" ? {} : { GEMINI_CLI_TRUST_WORKSPACE: "true" },
  });
}
