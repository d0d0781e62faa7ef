/** Names of signals by their numbers on this system. */

import { constants } from "node:os";

/**
 * They end no program, or are sent by nobody: 128 and one of them is a number that the program has
 * chosen itself. Gemini CLI ends with an HTTP status mod 256: 144 is a 400, 145 a 401 (measured).
 */
const endsNobody: ReadonlySet<string> = new Set([
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGWINCH",
  "SIGSTKFLT",
]);

/** The signal by which a program can have ended: `9` → `SIGKILL`; `null`: none has this number. */
export function signalName(number: number): string | null {
  const entry = Object.entries(constants.signals).find(([, value]) => value === number);
  return entry === undefined || endsNobody.has(entry[0]) ? null : entry[0];
}
