import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAgentName } from "../../src/domain/id.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { id } from "../task-spec.ts";
import { landings } from "./scratch-project.ts";
import { openStage, report, type Stage, sh, wait, write } from "./stage.ts";

function tell(stage: Stage, task: string, tellId: string, text: string) {
  return stage.app.ask({ type: "tell", id: id(task), tellId, text });
}

function agent(name: string) {
  const parsed = parseAgentName(name);
  assert(parsed !== null);
  return parsed;
}

test("a question waits for the person while others go on; the answer lets it go on with its work", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [write("draft.txt", "draft\n"), report("blocked", "Which colour?")],
      "*": [write("work/{task}.txt", "x\n")],
    },
  });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 4);
  assert.deepEqual(await landings(stage.scratch), ["T-2"]);
  assert.equal((await stage.task("T-1")).state, "needs_human");
  const [item] = [...(await stage.app.state()).inbox.values()];
  assert.match(item?.says ?? "", /T-1: Which colour\?/);

  await tell(stage, "T-1", "T-1/tell/1-1", "Make it blue.");
  assert.equal((await stage.app.state()).inbox.size, 0);
  const next = await stage.run();
  const { exitCode, why } = await next.over;
  assert.equal(exitCode, 0, why);
  assert.match(await stage.prompt("T-1", 2, 1), /Make it blue\./);
  assert.deepEqual(
    next.of("tell_delivered").map((one) => one.id),
    ["T-1/tell/1-1"],
  );
  assert.equal(await stage.scratch.read("draft.txt"), "draft\n", "the work before was kept");
});

test("an answer while the run goes on is taken up by the same run", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [report("blocked", "Which colour?")],
      "T-2": [wait("go"), write("two.txt", "2\n")],
      "*": [write("work/{task}.txt", "x\n")],
    },
  });
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await run.until("task_needs_human");
  await run.untilWorking("T-2");
  await tell(stage, "T-1", "T-1/tell/1-1", "Blue.");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["blocked ada", "verified ada"]);
});

test("a question that the brief answers is no obstacle: the next attempt is told, and no person", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [write("draft.txt", "draft\n"), report("blocked", "Which colour?")],
      "T-1/2": [sh("test -e draft.txt"), write("work.txt", "blue\n")],
    },
  });
  await stage.add("T-1", { answers: ["colour: blue"] });
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["blocked ada", "verified ada"]);
  assert.deepEqual(run.of("inbox_added"), []);
  const prompt = await stage.prompt("T-1", 2, 1);
  assert.match(prompt, /An earlier attempt asked: “Which colour\?” The answer is: blue/);
});

test("words to an agent at work are a turn of their own before the gates", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "asked", run: "grep -q please extra.txt" }] },
    script: {
      "T-1/1/1": [wait("go"), write("work.txt", "x\n")],
      "T-1/1/2": [write("extra.txt", "please\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  await tell(stage, "T-1", "T-1/tell/1-1", "Add extra.txt, please.");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0);
  assert.match(await stage.prompt("T-1", 1, 2), /Add extra\.txt, please\./);
  assert.equal(run.of("tell_delivered").length, 1);
  assert.equal(run.of("feedback_given").length, 0, "it costs no round");
  const types = run.events.map((event) => event.type);
  assert.ok(types.indexOf("tell_delivered") < types.indexOf("gates_ran"));
});

test("words that come while the gates run are heard before the work is called finished", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: {
      gates: [
        { name: "slow", run: 'touch "$HOME/gate"; until [ -e "$HOME/go" ]; do sleep 0.03; done' },
      ],
    },
    script: {
      "T-1/1/1": [write("work.txt", "x\n")],
      "T-1/1/2": [write("extra.txt", "please\n")],
    },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.until("attempt_moved", (one) => one.phase === "verifying");
  await tell(stage, "T-1", "T-1/tell/1-1", "Add extra.txt, please.");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0);
  assert.equal(await stage.scratch.read("extra.txt"), "please\n");
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
});

test("what is cancelled or skipped while it runs is ended at once, with its work saved", async () => {
  await using stage = await openStage({
    script: {
      "T-1": [write("one.txt", "1\n"), sh('touch "$HOME/one"'), "hang"],
      "T-2": [write("two.txt", "2\n"), sh('touch "$HOME/two"'), "hang"],
      "T-3": [write("three.txt", "3\n")],
    },
  });
  await stage.add("T-1 T-2");
  await stage.add("T-3", { deps: [id("T-2")] });
  const run = await stage.start();
  await run.untilWorking("T-1");
  await run.untilWorking("T-2");
  for (const name of ["one", "two"]) await stage.appears(name);
  await stage.app.ask({ type: "cancel", id: id("T-1") });
  await stage.app.ask({ type: "skip", id: id("T-2") });
  await run.until("task_cancelled");
  await run.until("attempt_offered", (one) => one.task === "T-3");
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  const states = [];
  for (const name of ["T-1", "T-2", "T-3"]) states.push((await stage.task(name)).state);
  assert.deepEqual(states, ["cancelled", "skipped", "done"]);
  assert.deepEqual(await stage.attempts("T-2"), ["cancelled bo"]);
  assert.equal(await stage.scratch.git("show", "refs/temoin/saved/T-1/1/1:one.txt"), "1");
  assert.equal(await stage.scratch.git("show", "refs/temoin/saved/T-2/1/1:two.txt"), "2");
});

test("a task given to another agent while it runs is handed over with its work", async () => {
  await using stage = await openStage({
    script: {
      "T-1/1": [write("part.txt", "part\n"), sh('touch "$HOME/part"'), "hang"],
      "T-1/2": [sh("cat part.txt > whole.txt")],
    },
  });
  await stage.add("T-1", { agent: agent("ada") });
  const run = await stage.start();
  await run.untilWorking("T-1");
  await stage.appears("part");
  await stage.app.ask({ type: "assign", id: id("T-1"), agent: agent("bo") });
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["handed_off ada", "verified bo"]);
  assert.equal(await stage.scratch.read("whole.txt"), "part\n");
});

test("a failed task that a person asks for again starts afresh and lands", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { attempts: { perTask: 1 } },
    script: {
      "T-1/1": [write("left.txt", "left\n"), { crash: 1 }],
      "T-1/2": [write("new.txt", "new\n")],
    },
  });
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 3);
  await stage.app.ask({ type: "retry", id: id("T-1") });
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.equal(await stage.scratch.git("ls-files", "left.txt", "new.txt"), "new.txt");
});

test("a paused project hands out nothing, uses no processor and does not end; then it goes on", async () => {
  await using stage = await openStage();
  await stage.app.ask({ type: "pause", id: null });
  await stage.add("T-1");
  const run = await stage.start();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await systemClock.until(systemClock.now() + 500);
  const used = process.cpuUsage(before);
  const share = (used.user + used.system) / 1000 / (performance.now() - startedAt);
  assert.ok(share < 0.1, `it uses ${(share * 100).toFixed(1)} % of a processor while paused`);
  assert.equal(run.of("attempt_offered").length, 0);
  await stage.app.ask({ type: "resume", id: null });
  assert.equal((await run.over).exitCode, 0);
});

test("a paused task waits for its person; the rest is done, and the run ends with 4", async () => {
  await using stage = await openStage();
  await stage.add("T-1 T-2");
  await stage.app.ask({ type: "pause", id: id("T-1") });
  assert.equal((await (await stage.run()).over).exitCode, 4);
  assert.deepEqual(await landings(stage.scratch), ["T-2"]);
  await stage.app.ask({ type: "resume", id: id("T-1") });
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.deepEqual(await landings(stage.scratch), ["T-2", "T-1"]);
});
