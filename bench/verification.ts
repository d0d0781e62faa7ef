/**
 * What it costs to verify an attempt, beside what its gates take: from the end of the agent's turn
 * to `verified`, on a repository of 10,000 files. It holds the look at what has changed, the commit,
 * the start of each gate's bookkeeping and what is written to disk of it.
 *
 * Beside it, in the same run and in a worktree of the same repository, what anybody would do by
 * hand: `git status`, `git add --all`, `git commit`.
 */

import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Event } from "../src/domain/event.ts";
import type { Scratch } from "../test/e2e/scratch-project.ts";
import { type Measurement, spread, timedAsync } from "./measurement.ts";
import { percentilesOf } from "./percentiles.ts";
import { eventsOf, mustEnd, openQuickProject } from "./quick-project.ts";

const files = 10_000;
const tasks = 23;
const warmUp = 3;

export const verification: Measurement = {
  name: "verification",
  about: "the end of a turn to `verified`, less the gates' own time, in 10,000 files",
  async run(say) {
    say(`a repository of ${files} files`);
    await using scratch = await openQuickProject({
      tasks,
      slots: 1,
      works: "0.1",
      files: manyFiles(),
    });
    say(`${tasks} commits by hand`);
    const byHand = (await commitByHand(scratch)).slice(warmUp);
    say(`${tasks} attempts`);
    await mustEnd(scratch, "run");
    const own = overheads(await eventsOf(scratch)).slice(warmUp);
    const [ours, hands] = [percentilesOf(own), percentilesOf(byHand)];
    return [
      ...spread({ what: "an attempt's verification beside its gates", unit: "ms" }, own, {
        p50: 300,
        p95: 300,
      }),
      ...spread({ what: "git status, git add, git commit by hand", unit: "ms" }, byHand),
      {
        what: "the one to the other, p50",
        unit: "×",
        value: ours.p50 / hands.p50,
        atMost: null,
        count: ours.count,
      },
    ];
  },
};

function manyFiles(): Readonly<Record<string, string>> {
  const text = Array.from({ length: 30 }, (_, line) => `export const value${line} = ${line};`);
  return Object.fromEntries(
    Array.from({ length: files }, (_, n) => [
      `src/m${n % 100}/f${n}.ts`,
      `// ${n}\n${text.join("\n")}\n`,
    ]),
  );
}

/** In milliseconds, attempt by attempt. The log is in whole milliseconds. */
function overheads(events: readonly Event[]): readonly number[] {
  const found: number[] = [];
  for (const ended of events) {
    if (ended.type !== "attempt_ended" || ended.outcome !== "verified") continue;
    const ofIt = <T extends Event["type"]>(type: T) =>
      events.filter(
        (event): event is Extract<Event, { type: T; task: string; attempt: number }> =>
          event.type === type &&
          "attempt" in event &&
          event.task === ended.task &&
          event.attempt === ended.attempt,
      );
    // What is told first when a turn is over was seen before anything was looked at.
    const moved = ofIt("attempt_moved").find(({ phase }) => phase === "verifying");
    const overAt = moved?.evidence[0]?.at;
    if (overAt === undefined) throw new Error(`${ended.task} was verified without a look`);
    const gates = ofIt("gates_ran").flatMap(({ results }) => results);
    const inGates = gates.filter(({ where }) => where === "workspace");
    const gatesMs = inGates.reduce((sum, { durationMs }) => sum + durationMs, 0);
    found.push(ended.at - overAt - gatesMs);
  }
  return found;
}

async function commitByHand(scratch: Scratch): Promise<readonly number[]> {
  const tree = path.join(scratch.folder, "by-hand");
  await scratch.git("worktree", "add", "--quiet", "-b", "by-hand", tree);
  const samples: number[] = [];
  for (let n = 0; n < tasks; n += 1) {
    await writeFile(path.join(tree, `work-${n}.txt`), `${n}\n`);
    const { ms } = await timedAsync(async () => {
      await scratch.git("-C", tree, "status", "--porcelain");
      await scratch.git("-C", tree, "add", "--all");
      await scratch.git("-C", tree, "commit", "--quiet", "--message", `Work ${n}`);
    });
    samples.push(ms);
  }
  return samples;
}
