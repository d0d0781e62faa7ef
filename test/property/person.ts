/** A person who interferes at random: any verb, on any task, in any state. */

import type { PersonInput, TaskDraft } from "../../src/domain/input.ts";
import { priorities, type TaskSpec } from "../../src/domain/task.ts";
import { id, spec } from "../task-spec.ts";
import { agent } from "../unit/domain/project.ts";
import type { World } from "./world.ts";

const roles = ["docs", "tests"] as const;
const globs = ["src/**", "src/a.ts", "docs/*", "docs/x.md", "{src,docs}/x.*"] as const;
const phases = ["one", "two"] as const;

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `T-${n + 1}`);
}

/** Puts `count` tasks into the queue: some by a plan, some at once, some while the work goes on. */
export function addRandomTasks(world: World, count: number): void {
  const names = namesOf(count);
  const tasks = names.map((name, at) => randomTask(world, name, names.slice(0, at)));
  const source = { file: "plan.md", line: 1 };
  const planned = tasks.slice(0, Math.floor(count / 3)).map((one): TaskDraft => {
    const phase = world.random.pick(phases);
    return { ...one, spec: { ...one.spec, phase, source } };
  });
  const { random } = world;
  world.submit({ from: "person", input: importOf(planned) });
  const rest = tasks.slice(planned.length);
  const early = random.below(rest.length + 1);
  world.submit({ from: "person", input: { type: "add", tasks: rest.slice(0, early) } });
  for (const one of rest.slice(early)) {
    const input: PersonInput = { type: "add", tasks: [one] };
    world.later(20_000, () => world.submit({ from: "person", input }));
  }
}

/** Does `moves` things at random times, to any of the first `count` tasks. */
export function interfere(world: World, count: number, moves: number): void {
  const names = namesOf(count);
  for (let move = 0; move < moves; move += 1) {
    world.later(25_000, () => {
      world.submit({ from: "person", input: randomMove(world, names) });
    });
  }
}

function importOf(add: readonly TaskDraft[]): PersonInput {
  const filed = phases.map((name) => ({
    name,
    tasks: add.filter((one) => one.spec.phase === name).map((one) => one.spec.id),
    criteria: [],
  }));
  return { type: "import", file: "plan.md", add, edit: [], phases: filed, inbox: [] };
}

function randomTask(world: World, name: string, earlier: readonly string[]): TaskDraft {
  const { random } = world;
  return {
    spec: spec(name, randomSpec(world, earlier)),
    start: random.chance(0.9) ? "open" : random.pick(["needs_human", "imported"]),
  };
}

function randomSpec(world: World, deps: readonly string[]): Partial<TaskSpec> {
  const { random } = world;
  return {
    priority: random.pick(priorities),
    deps: random.some(deps, 0.15).map(id),
    agent: random.chance(0.2) ? agent(random.pick(["a", "b", "docs", "nobody"])) : null,
    role: random.chance(0.3) ? random.pick(roles) : null,
    touches: random.some(globs, 0.15),
    ...(random.chance(0.2) ? { learnt: random.some(globs, 0.3) } : {}),
  };
}

function randomMove(world: World, names: readonly string[]): PersonInput {
  const { random } = world;
  const task = id(names[random.below(names.length)] ?? "T-1");
  switch (random.below(18)) {
    case 0:
      return { type: "cancel", id: task };
    case 1:
      return { type: "skip", id: task };
    case 2:
      return { type: "retry", id: task };
    case 3:
      return { type: "pause", id: random.chance(0.8) ? task : null };
    case 4:
      return { type: "resume", id: random.chance(0.5) ? task : null };
    case 5:
    case 6:
      return { type: "tell", id: task, tellId: `tell-${world.events.length}`, text: "go on" };
    case 7:
      return { type: "assign", id: task, agent: agent(random.pick(["a", "b", "nobody"])) };
    case 17: {
      const parts = [`${task}-1`, `${task}-2`].map((part) => ({
        spec: spec(part, randomSpec(world, names)),
        start: "open" as const,
      }));
      return { type: "split", id: task, into: parts };
    }
    case 8:
      return { type: "clear_inbox", key: `dependency:${task}` };
    case 9:
    case 10:
      return { type: "revert", id: task, reason: "it was wrong" };
    case 11:
    case 12:
    case 13:
    case 14: {
      const ask = random.pick(["Q-1", ...world.state.asks.keys()]);
      return { type: "answer", ask, answer: { choice: random.pick(["Red", "Blue"]) } };
    }
    default:
      return { type: "edit", id: task, changes: randomSpec(world, names) };
  }
}
