import assert from "node:assert/strict";
import { test } from "node:test";
import type { GateResult } from "../../../src/domain/attempt.ts";
import { Baselines } from "../../../src/runner/baselines.ts";
import type { ControlPort } from "../../../src/runner/control-port.ts";
import type { Hands } from "../../../src/runner/hands.ts";
import { sha } from "../domain/project.ts";

test("after a landing the target is known by the project's gates, and not by a task's own", async () => {
  const gateSpecs = [{ name: "test", run: "true", timeoutMs: 1_000 }];
  // Of a commit that is known no hand is asked for.
  const baselines = new Baselines({ gateSpecs } as unknown as Hands);
  const port = { submit: async () => "accepted" } as unknown as ControlPort;
  const lease = {
    queue: "$landing",
    id: "T-1/1/landing/0",
    fence: 1,
    runner: "here",
    expiresAt: 0,
    data: null,
  };
  const told = {
    exitCode: 0,
    durationMs: 1,
    proof: null,
    why: "",
    where: "landing",
    round: 0,
  } as const;
  const results: readonly GateResult[] = ["test", "verify"].map((name) => {
    return { ...told, name, verdict: "passed" };
  });
  const landed = { sha: sha(3), proven: true, followBlocked: null };
  const listening = baselines.listening(port);
  await listening.submit({ type: "gates_ran", results }, lease);
  await listening.submit({ type: "landed", ...landed }, lease);
  const say = async () => assert.fail("nothing was looked at");
  const desk = { signal: new AbortController().signal, cut: null, say };
  const known = await baselines.of(sha(3), desk);
  assert.deepEqual(
    known?.map(({ name }) => name),
    ["test"],
  );
});
