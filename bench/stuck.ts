/**
 * An agent that hangs from its prompt on: how long after the configured time each rung of the watch
 * is reached, and another agent has the task with what was done. Real processes, small times.
 */

import type { Event } from "../src/domain/event.ts";
import { openStage } from "../test/e2e/stage.ts";
import { type Measurement, spread } from "./measurement.ts";

const tasks = ["W-1", "W-2"];
const rounds = 5;

/** As configured, in milliseconds; the last prompt has as long as lies between the last two. */
const times = { quiet: 1_000, nudge: 3_000, giveUp: 6_000 };
const elsewhere = times.giveUp + (times.giveUp - times.nudge);

/** Milliseconds, of the issue. */
const goals = { max: 1_000 };

type Rung = "quiet" | "reminded" | "last prompt" | "given up" | "work goes on elsewhere";

const configured: Readonly<Record<Rung, number>> = {
  quiet: times.quiet,
  reminded: times.nudge,
  "last prompt": times.giveUp,
  "given up": elsewhere,
  "work goes on elsewhere": elsewhere,
};

export const stuck: Measurement = {
  name: "stuck",
  about: "an agent hangs → how much later than configured it is dealt with",
  async run(say) {
    const late = new Map<Rung, number[]>();
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}: ${tasks.length} agents hang at once`);
      for (const [rung, ms] of await measure()) {
        late.set(rung, [...(late.get(rung) ?? []), ms - configured[rung]]);
      }
    }
    return [...late].flatMap(([rung, values]) => {
      const what = `${rung} (at ${configured[rung] / 1_000} s), late by`;
      return spread({ what, unit: "ms" }, values, goals);
    });
  },
};

/** When each rung was reached, in milliseconds from the prompt: it is the last progress. */
async function measure(): Promise<readonly (readonly [Rung, number])[]> {
  const slots = tasks.length;
  await using stage = await openStage({
    agents: {
      hung: { command: ["sh", "hung.sh"], slots },
      quick: { command: ["sh", "quick.sh"], slots },
    },
    files: {
      "hung.sh": "cat > /dev/null\nexec sleep 600\n",
      "quick.sh": 'cat > /dev/null\necho done > "$TEMOIN_TASK.txt"\n',
    },
    config: {
      watch: Object.fromEntries(Object.entries(times).map(([key, ms]) => [key, `${ms}ms`])),
    },
  });
  await stage.add(tasks.join(" "));
  const { events } = await stage.run();
  return tasks.flatMap((task) => rungsOf(task, events));
}

function rungsOf(task: string, events: readonly Event[]): readonly (readonly [Rung, number])[] {
  let promptedAt: number | null = null;
  const reached = new Map<Rung, number>();
  for (const event of events) {
    if (!("attempt" in event) || event.task !== task) continue;
    const isPrompted = event.type === "attempt_moved" && event.phase === "working";
    if (isPrompted && event.attempt === 1) promptedAt ??= event.at;
    const rung = rungOf(event, isPrompted);
    // The first time counts: one that comes later is late for it.
    if (rung !== null && promptedAt !== null && !reached.has(rung)) {
      reached.set(rung, event.at - promptedAt);
    }
  }
  return [...reached];
}

function rungOf(event: Event & { readonly attempt: number }, isPrompted: boolean): Rung | null {
  if (event.attempt === 2) return isPrompted ? "work goes on elsewhere" : null;
  if (event.type === "attempt_ended") return "given up";
  if (event.type === "attempt_moved") return event.phase === "quiet" ? "quiet" : null;
  if (event.type !== "nudged") return null;
  return event.isLast ? "last prompt" : "reminded";
}
