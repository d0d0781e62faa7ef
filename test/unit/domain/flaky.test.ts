import assert from "node:assert/strict";
import { test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { flakyTests } from "../../../src/domain/flaky.ts";
import { draft, Project } from "./project.ts";

const result: GateResult = {
  name: "test",
  verdict: "passed",
  exitCode: 0,
  durationMs: 1,
  proof: null,
  why: "It passed.",
  where: "workspace",
  round: 0,
};

function named(test: string) {
  return { file: null, line: null, test, code: null, message: "no" };
}

test("tests that flap are told by gate and name, the most frequent first", () => {
  const project = new Project();
  project.run({ a: [], b: [] });
  project.add(draft("T-1"), draft("T-2"));
  const flapped = (failures: readonly ReturnType<typeof named>[]): GateResult => ({
    ...result,
    failures,
    flaky: true,
  });
  const says = (task: string, one: GateResult) =>
    project.say(task, { type: "gates_ran", results: [one, { ...result, name: "lint" }] });
  says("T-1", flapped([named("slow")]));
  says("T-2", flapped([named("net"), named("net"), named("slow")]));
  says("T-2", { ...flapped([]), name: "build" });
  says("T-2", { ...result, verdict: "failed", failures: [named("red")] });
  assert.deepEqual(flakyTests(project.state, 0, [flapped([named("slow"), named("old")])]), [
    { gate: "test", test: "slow", times: 3, tasks: ["T-1", "T-2"] },
    { gate: "test", test: "net", times: 1, tasks: ["T-2"] },
    { gate: "build", test: null, times: 1, tasks: ["T-2"] },
    { gate: "test", test: "old", times: 1, tasks: [] },
  ]);
  assert.deepEqual(
    flakyTests(project.state, project.now + 1, []),
    [],
    "an earlier run's are not told",
  );
});
