/**
 * The succession of conductors: rounds of a real run in which conductors, temoin or both are killed
 * at a step of the handoff. There must be one conductor for each term, no call of an old one may be
 * heard, and no decision may be lost.
 */

import { Random } from "../test/property/random.ts";
import { rules } from "./judge-succession.ts";
import { type Figure, type Measurement, never, spread } from "./measurement.ts";
import { drawPlans, type RoundPlan, type Struck, steps, victims } from "./succession-plan.ts";
import { playQuiet } from "./succession-quiet.ts";
import { type PlayedRound, playRound } from "./succession-round.ts";

const usualRounds = 30;

/** So many of them to one run in which nothing is to be judged (chosen). */
const roundsToQuiet = 10;

export const succession: Measurement = {
  name: "succession",
  about: "conductors, temoin or both are killed at each step of the handoff of the role",
  async run(say, asked) {
    const random = new Random(asked.seed ?? 1);
    const plans = drawPlans(random, asked.rounds ?? usualRounds);
    const played: PlayedRound[] = [];
    for (const [n, plan] of plans.entries()) {
      const round = await playRound(plan);
      played.push(round);
      say(`${n + 1}: ${toldOf(plan, round)}`);
    }
    const quiet: number[] = [];
    for (let n = 0; n < plans.length / roundsToQuiet; n += 1) {
      quiet.push(await playQuiet(random));
      say(`a run with nothing to judge: ${quiet.at(-1)} calls`);
    }
    const calls = quiet.reduce((sum, one) => sum + one, 0);
    const uncalled = never("calls in runs with nothing to judge", calls, quiet.length);
    return [...figures(plans, played), uncalled];
  },
};

function figures(plans: readonly RoundPlan[], rounds: readonly PlayedRound[]): readonly Figure[] {
  const sum = (of: (round: PlayedRound) => number): number => {
    return rounds.reduce((total, round) => total + of(round), 0);
  };
  const told = (what: string, value: number, count: number): Figure => {
    return { what, unit: "", value, atMost: null, count };
  };
  const count = rounds.length;
  const broken = rules.map((rule) =>
    never(
      rule,
      sum(({ findings }) => findings.filter((one) => one.rule === rule).length),
      count,
    ),
  );
  const meant = plans.flatMap(({ hits }) => hits);
  const met = rounds.flatMap((round) => round.met);
  const hits = steps.flatMap((step) =>
    victims.map((victim) => {
      const isIt = (hit: Struck["hit"]): boolean => hit.step === step && hit.victim === victim;
      const times = met.filter(({ hit }) => isIt(hit)).length;
      return told(`met: ${step}, ${victim} killed`, times, meant.filter(isIt).length);
    }),
  );
  return [
    ...broken,
    ...hits,
    told(
      "terms",
      sum(({ terms }) => terms),
      count,
    ),
    told(
      "decisions in the logs",
      sum(({ decisions }) => decisions),
      count,
    ),
    told(
      "calls of conductors that were answered",
      sum(({ answered }) => answered),
      count,
    ),
    told(
      "calls after the end of their term",
      sum(({ late }) => late),
      count,
    ),
    ...spread(
      { what: "a whole round", unit: "ms" },
      rounds.map(({ wholeMs }) => wholeMs),
    ),
  ];
}

function toldOf(plan: RoundPlan, round: PlayedRound): string {
  const { findings, struck, met, terms, answered, late, wholeMs, says } = round;
  const hits = plan.hits.map(({ step, victim }, place) => {
    const done = struck[place];
    const how = done === undefined ? " (not reached)" : met.includes(done) ? "" : " (late)";
    return `${step}, ${victim} killed${how}`;
  });
  const calls = `${terms} terms, ${answered} calls answered, ${late} of old terms, ${wholeMs} ms`;
  const line = `${hits.join("; then ")}: ${calls}`;
  if (findings.length === 0) return line;
  return [line, ...findings.map((one) => `  ${one.rule}: ${one.says}`), says].join("\n");
}
