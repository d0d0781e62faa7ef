import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { add } from "../../../src/operations/add.ts";
import { cancel } from "../../../src/operations/cancel.ts";
import { dryRun } from "../../../src/operations/dry-run.ts";
import { pause } from "../../../src/operations/pause.ts";
import { openStage, type Stage } from "./fake-context.ts";

const config = `version: 1
agents:
  fox: { driver: command, command: [fox], roles: [docs] }
  owl: { driver: command, command: [owl], slots: 2 }
`;

function addTask(stage: Stage, title: string, more: object = {}) {
  const none = { body: null, priority: null, agent: null, role: null };
  const lists = { after: [], skills: [], touches: [], verify: [] };
  return stage.invoke(add, { title, ...none, ...lists, ...more });
}

async function wavesOf(stage: Stage): Promise<readonly (readonly string[])[]> {
  const { waves } = await stage.invoke(dryRun, { deadline: null });
  return waves.map(({ starts }) => starts.map(({ task, agent }) => `${task} ${agent}`).sort());
}

describe("a rehearsal of the run", () => {
  it("goes in waves, by dependency, role and file scope", async () => {
    await using stage = await openStage({ config });
    await addTask(stage, "A", { touches: ["src/**"] });
    await addTask(stage, "B", { touches: ["src/a.ts"] });
    await addTask(stage, "C", { role: "docs" });
    await addTask(stage, "D", { after: ["T-1", "T-3"] });
    const waves = await wavesOf(stage);
    assert.equal(waves.length, 2);
    assert.deepEqual(waves[0], ["T-1 owl", "T-3 fox"]);
    assert.deepEqual(
      waves[1]?.map((start) => start.split(" ")[0]),
      ["T-2", "T-4"],
    );
  });

  it("tells what would be left, and why", async () => {
    await using stage = await openStage({ config });
    await addTask(stage, "A");
    await addTask(stage, "B", { after: ["T-1"] });
    await addTask(stage, "C", { agent: "nobody" });
    await addTask(stage, "D");
    await stage.invoke(cancel, { id: "T-1" });
    await stage.invoke(pause, { id: "T-4" });
    const { waves, left } = await stage.invoke(dryRun, { deadline: null });
    assert.deepEqual(waves, []);
    assert.deepEqual(
      left.map(({ task, state }) => `${task} ${state}`),
      ["T-2 waiting", "T-3 needs_human", "T-4 queued"],
    );
    assert.match(left[0]?.why ?? "", /T-1/);
  });

  it("changes nothing, and starts every task once after all that it waits for", async () => {
    const deps = fc.array(fc.array(fc.nat({ max: 8 }), { maxLength: 3 }), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(deps, async (list) => {
        await using stage = await openStage({ config });
        for (const [place, earlier] of list.entries()) {
          const after = earlier.filter((n) => n < place).map((n) => `T-${n + 1}`);
          await addTask(stage, "Task", { after });
        }
        const before = (await stage.context.state()).seq;
        const { waves, left } = await stage.invoke(dryRun, { deadline: null });
        assert.equal((await stage.context.state()).seq, before);
        assert.deepEqual(left, []);
        const at = new Map<string, number>();
        for (const [place, { starts }] of waves.entries()) {
          for (const { task } of starts) {
            assert.ok(!at.has(task), `${task} starts twice`);
            at.set(task, place);
          }
        }
        assert.equal(at.size, list.length);
        for (const { spec } of (await stage.context.state()).tasks.values()) {
          for (const dep of spec.deps) {
            assert.ok((at.get(dep) ?? 0) < (at.get(spec.id) ?? 0), `${spec.id} before ${dep}`);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it("starts nothing after the deadline", async () => {
    await using stage = await openStage({ config });
    await addTask(stage, "A");
    const { waves } = await stage.invoke(dryRun, { deadline: "2020-01-01T00:00Z" });
    assert.deepEqual(waves, []);
  });
});
