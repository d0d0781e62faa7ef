/** However a plan ends, nothing of it goes on: by Ctrl-C, by SIGKILL, in a terminal, in a sandbox. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { exampleDraft } from "../../src/prompts/planning-prompt.ts";
import { handIn, ids, keptFiles, openInTerminal, openPlanner, untilThere } from "./plan-stage.ts";
import type { Scratch } from "./scratch-project.ts";
import { sh } from "./stage.ts";

const begun = sh("touch $HOME/at-work");

test("one plans at a time; Ctrl-C ends the agent, and nothing is kept", async () => {
  await using scratch = await openPlanner({ plan: [handIn(exampleDraft), begun, "hang"] });
  const first = scratch.startTemoin("plan", "Sell bread", "--apply");
  const over = scratch.ended(first);
  await untilThere(scratch, "at-work");
  const second = await scratch.temoin("plan", "Sell cake");
  assert.equal(second.code, 1);
  assert.match(second.stderr, /Another `temoin plan` \(process \d+\) is at work in this/);
  assert(second.stderr.includes(`(process ${first.pid})`), second.stderr);
  first.kill("SIGINT");
  const { code, stderr } = await over;
  assert.equal(code, 130);
  assert.match(stderr, /^temoin: ended; nothing was kept, and nothing was changed\.$/m);
  assert.deepEqual([await ids(scratch), await keptFiles(scratch)], [[], []]);
});

test("Ctrl-C ends an agent in a terminal too, with its window", async () => {
  await using scratch = await openInTerminal({ "*": [begun, { sleep: 600_000 }] });
  const first = scratch.startTemoin("plan", "Sell bread");
  const over = scratch.ended(first);
  await untilThere(scratch, "at-work");
  first.kill("SIGINT");
  assert.equal((await over).code, 130);
});

const once = sh("[ -e $HOME/at-work ] || { touch $HOME/at-work; sleep 3317; }");

const places = [
  ["without a terminal", openPlanner],
  ["in a terminal", openInTerminal],
] as const;

/** A plan whose agent is at work is killed, after `look` at it; its agent may outlive it. */
async function killPlan(
  scratch: Scratch,
  look: (pid: number | undefined) => Promise<void> = async () => undefined,
): Promise<void> {
  const plan = scratch.startTemoin("plan", "Sell bread");
  const over = scratch.ended(plan);
  await untilThere(scratch, "at-work");
  await look(plan.pid);
  plan.kill("SIGKILL");
  await over;
}

for (const [where, open] of places) {
  test(`the agent of one that was killed is ended by the next, ${where}`, async () => {
    await using scratch = await open({ "*": [once, handIn(exampleDraft), "claim"] });
    await killPlan(scratch);
    const ended = await scratch.temoin("plan", "Sell bread");
    assert.equal(ended.code, 0, ended.stderr);
  });

  test(`the agent of one that was killed is ended by the start of a run too, ${where}`, async () => {
    await using scratch = await open({ "*": [once] });
    await killPlan(scratch);
    // Nothing to do: that it ends is all, and the scratch fails where a process is left.
    const ended = await scratch.temoin("run");
    assert.equal(ended.code, 0, ended.stderr);
  });

  test(`the status tells of the agent of one that was killed, and clean ends it, ${where}`, async () => {
    await using scratch = await open({ "*": [once] });
    await killPlan(scratch, async (pid) => {
      assert.deepEqual((await scratch.json("status")).planner, { pid, isLeft: false });
    });
    const { planner } = await scratch.json("status");
    assert.equal(planner.isLeft, true);
    assert(scratch.owns(planner.pid));
    const listed = await scratch.temoin("clean");
    assert.match(listed.stdout, new RegExp(`agent plan: process ${planner.pid} has outlived`));
    const cleaned = await scratch.json("clean", "--yes");
    assert.deepEqual(cleaned.failed, []);
    const kinds = cleaned.removed.map(({ kind }: { kind: string }) => kind);
    assert.deepEqual(kinds, ["agent", "worktree"]);
    assert.equal((await scratch.json("status")).planner, null);
  });
}

test("a run that starts beside a plan that is at work leaves its agent alone", async () => {
  const wait = sh("until [ -e $HOME/go ]; do sleep 0.05; done");
  await using scratch = await openPlanner({ plan: [begun, wait, handIn(exampleDraft)] });
  const planning = scratch.startTemoin("plan", "Sell bread");
  const over = scratch.ended(planning);
  await untilThere(scratch, "at-work");
  assert.equal((await scratch.temoin("run")).code, 0);
  await scratch.run("touch", [`${scratch.folder}/go`]);
  const { code, stderr } = await over;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /ada is asked to plan/);
  assert.doesNotMatch(stderr, /ada: /);
});

const bubble = ["--unshare-user-try", "--unshare-pid", "--ro-bind", "/", "/", "true"];
const hasSandbox = spawnSync("bwrap", bubble).status === 0;

test("in a sandbox it hands in what it has drafted; where there is none it is not started", async () => {
  const script = { plan: [sh("echo x > escaped || true"), handIn(exampleDraft)] };
  const agents = { ada: { sandbox: "bwrap" } };
  await using scratch = await openPlanner(script, { agents });
  const ended = await scratch.temoin("plan", "Sell bread", "--apply");
  const log = await scratch.temoin("logs", "plan");
  if (!hasSandbox) {
    assert.match(ended.stderr, /bwrap/);
    return;
  }
  assert.equal(ended.code, 0, `${ended.stderr}${log.stdout}`);
  assert.deepEqual(await ids(scratch), ["SHOP-1", "SHOP-2"]);
});
