/** An agent that reaches for what it is judged by: the configuration, its checks, its own word. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openStage, sh, write } from "../e2e/stage.ts";

test("an agent that writes another temoin.yaml into the person's checkout changes nothing of the run", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: {
      attempts: { perTask: 1, feedbackRounds: 0 },
      gates: [{ name: "right", run: "grep -q right answer.txt" }],
    },
    script: {
      "T-1": [
        sh('printf "version: 1\\nagents: {}\\n" > "$HOME/project/temoin.yaml"'),
        write("answer.txt", "wrong\n"),
      ],
      "T-2": [write("answer.txt", "right\n")],
    },
  });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 5);
  assert.deepEqual(await stage.attempts("T-1"), ["gate_failed ada"]);
  assert.deepEqual(await stage.attempts("T-2"), ["verified ada"], "its agent is still there");
});

test("an agent that opens its own gate for all that comes has that file judged as the target has it", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: {
      attempts: { perTask: 1, feedbackRounds: 0 },
      gates: [{ name: "right", run: "sh check.sh", protects: ["check.sh"] }],
    },
    files: { "check.sh": "grep -q right answer.txt\n" },
    script: { "T-1": [write("check.sh", "exit 0\n"), write("answer.txt", "wrong\n")] },
  });
  await stage.add("T-1");
  assert.notEqual((await (await stage.run()).over).exitCode, 0);
  assert.notEqual((await stage.task("T-1")).state, "done");
  assert.equal(await stage.scratch.git("show", "main:check.sh"), "grep -q right answer.txt");
});

test("an agent that puts a folder in the place of the conductor's handoff keeps nobody from the role", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { conductor: { order: ["ada"] }, attempts: { perTask: 1, feedbackRounds: 0 } },
    script: {
      "T-1": [sh('mkdir -p "$HOME/project/.temoin/handoff/nobody_to_ada.md"'), "lie"],
      "conductor/1": [sh("temoin acknowledge && temoin cancel T-1")],
    },
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.equal((await stage.task("T-1")).state, "cancelled");
  assert.match(run.problems.join("\n"), /The handoff of the conductor could not be kept: EISDIR/);
});
