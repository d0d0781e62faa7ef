/**
 * Gates on a disk that is full: what they say there is the fault of no change. They wait until there
 * is room and are run again, for many a command itself fails without any.
 */

import { pauseMs } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import { waitFor } from "../lib/notifier.ts";
import type { Gates } from "./gate.ts";

export interface RoomParts {
  readonly clock: Clock;
  /** Told once for each gate that waits. */
  readonly onProblem: (says: string) => void;
}

export function awaitRoom(gates: Gates, { clock, onProblem }: RoomParts): Gates {
  return {
    async check(request, signal) {
      for (let tries = 0; ; tries += 1) {
        const verdict = await gates.check(request, signal);
        if (verdict.noRoom !== true || signal.aborted) return verdict;
        if (tries === 0) {
          const { name } = request.gate;
          const where = `\`${request.proofFile}\``;
          onProblem(`Gate \`${name}\` waits: the disk is full at ${where}. It is run again.`);
        }
        const until = clock.now() + pauseMs(tries);
        // Called off meanwhile: the next look says so.
        await waitFor({ clock, signal, until }).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      }
    },
  };
}
