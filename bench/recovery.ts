/**
 * From the start of `temoin run` after `kill -9` to the first task that it hands out, with ten
 * thousand tasks in its queue, four of them at work as it was killed.
 */

import { chmod, mkdir, readFile, rm, watch } from "node:fs/promises";
import path from "node:path";
import { openScratch, type Scratch } from "../test/e2e/scratch-project.ts";
import { strike } from "./chaos-fault.ts";
import { tenThousandTasks, writeLongLog } from "./long-log.ts";
import { type Measurement, spread } from "./measurement.ts";
import { eventsOf } from "./quick-project.ts";

const warmUp = 2;
const rounds = 20;

/** Milliseconds, of the issue. */
const goals = { p95: 1_000 };

export const recovery: Measurement = {
  name: "recovery",
  about: "killed with 10,000 tasks and 30,000 events, started again, until a task is handed out",
  async run(say) {
    await using scratch = await openScratch({
      agents: { quick: { command: ["./agent.sh"], slots: 4 } },
      config: { gates: [{ name: "nothing", run: "true" }] },
      files: {
        "agent.sh":
          '#!/bin/sh\ndate +%s%3N > "$HOME/begun.tmp"\nmv "$HOME/begun.tmp" "$HOME/begun"\nsleep 60\n',
      },
    });
    await chmod(path.join(scratch.dir, "agent.sh"), 0o755);
    await scratch.git("commit", "--quiet", "--all", "--message", "let the agent be executed");
    say("writing the store");
    const events = tenThousandTasks();
    const folder = path.join(scratch.dir, ".temoin");
    await mkdir(folder, { mode: 0o700 });
    await writeLongLog(path.join(folder, "store.db"), events, { withSnapshot: true });
    say(`${rounds} restarts`);
    const offered: number[] = [];
    const begun: number[] = [];
    for (let round = 0; round < warmUp + rounds; round += 1) {
      // Each round kills the run that the next one takes up.
      const before = (await eventsOf(scratch)).length;
      await rm(path.join(scratch.folder, "begun"), { force: true });
      const found = await restart(scratch, before);
      if (round < warmUp) continue;
      offered.push(found.offeredMs);
      begun.push(found.begunMs);
    }
    // What an agent had just started may have been too young to be found.
    while ((await strike("kill everything", scratch)) !== null);
    const unit = "ms";
    return [
      ...spread({ what: "restart to the first task handed out", unit }, offered, goals),
      ...spread({ what: "restart to the first agent with its prompt", unit }, begun),
    ];
  },
};

interface Restarted {
  readonly offeredMs: number;
  readonly begunMs: number;
}

async function restart(scratch: Scratch, eventsBefore: number): Promise<Restarted> {
  const startedAt = Date.now();
  const child = scratch.startTemoin("run");
  const ended = scratch.ended(child);
  const early = ended.then(({ code, stderr }) => {
    throw new Error(`temoin ended with ${code} before it handed out a task: ${stderr}`);
  });
  // Only the first of the two counts.
  early.catch(() => undefined);
  const begunAt = await Promise.race([begin(scratch), early]);
  await strike("kill everything", scratch);
  await ended;
  const fresh = (await eventsOf(scratch)).slice(eventsBefore);
  const offered = fresh.find((event) => event.type === "attempt_offered");
  if (offered === undefined) throw new Error("no task was handed out");
  return { offeredMs: offered.at - startedAt, begunMs: begunAt - startedAt };
}

/** When the first agent began, by its own clock. */
async function begin(scratch: Scratch): Promise<number> {
  for await (const { filename } of watch(scratch.folder)) {
    if (filename !== "begun") continue;
    const text = await readFile(path.join(scratch.folder, "begun"), "utf8").catch(() => "");
    if (text !== "") return Number(text);
  }
  throw new Error("the folder is no longer watched");
}
