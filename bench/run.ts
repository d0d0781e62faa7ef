/**
 * Measures: everything, or what is named. A goal that is missed is said, and is no failure: what a
 * busy machine measures must not break a build. What must never happen is: then it exits with 1.
 *
 *   npm run bench                     everything, as a table; JSON in bench/results/<name>.json
 *   npm run bench -- decide ls        these only
 *   npm run bench -- --json decide    the JSON to stdout as well, the table to stderr
 *   npm run bench -- detection        recorded screens, case by case; `--cases DIR` for others
 *   npm run bench -- chaos-virtual    faults in virtual time; `--runs N`, `--seed S`
 *   npm run bench -- chaos            faults in real runs; `--rounds N`, `--seed S`
 *   npm run bench -- succession       conductors killed as they hand on; `--rounds N`, `--seed S`
 *   npm run bench -- fuzz             broken inputs over the parsers; `--inputs N`, `--seed S`
 */

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { agents } from "./agents.ts";
import { chaos } from "./chaos.ts";
import { chaosVirtual } from "./chaos-virtual.ts";
import { coldStart } from "./cold-start.ts";
import { commit } from "./commit.ts";
import { decide } from "./decide.ts";
import { delivery } from "./delivery.ts";
import { detect, detection } from "./detection.ts";
import { fuzz } from "./fuzz.ts";
import { handoff } from "./handoff.ts";
import { idle } from "./idle.ts";
import { landing } from "./landing.ts";
import { lies } from "./lies.ts";
import { ls } from "./ls.ts";
import { describeMachine } from "./machine.ts";
import { makespan } from "./makespan.ts";
import type { Asked, Figure, Measurement } from "./measurement.ts";
import { overhead } from "./overhead.ts";
import { recovery } from "./recovery.ts";
import { stuck } from "./stuck.ts";
import { succession } from "./succession.ts";
import { terminal } from "./terminal.ts";
import { turnaround } from "./turnaround.ts";
import { verification } from "./verification.ts";

const measurements: readonly Measurement[] = [
  decide,
  makespan,
  coldStart,
  recovery,
  ls,
  commit,
  idle,
  turnaround,
  handoff,
  overhead,
  landing,
  verification,
  detection,
  terminal,
  delivery,
  agents,
  lies,
  chaosVirtual,
  stuck,
  chaos,
  succession,
  fuzz,
];

const resultsDir = fileURLToPath(new URL("results", import.meta.url));

const { values, positionals } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string" },
    rounds: { type: "string" },
    inputs: { type: "string" },
    seed: { type: "string" },
    cases: { type: "string", multiple: true, default: [] },
  },
  allowPositionals: true,
});
const known = measurements.map((one) => one.name);
const unknown = positionals.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  console.error(`Nothing is called ${unknown.join(", ")}. There is: ${known.join(", ")}.`);
  process.exitCode = 2;
} else if (positionals.length === 1 && positionals[0] === detection.name) {
  await detect(values.cases, values.json);
} else {
  const chosen = measurements.filter(
    (one) => positionals.length === 0 || positionals.includes(one.name),
  );
  const { runs, seed } = values;
  await measureAll(chosen, values.json, {
    runs: whole(runs),
    seed: whole(seed),
    rounds: whole(values.rounds),
    inputs: whole(values.inputs),
  });
}

function whole(text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a whole number: ${text}`);
  return value;
}

async function measureAll(
  chosen: readonly Measurement[],
  isJson: boolean,
  asked: Asked,
): Promise<void> {
  const machine = describeMachine();
  const print = isJson ? console.error : console.log;
  print(`${machine.cores} cores, ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.fileSystem}`);
  print(`node ${machine.node}, git ${machine.git}, sqlite ${machine.sqlite}, load ${machine.load}`);
  await mkdir(resultsDir, { recursive: true });
  const results: object[] = [];
  for (const { name, about, run } of chosen) {
    print(`\n${name}: ${about}`);
    const figures = await run((text) => console.error(`  … ${text}`), asked);
    if (figures.some(isBroken)) process.exitCode = 1;
    for (const line of tableOf(figures)) print(line);
    const result = { schema: 1, name, about, machine, figures: figures.map(judged) };
    await writeFile(`${resultsDir}/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
    results.push(result);
  }
  if (isJson) process.stdout.write(`${JSON.stringify({ schema: 1, results })}\n`);
}

function isBroken({ isPromise, value, atMost }: Figure): boolean {
  return isPromise === true && atMost !== null && value > atMost;
}

function judged(figure: Figure): Figure & { readonly met: boolean | null } {
  const { value, atMost } = figure;
  return { ...figure, met: atMost === null ? null : value <= atMost };
}

function tableOf(figures: readonly Figure[]): readonly string[] {
  const wide = Math.max(...figures.map((figure) => figure.what.length));
  return figures.map(({ what, value, unit, atMost, count }) => {
    const shown = `${numberText(value)} ${unit}`.padStart(14);
    const goal =
      atMost === null
        ? ""
        : `goal ${`${atMost} ${unit}`.trim()}: ${value <= atMost ? "met" : "missed"}`;
    return `  ${what.padEnd(wide)}${shown}  n=${String(count).padEnd(6)} ${goal}`.trimEnd();
  });
}

/** Three digits that say something; a ratio near one has them after the point. */
function numberText(value: number): string {
  if (value === 0) return "0";
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(3);
}
