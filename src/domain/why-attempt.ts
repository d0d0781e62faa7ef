/** The course of one attempt, as evidence: what `why` tells of it. */

import type { Evidence } from "./agent.ts";
import type { Attempt, LiveAttempt, SeenAgent } from "./attempt.ts";
import { contextFullness, quotaFullness } from "./fullness.ts";
import type { Instant } from "./id.ts";
import type { Task } from "./task.ts";
import { gatesText } from "./view-gates.ts";

export function bySchedule(at: Instant, says: string): Evidence {
  return { at, source: "schedule", says };
}

/** The end of an attempt as one piece of evidence; nothing of one that is alive. */
export function endOf(attempt: Attempt): readonly Evidence[] {
  if (attempt.phase !== "ended") return [];
  const { n, agent, outcome, endedAt } = attempt;
  const says = `attempt ${n} by ${agent} ended ${outcome.replace("_", " ")}: ${attempt.why}`;
  return [{ at: endedAt, source: outcome === "gate_failed" ? "gate" : "process", says }];
}

/** Ends of the earlier attempts, and the whole course of the last one. */
export function lastCourse(task: Task): readonly Evidence[] {
  const last = task.attempts.at(-1);
  if (last === undefined) return [];
  return [...task.attempts.slice(0, -1).flatMap((one) => endOf(one)), ...courseOf(last)];
}

/** All that is known of one attempt, in the order in which it happened. */
export function courseOf(attempt: Attempt): readonly Evidence[] {
  const { n, slot, startedAt, because, base } = attempt;
  const from = base.from === "target" ? "" : `, from the work of attempt ${base.attempt}`;
  const seen = attempt.evidence.concat(
    attempt.reports.map(({ at, kind, text }) => ({
      at,
      source: "report" as const,
      says: `${kind}: ${text}`,
    })),
  );
  const lastAt = attempt.phase === "ended" ? attempt.endedAt : attempt.since;
  return [
    bySchedule(startedAt, `attempt ${n} went to ${slot}${from}: ${because}`),
    ...seen.toSorted((a, b) => a.at - b.at),
    ...(attempt.phase === "ended" || attempt.seen === null ? [] : seenOf(attempt.seen)),
    ...(attempt.phase === "ended" ? [] : fullnessOf(attempt)),
    ...gatesByRound(attempt).map((says) => ({ at: lastAt, source: "gate" as const, says })),
    ...endOf(attempt),
  ];
}

/** What its driver sees now, the strongest first. */
function seenOf({ state, since, because }: SeenAgent): readonly Evidence[] {
  if (because.length === 0) return [bySchedule(since, `its state is ${state}: nothing tells it`)];
  return because.map((one) => ({ ...one, says: `${state}: ${one.says}` }));
}

/** As its agent told it last. */
function fullnessOf({ usage, since }: LiveAttempt): readonly Evidence[] {
  const told = [contextFullness(usage), quotaFullness(usage)];
  return told.flatMap((one) =>
    one === null ? [] : { at: since, source: "protocol", says: one.says },
  );
}

function gatesByRound(attempt: Attempt): readonly string[] {
  const rounds = Map.groupBy(attempt.gates, (gate) => `${gate.where} ${gate.round}`);
  return [...rounds.values()].map((gates) => {
    const [first] = gates;
    const where = first?.where === "landing" ? "on the landing" : `in round ${first?.round ?? 0}`;
    return `gates ${where}: ${gatesText(gates)}`;
  });
}
