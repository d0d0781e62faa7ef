/** What a split promises of every queue: nothing that had to come first is forgotten, and no circle. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isRefusal } from "../../src/domain/decide.ts";
import type { TaskDraft } from "../../src/domain/input.ts";
import type { State } from "../../src/domain/state.ts";
import { findCycle } from "../../src/domain/waits.ts";
import { id, spec } from "../task-spec.ts";
import { Project } from "../unit/domain/project.ts";

const count = 7;

/** Of each task, which of those before it come first; of parts, any task and any part. */
const drawn = fc.record({
  deps: fc.array(fc.array(fc.nat(count - 1), { maxLength: 3 }), {
    minLength: count,
    maxLength: count,
  }),
  whole: fc.nat(count - 1),
  parts: fc.array(
    fc.record({
      tasks: fc.array(fc.nat(count - 1), { maxLength: 2 }),
      parts: fc.array(fc.nat(3), { maxLength: 2 }),
    }),
    { minLength: 2, maxLength: 4 },
  ),
});

function name(n: number): string {
  return `T-${n + 1}`;
}

/** All that must come before the task, directly or not. */
function before(state: State, task: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (one: string): void => {
    for (const dep of state.tasks.get(id(one))?.spec.deps ?? []) {
      if (!found.has(dep)) {
        found.add(dep);
        visit(dep);
      }
    }
  };
  visit(task);
  return found;
}

test("whoever waited for a task waits for all its parts, and they for all that it waited for", () => {
  let splits = 0;
  let refusals = 0;
  fc.assert(
    fc.property(drawn, ({ deps, whole, parts }) => {
      const project = new Project();
      project.add(
        ...deps.map((some, n): TaskDraft => {
          const own = some.filter((dep) => dep < n).map((dep) => id(name(dep)));
          return { spec: spec(name(n), { deps: [...new Set(own)] }), start: "open" };
        }),
      );
      const known = [...project.state.tasks.keys()];
      const was = new Map(known.map((one) => [one, before(project.state, one)]));
      const into = parts.map((part, n): TaskDraft => {
        const own = [
          ...part.tasks.map((one) => id(name(one))),
          ...part.parts.filter((one) => one < parts.length).map((one) => id(`P-${one}`)),
        ];
        return { spec: spec(`P-${n}`, { deps: [...new Set(own)] }), start: "open" };
      });
      const input = { type: "split", id: id(name(whole)), into } as const;
      const decided = project.do({ from: "person", input });
      if (isRefusal(decided)) {
        refusals += 1;
        assert.deepEqual([...project.state.tasks.keys()], known);
        return;
      }
      splits += 1;
      const { state } = project;
      const all = [...state.tasks.values()].map((task) => task.spec);
      assert.equal(findCycle(state, all), null);
      const ids = into.map((one) => one.spec.id);
      for (const part of ids) {
        const now = before(state, part);
        for (const dep of was.get(input.id) ?? []) assert.ok(now.has(dep), `${part} after ${dep}`);
      }
      for (const one of known.filter((other) => other !== input.id)) {
        const now = before(state, one);
        assert.ok(!now.has(input.id), `${one} waits for what is cancelled`);
        for (const dep of was.get(one) ?? []) {
          const expected = dep === input.id ? ids : [dep];
          for (const must of expected) assert.ok(now.has(must), `${one} after ${must}`);
        }
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(splits > 50 && refusals > 20, `${splits} splits, ${refusals} refusals`);
});
