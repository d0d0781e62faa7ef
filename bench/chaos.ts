/**
 * Real chaos: rounds of a run through `bin/temoin` with one fault each, at a random instant. What is
 * counted must be none in every round.
 */

import { Random } from "../test/property/random.ts";
import { type Fault, faults } from "./chaos-fault.ts";
import { playRound, type Round } from "./chaos-round.ts";
import { type Figure, type Measurement, never, spread } from "./measurement.ts";

const usualRounds = 40;
/** Of the length of a round without a fault: later there may be nothing left to strike (chosen). */
const latest = 0.5;

export const chaos: Measurement = {
  name: "chaos",
  about:
    "eight tasks, three fake agents, a fault at a random instant; started until the goal is met",
  async run(say, asked) {
    const seed = asked.seed ?? 1;
    const rounds = asked.rounds ?? usualRounds;
    const random = new Random(seed);
    const order = shuffled(random);
    say("one round without a fault, for its length");
    const calm = await playRound({ fault: null, atMs: 0, random: new Random(seed) });
    if (calm === "not here" || !isWhole(calm))
      throw new Error(`even without: ${JSON.stringify(calm)}`);
    const played: Round[] = [];
    for (let n = 0; n < rounds; n += 1) {
      const fault = order[n % order.length] ?? "kill temoin";
      const atMs = Math.floor(random.next() * calm.wholeMs * latest);
      const round = await playRound({ fault, atMs, random: new Random(seed * 1_000 + n) });
      if (round === "not here") {
        say(`${n + 1}: ${fault} cannot be tried here: a disk to fill needs root`);
        continue;
      }
      played.push(round);
      say(`${n + 1}: ${fault}, at ${atMs} ms: ${toldOf(round)}`);
    }
    return figures(played);
  },
};

function figures(rounds: readonly Round[]): readonly Figure[] {
  const sum = (of: (round: Round) => number): number => {
    return rounds.reduce((total, round) => total + of(round), 0);
  };
  const count = rounds.length;
  const progress = rounds.flatMap(({ progressMs }) => progressMs ?? []);
  return [
    never(
      "tasks lost",
      sum((round) => round.tasksLost.length),
      count,
    ),
    never(
      "tasks landed twice",
      sum((round) => round.landedTwice.length),
      count,
    ),
    never(
      "uncommitted lines lost",
      sum((round) => round.linesLost.length),
      count,
    ),
    never(
      "goals not met",
      sum((round) => Number(!round.isMet)),
      count,
    ),
    {
      what: "faults that met nothing",
      unit: "",
      value: count - progress.length,
      atMost: null,
      count,
    },
    {
      what: "starts of temoin a round",
      unit: "",
      value: sum((round) => round.starts) / count,
      atMost: null,
      count,
    },
    ...(progress.length === 0
      ? []
      : spread({ what: "from the fault to the next event", unit: "ms" }, progress)),
    ...spread(
      { what: "a whole round", unit: "ms" },
      rounds.map(({ wholeMs }) => wholeMs),
    ),
  ];
}

function isWhole(round: Round): boolean {
  const lost = [round.tasksLost, round.landedTwice, round.linesLost];
  return round.isMet && lost.every((names) => names.length === 0);
}

function toldOf(round: Round): string {
  const { starts, progressMs, wholeMs, what } = round;
  const far = `${starts} ${starts === 1 ? "start" : "starts"}, ${wholeMs} ms`;
  if (isWhole(round)) return `all is there (${far}, next event after ${progressMs} ms) ${what}`;
  const { tasksLost, landedTwice, linesLost, isMet, says } = round;
  return `${JSON.stringify({ tasksLost, landedTwice, linesLost, isMet })} (${far}) ${what}\n${says}`;
}

/** Each fault comes once before any comes twice. */
function shuffled(random: Random): readonly Fault[] {
  const order = faults.map((fault) => ({ fault, place: random.next() }));
  return order.toSorted((a, b) => a.place - b.place).map(({ fault }) => fault);
}
