/** Names of signals by their numbers on this system. */

import { constants } from "node:os";

/** `9` → `SIGKILL`; `null`: there is none of this number. */
export function signalName(number: number): string | null {
  const entry = Object.entries(constants.signals).find(([, value]) => value === number);
  return entry?.[0] ?? null;
}
