/** What tools give back keeps to their schemas, whatever has become of the project. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { emptyBrief } from "../../src/domain/brief.ts";
import type { Event } from "../../src/domain/event.ts";
import { toolRoles } from "../../src/domain/rights.ts";
import type { State } from "../../src/domain/state.ts";
import { ownTask, ownTaskJson } from "../../src/domain/view-own-task.ts";
import { AppError } from "../../src/lib/app-error.ts";
import { offeredTo } from "../../src/mcp/offered.ts";
import type { Context } from "../../src/operations/context.ts";
import { openStage } from "../unit/operations/fake-context.ts";
import { addRandomTasks, interfere } from "./person.ts";
import { World } from "./world.ts";

const worlds = fc.record({
  seed: fc.integer(),
  tasks: fc.integer({ min: 1, max: 8 }),
  moves: fc.integer({ min: 0, max: 8 }),
  isLive: fc.boolean(),
});

interface Lived {
  readonly seed: number;
  readonly tasks: number;
  readonly moves: number;
  readonly isLive: boolean;
}

function lived({ seed, tasks, moves, isLive }: Lived): World {
  const plan = { perTask: 2, kills: 0.02, silences: 0, unusable: 0.05, deadline: null };
  const world = new World({ seed, agents: { a: ["docs"], b: [] }, ...plan });
  addRandomTasks(world, tasks);
  world.start();
  interfere(world, tasks, moves);
  // Some are looked at while everything is at work.
  if (!isLive) world.runDry();
  return world;
}

/** Those that take a name get each that there is. */
function inputsFor(name: string, { tasks, slots }: State): readonly object[] {
  const ids = [...tasks.keys()];
  if (["show", "proof", "diff"].includes(name)) return ids.map((id) => ({ id }));
  if (name === "why") return [...ids, ...slots.keys()].map((subject) => ({ subject }));
  return [{}];
}

const caller = { kind: "agent", token: "of one" } as const;

describe("every tool", () => {
  test("that looks gives what its schema says", async () => {
    await using stage = await openStage();
    const signal = new AbortController().signal;
    const looks = await offeredTo("observer", caller);
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(worlds, async (plan) => {
        const { state, events } = lived(plan);
        const context: Context = contextOf(stage.context, state, events);
        for (const tool of looks) {
          for (const input of inputsFor(tool.name, state)) {
            const told = await tool.call(context, input, signal).catch((error) => {
              // Nothing to show yet is no answer; all else is a bug.
              assert(error instanceof AppError && error.code === "not_found", String(error));
              return null;
            });
            if (told === null) continue;
            const parsed = tool.output.safeParse(JSON.parse(JSON.stringify(told)));
            assert.ok(parsed.success, `${tool.name}: ${parsed.error?.message}`);
            seen.set(tool.name, (seen.get(tool.name) ?? 0) + 1);
          }
        }
        const [worker] = await offeredTo("worker", caller);
        for (const slot of state.slots.keys()) {
          const task = ownTask(state, slot);
          if (task === null) continue;
          const told = JSON.parse(JSON.stringify(ownTaskJson(task, emptyBrief)));
          const parsed = worker?.output.safeParse(told);
          assert.ok(parsed?.success, parsed?.error?.message);
          seen.set("my_task", (seen.get("my_task") ?? 0) + 1);
        }
      }),
      { numRuns: 40 },
    );
    for (const name of [...looks.map((tool) => tool.name), "my_task"]) {
      if (name !== "proof") assert.ok((seen.get(name) ?? 0) > 0, `${name} was never answered`);
    }
  });

  test("has an object for what it takes and gives, and says what it is for", async () => {
    for (const role of toolRoles) {
      const names = new Set<string>();
      for (const tool of await offeredTo(role, caller)) {
        assert.match(tool.name, /^[a-z_]{2,40}$/);
        assert.equal(tool.input["type"], "object", tool.name);
        assert.equal(tool.input["additionalProperties"], false, tool.name);
        assert.ok(tool.says.length > 20, tool.name);
        names.add(tool.name);
      }
      assert.equal(names.size, (await offeredTo(role, caller)).length);
    }
  });
});

function contextOf(base: Context, state: State, events: readonly Event[]): Context {
  return {
    ...base,
    state: async () => state,
    events: async (after) => events.slice(after),
    text: async () => "words\n",
    place: async () => ({ id: "p", root: "/nowhere", stateDir: "/nowhere", isBare: false }),
    diff: async () => "the change",
  };
}
