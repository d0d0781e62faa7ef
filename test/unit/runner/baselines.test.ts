import assert from "node:assert/strict";
import { test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { Baselines } from "../../../src/runner/baselines.ts";
import type { ControlPort } from "../../../src/runner/control-port.ts";
import type { Hands } from "../../../src/runner/hands.ts";
import { sha } from "../domain/project.ts";

const gate = { name: "test", run: "true", timeoutMs: 1_000 };

const lease = {
  queue: "$landing",
  id: "T-1/1/landing/0",
  fence: 1,
  runner: "here",
  expiresAt: 0,
  data: null,
};

function result(name: string, verdict: GateResult["verdict"]): GateResult {
  const told = { exitCode: 0, durationMs: 1, proof: null, why: "", where: "landing", round: 0 };
  return { ...told, where: "landing", name, verdict };
}

const landed = { type: "landed", sha: sha(3), proven: true, followBlocked: null } as const;

/** Of a commit that is known no hand is asked for. */
function open() {
  const baselines = new Baselines({ gateSpecs: [gate] } as unknown as Hands);
  const port = baselines.listening({ submit: async () => "accepted" } as unknown as ControlPort);
  return { baselines, port };
}

test("after a landing the target is known by the project's gates, and not by a task's own", async () => {
  const { baselines, port } = open();
  const results = ["test", "verify"].map((name) => result(name, "passed"));
  await port.submit({ type: "gates_ran", results }, lease);
  const prepared = { expected: sha(2), mergeSha: sha(3) };
  await port.submit({ type: "landing_prepared", prepared }, lease);
  await port.submit(landed, lease);
  const say = async () => assert.fail("nothing was looked at");
  const desk = { signal: new AbortController().signal, cut: null, say };
  const known = await baselines.of(sha(3), desk);
  assert.deepEqual(
    known?.map(({ name }) => name),
    ["test"],
  );
});

test("after a landing that an earlier temoin has tested the target is not known, least of all as it was before", async () => {
  const { baselines, port } = open();
  baselines.seed([{ sha: sha(2), results: [result("test", "failed")] }]);
  await port.submit(landed, lease);
  assert.equal(baselines.known(sha(2))(gate)?.verdict, "failed");
  assert.equal(baselines.known(sha(3))(gate), null);
});
