/**
 * A run in which a conductor is configured and nothing is to be judged: tasks that are done, one of
 * them red at first, and a kill of temoin in the middle. Nobody may be called.
 */

import { openStage, write } from "../test/e2e/stage.ts";
import type { Random } from "../test/property/random.ts";
import { eventsOf } from "./quick-project.ts";

const names = "T-1 T-2 T-3 T-4 T-5 T-6";

/** Of a run that takes twice that (chosen). */
const latestMs = 2_000;

/** How often a conductor was called or given the role. Throws where the goal is not met. */
export async function playQuiet(random: Random): Promise<number> {
  await using stage = await openStage({
    agents: { ada: {}, bo: {} },
    script: {
      "T-2/1/1": [write("work/T-2.txt", "bad\n")],
      "*": [write("work/{task}.txt", "good\n")],
    },
    config: {
      gates: [{ name: "check", run: "! grep -rqs bad work" }],
      conductor: { order: ["ada", "bo"], coolDown: "100ms" },
    },
  });
  await stage.add(names);
  const { scratch } = stage;
  const first = scratch.startTemoin("run");
  const timer = setTimeout(() => first.kill("SIGKILL"), random.below(latestMs));
  const { signal, ...met } = await scratch.ended(first);
  clearTimeout(timer);
  const { code, stdout, stderr } = signal === null ? met : await scratch.temoin("run");
  if (code !== 0)
    throw new Error(`a run with nothing to judge ended with ${code}: ${stdout}${stderr}`);
  const events = await eventsOf(scratch);
  const ofConductor = ["conductor_called", "conductor_appointed"];
  return events.filter(({ type }) => ofConductor.includes(type)).length;
}
