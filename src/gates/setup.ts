/**
 * The contract of setup: what makes a fresh workspace usable (`npm ci`). Once per workspace, and
 * again when a lock file has changed.
 */

import type { Verdict } from "./gate.ts";

export interface SetupRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly proofFile: string;
}

export interface Setup {
  /** `null`: nothing to do. Anything but `passed` means that the workspace cannot be used. */
  ensure(request: SetupRequest, signal: AbortSignal): Promise<Verdict | null>;
}
