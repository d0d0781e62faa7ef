/** What `autonomy` is called by Claude Code. Pure. */

import type { Autonomy } from "../../domain/agent.ts";

/** It refuses to skip permissions for root: then each is asked for, and answered by us. */
export function permissionArgs(autonomy: Autonomy, isRefused: boolean): readonly string[] {
  switch (autonomy) {
    case "full":
      return isRefused ? ["--permission-mode", "default"] : ["--dangerously-skip-permissions"];
    case "edits":
      return ["--permission-mode", "acceptEdits"];
    case "ask":
      return ["--permission-mode", "default"];
  }
}
