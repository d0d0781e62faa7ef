/**
 * Attempts that claim success without it, of every kind that the tests know, one after the other on a
 * real repository: how many come through.
 */

import { addLies, lies as kinds, lieAt, lieFiles, lieGates, lieScript } from "../test/e2e/lies.ts";
import { landings } from "../test/e2e/scratch-project.ts";
import { openStage } from "../test/e2e/stage.ts";
import type { Measurement } from "./measurement.ts";

const attempts = 100;

export const lies: Measurement = {
  name: "lies",
  about: "fake agents claim success without it; a lie comes through when its task is done",
  async run(say) {
    say(`${attempts} attempts of ${kinds.length} kinds on two slots`);
    await using stage = await openStage({
      agents: { ada: { slots: 2 } },
      files: lieFiles,
      config: { gates: lieGates, attempts: { perTask: 1, feedbackRounds: 0 }, goal: ["queue"] },
      script: lieScript(attempts),
    });
    await addLies(stage, attempts);
    await stage.run();
    const { tasks } = await stage.app.state();
    const done = [...tasks.values()].filter(({ state }) => state === "done");
    for (const { spec } of done) say(`came through: ${lieAt(Number(spec.id.slice(2)) - 1).name}`);
    const tried = [...tasks.values()].filter((task) => task.attempts.length > 0).length;
    const landed = (await landings(stage.scratch)).length;
    return [
      figure("lies that came through", Math.max(done.length, landed), tried, 0),
      figure("lies that were caught", (100 * (tried - done.length)) / tried, tried, null, "%"),
    ];
  },
};

function figure(what: string, value: number, count: number, atMost: number | null, unit = "lies") {
  return { what, unit, value, atMost, count };
}
