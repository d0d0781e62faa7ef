/** The watch over a turn: whose processes are tools, and what else it asks of the world. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { defaultPolicy } from "../../../src/domain/policy.ts";
import { type WatchTimes, watchTimes } from "../../../src/domain/watch.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";
import { Desk } from "../../../src/runner/desk.ts";
import { FillWatch } from "../../../src/runner/fill-watch.ts";
import { type SeenProcess, ToolWatch } from "../../../src/runner/tool-watch.ts";
import { TurnWatch } from "../../../src/runner/turn-watch.ts";
import { ManualClock } from "../control/manual-clock.ts";

const minute = 60_000;

class Stage {
  readonly clock = new ManualClock();
  processes: readonly SeenProcess[] = [];
  glances = 0;
  readonly said: RunnerInput[] = [];
  readonly watch: TurnWatch;

  constructor(times: WatchTimes = watchTimes(defaultPolicy)) {
    const data = { kind: "attempt", task: "T-1", attempt: 1 };
    const lease = { queue: "a-1", id: "T-1/1", fence: 1, runner: "here", expiresAt: 0, data };
    const say = async (input: RunnerInput) => {
      this.said.push(input);
      return "accepted" as const;
    };
    this.watch = new TurnWatch({
      clock: this.clock,
      nudges: 0,
      times,
      desk: new Desk(lease, say, async () => undefined),
      workspace: {
        glance: async () => {
          this.glances += 1;
          return "";
        },
      },
      tools: new ToolWatch(() => this.processes),
      fill: new FillWatch(this.clock, sampleOrder(), false),
    });
  }

  run(...names: readonly string[]): void {
    this.processes = names.map((name) => ({ key: name, name, busyMs: 0 }));
  }

  /** Until it wants something done, or so long; what that is. */
  async until(ms: number): Promise<string> {
    const end = this.clock.now() + ms;
    for (;;) {
      const step = await this.watch.next({});
      if (step.do !== "wait") return step.do;
      if (step.until > end) {
        await this.clock.jump(end - this.clock.now());
        return "wait";
      }
      await this.clock.jump(step.until - this.clock.now());
    }
  }

  get quiet(): readonly string[] {
    return this.said.flatMap((one) => (one.type === "attempt_moved" ? [one.phase] : []));
  }
}

test("what an agent is started with is the agent, and what comes later its tool", async () => {
  const stage = new Stage();
  stage.run("sh");
  stage.watch.begin(stage.clock.now(), null);
  await stage.until(500);
  stage.run("sh", "agent");
  await stage.until(minute);
  assert.deepEqual(stage.quiet, ["quiet"]);
  stage.run("sh", "agent", "cargo");
  await stage.until(minute / 2);
  assert.deepEqual(stage.quiet, ["quiet", "working"]);
});

test("an agent that was started anew for its reminder is no tool of the one before", async () => {
  const usual = watchTimes(defaultPolicy);
  const stage = new Stage({ ...usual, quietMs: 1_000, nudgeMs: 10_000, giveUpMs: 20_000 });
  stage.run("agent");
  stage.watch.begin(stage.clock.now(), null);
  assert.equal(await stage.until(10_000), "nudge");
  stage.watch.pause();
  // So long it took to stop: a look is due before the new one can have started all its processes.
  await stage.clock.jump(900);
  stage.run("agent again");
  stage.watch.nudged(false);
  stage.watch.begin(stage.clock.now(), null);
  assert.equal(await stage.until(10_000), "last_prompt", "the reminder was no progress");
});

test("while it tells of its progress nothing is looked at; quiet, once in each `quiet`", async () => {
  const stage = new Stage();
  stage.watch.begin(stage.clock.now(), null);
  for (let n = 0; n < 60; n += 1) {
    const at = stage.clock.now();
    stage.watch.hear({ type: "activity", says: "Reads", at, source: "protocol" });
    await stage.until(20_000);
  }
  assert.equal(stage.glances, 0);
  await stage.until(5 * minute);
  assert(stage.glances >= 9 && stage.glances <= 11, String(stage.glances));
});
