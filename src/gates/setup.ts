/**
 * The contract of setup: what makes a fresh workspace usable (`npm ci`). Once per workspace, and
 * again when a lock file has changed.
 */

import type { GateSpec, Verdict } from "./gate.ts";

/** Run by `sh -c`; `env`: as that of a gate. */
export type SetupCommand = Pick<GateSpec, "run" | "env">;

export interface SetupRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly proofFile: string;
}

export interface Setup {
  /** `null`: nothing to do. Anything but `passed` means that the workspace cannot be used. */
  ensure(request: SetupRequest, signal: AbortSignal): Promise<Verdict | null>;
}
