/**
 * How long nobody judges when the conductor's context is full: from the moment at which its agent says
 * so until its successor does the first thing. Two agents hold the role in turns, each term a session
 * of its own, so the start of the successor's program is in it; it is told beside it too.
 */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseAgentName } from "../src/domain/id.ts";
import { openStage, sh } from "../test/e2e/stage.ts";
import { readRecord } from "../test/fake-agent/tui/record.ts";
import { type Figure, spread } from "./measurement.ts";

const fakeStream = fileURLToPath(new URL("../test/fake-agent/fake-stream.ts", import.meta.url));

/** Notes when its process was made, and becomes the agent. */
const launch = 'date +%s%3N >> "$0"; exec "$@"';

/** `count` times the role moves. */
export async function measureRole(count: number): Promise<readonly Figure[]> {
  const notes = await mkdtemp(path.join(os.tmpdir(), "temoin-notes-"));
  try {
    await playTerms(notes, count);
    const { whole, starts } = await gapsIn(notes, count);
    const named = "a conductor tells 98 % → its successor's first call";
    const beside = whole.map((ms, place) => ms - (starts[place] ?? 0));
    const unit = "ms";
    return [
      ...spread({ what: `${named}, without its program's start`, unit }, beside, { p95: 5_000 }),
      ...spread({ what: named, unit }, whole),
      ...spread({ what: "the start of the successor's program alone", unit }, starts),
    ];
  } finally {
    await rm(notes, { recursive: true, force: true });
  }
}

async function playTerms(notes: string, count: number): Promise<void> {
  const at = (name: string): string => path.join(notes, name);
  const begin = sh(`date +%s%3N >> ${at("first")}; temoin acknowledge`);
  const fill = [begin, { use: { input: 197_000 } }, { fill: { most: 1 } }];
  const mend = [begin, sh(`touch ${at("mended")}; temoin retry T-1`)];
  const terms = Array.from({ length: count + 1 }, (_, n) => {
    return [`conductor/${n + 1}`, n < count ? fill : mend] as const;
  });
  await writeFile(at("full.json"), JSON.stringify(Object.fromEntries(terms)));
  const like = [process.execPath, fakeStream, "--like", "claude", at("full.json")];
  const command = ["sh", "-c", launch, at("born"), ...like];
  const env = { FAKE_AGENT_RECORD: at("record") };
  const full = { driver: "claude", transport: "headless", command, env };
  await using stage = await openStage({
    agents: { ada: {}, one: full, two: full },
    script: { "T-1": [sh(`[ -e ${at("mended")} ] && echo done > t1.txt`)] },
    config: {
      attempts: { perTask: 1, feedbackRounds: 0 },
      conductor: { order: ["one", "two"], coolDown: "100ms", calls: count + 10 },
    },
  });
  await stage.add("T-1", { agent: parseAgentName("ada") });
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}: ${why}`);
}

interface Gaps {
  readonly whole: readonly number[];
  /** Of the successor of each. */
  readonly starts: readonly number[];
}

async function gapsIn(folder: string, count: number): Promise<Gaps> {
  const lines = readRecord(path.join(folder, "record"));
  const timesOf = (type: string): readonly number[] =>
    lines.flatMap((line) => (line.type === type ? line.at : []));
  const read = async (name: string): Promise<readonly number[]> => {
    const text = await readFile(path.join(folder, name), "utf8");
    return text.trim().split("\n").map(Number);
  };
  const full = timesOf("full");
  const started = timesOf("started");
  const first = await read("first");
  const born = await read("born");
  if (full.length !== count || [first, born, started].some(({ length }) => length !== count + 1)) {
    const told = { full: full.length, first: first.length, born: born.length };
    throw new Error(`the role was to move ${count} times: ${JSON.stringify(told)}`);
  }
  const after = (times: readonly number[], place: number): number => times[place + 1] ?? Number.NaN;
  return {
    whole: full.map((at, place) => after(first, place) - at),
    starts: full.map((_, place) => after(started, place) - after(born, place)),
  };
}
