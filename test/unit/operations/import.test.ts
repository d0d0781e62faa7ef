import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Brief, emptyBrief } from "../../../src/domain/brief.ts";
import { type AgentName, parseSha, type SlotId } from "../../../src/domain/id.ts";
import { defaultPolicy } from "../../../src/domain/policy.ts";
import { findTask } from "../../../src/domain/state.ts";
import { AppError } from "../../../src/lib/app-error.ts";
import { add } from "../../../src/operations/add.ts";
import { cancel } from "../../../src/operations/cancel.ts";
import type { Context } from "../../../src/operations/context.ts";
import { importJson } from "../../../src/operations/import-json.ts";
import { importPlans } from "../../../src/operations/import-plan.ts";
import { clearInbox } from "../../../src/operations/inbox.ts";
import { invoke } from "../../../src/operations/invoke.ts";
import { split } from "../../../src/operations/split.ts";
import { emptyPlan, type Plan, type PlannedTask } from "../../../src/plans/plan.ts";
import { openStage, refusalOf, type Stage, type StageOptions } from "./fake-context.ts";

function planned(id: string, more: Partial<PlannedTask> = {}): PlannedTask {
  return {
    id,
    aliases: [],
    title: `Task ${id}`,
    titleKey: `task ${id.toLowerCase()}`,
    priority: "medium",
    agent: null,
    role: null,
    state: "queued",
    deps: [],
    skills: [],
    phase: null,
    estimate: null,
    touches: [],
    verify: [],
    brief: emptyBrief,
    source: { file: "plan.md", line: 3 },
    ...more,
  };
}

async function stageWith(plans: Record<string, Partial<Plan>>, options: StageOptions = {}) {
  const stage = await openStage(options);
  for (const [file, plan] of Object.entries(plans)) await setPlan(stage, file, plan);
  return stage;
}

async function setPlan(stage: Stage, file: string, plan: Partial<Plan>): Promise<void> {
  await stage.write(file, "");
  const tasks = (plan.tasks ?? []).map((task) => ({
    ...task,
    source: { file, line: task.source.line },
  }));
  stage.plans.set(file, { ...emptyPlan, ...plan, tasks });
}

function bring(stage: Stage, files: readonly string[], more: object = {}) {
  return stage.invoke(importPlans, { files, dryRun: false, accept: false, ...more });
}

describe("import", () => {
  it("gives way to a task that has taken its id since it looked", async () => {
    await using stage = await stageWith({ "plan.md": { tasks: [planned("T-1"), planned("T-2")] } });
    const { context } = stage;
    let isFirst = true;
    const late: Context = {
      ...context,
      async ask(wish) {
        if (isFirst) await stage.invoke(add, { title: "Faster" });
        isFirst = false;
        return context.ask(wish);
      },
    };
    const input = { files: ["plan.md"], dryRun: false, accept: false };
    const { signal } = new AbortController();
    const { added } = await invoke(importPlans, { context: late, input, signal });
    assert.deepEqual(added, ["plan-T-1", "T-2"]);
    const { tasks } = await context.state();
    assert.deepEqual([...tasks.keys()], ["T-1", "plan-T-1", "T-2"]);
  });

  it("leaves what was split as it is: the parts stand for their task, whatever the plan says of it", async () => {
    const tasks = [planned("A-1"), planned("A-2", { deps: ["A-1"] })];
    await using stage = await stageWith({ "plan.md": { tasks } });
    await bring(stage, ["plan.md"]);
    await stage.invoke(split, { id: "A-1", into: ["one", "two"] });
    await stage.invoke(split, { id: "A-1-2", into: ["two a", "two b"] });
    const again = await bring(stage, ["plan.md"]);
    assert.deepEqual([again.added, again.edited, again.left, again.warnings], [[], [], [], []]);
    const more = [...tasks, planned("A-3", { deps: ["A-1", "A-2"] })];
    await setPlan(stage, "plan.md", { tasks: more });
    await bring(stage, ["plan.md"]);
    const added = findTask(await stage.context.state(), "A-3");
    assert.deepEqual(added?.spec.deps, ["A-1-1", "A-1-2-1", "A-1-2-2", "A-2"]);
  });

  it("adds nothing the second time", async () => {
    await using stage = await stageWith({
      "plan.md": { tasks: [planned("A-1"), planned("A-2", { deps: ["A-1"] })] },
    });
    assert.deepEqual((await bring(stage, ["plan.md"])).added, ["A-1", "A-2"]);
    const before = (await stage.context.state()).seq;
    const again = await bring(stage, ["plan.md"]);
    assert.deepEqual([again.added, again.edited, again.same], [[], [], 2]);
    assert.equal((await stage.context.state()).seq, before);
  });

  it("adds nothing the second time, whatever the ids and files are", async () => {
    const id = fc.constantFrom("1", "a-1", "T-1", "x");
    const file = fc.constantFrom("one.md", "two.md", "deep-one.md");
    const plans = fc.dictionary(file, fc.uniqueArray(id, { minLength: 1 }), { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(plans, async (ids) => {
        await using stage = await openStage();
        for (const [name, list] of Object.entries(ids)) {
          await setPlan(stage, name, { tasks: list.map((one) => planned(one)) });
        }
        const files = Object.keys(ids);
        const count = Object.values(ids).flat().length;
        assert.equal((await bring(stage, files)).added.length, count);
        for (const name of files) assert.deepEqual((await bring(stage, [name])).added, []);
        assert.equal((await stage.context.state()).tasks.size, count);
      }),
      { numRuns: 30 },
    );
  });

  it("changes what has not started, and reports what has", async () => {
    await using stage = await stageWith({ "plan.md": { tasks: [planned("A"), planned("B")] } });
    await bring(stage, ["plan.md"]);
    startRun(stage);
    const running = [...(await stage.context.state()).running.keys()];
    assert.deepEqual(running, ["A"]);
    const brief: Brief = { ...emptyBrief, objective: "New words" };
    await setPlan(stage, "plan.md", {
      tasks: [planned("A", { title: "New" }), planned("B", { title: "New", brief })],
    });
    const answer = await bring(stage, ["plan.md"]);
    assert.deepEqual(answer.left, [{ id: "A", fields: ["title"] }]);
    assert.deepEqual(answer.edited, ["B"]);
    const state = await stage.context.state();
    assert.equal(findTask(state, "A")?.spec.title, "Task A");
    const changed = findTask(state, "B")?.spec ?? assert.fail("no B");
    assert.equal(changed.title, "New");
    assert.match((await stage.context.text(changed.brief)) ?? "", /New words/);
  });

  it("knows dependencies by alias, in small letters, in another file and in the queue", async () => {
    await using stage = await stageWith({
      "a.md": { tasks: [planned("A-1", { aliases: ["TODO-A-1"] })] },
      "b.md": { tasks: [planned("B-1", { deps: ["TODO-A-1", "a-1"] })] },
      "c.md": { tasks: [planned("C-1", { deps: ["B-1"] })] },
    });
    await bring(stage, ["b.md", "a.md"]);
    await bring(stage, ["c.md"]);
    const state = await stage.context.state();
    assert.deepEqual(findTask(state, "B-1")?.spec.deps, ["A-1"]);
    assert.deepEqual(findTask(state, "C-1")?.spec.deps, ["B-1"]);
  });

  it("brings in nothing at all when one task depends on nothing", async () => {
    await using stage = await stageWith({
      "a.md": { tasks: [planned("A-1")] },
      "b.md": { tasks: [planned("B-1", { deps: ["A1"], source: { file: "", line: 42 } })] },
    });
    const error = await refusalOf(bring(stage, ["a.md", "b.md"]));
    assert.match(error.message, /B-1 \(b\.md:42\) depends on A1/);
    assert.equal(error.hint, "Did you mean A-1?");
    assert.equal((await stage.context.state()).seq, 0);
  });

  it("names a circle, and brings in nothing of it", async () => {
    await using stage = await stageWith({
      "a.md": { tasks: [planned("A", { deps: ["B"] }), planned("B", { deps: ["A"] })] },
    });
    const error = await refusalOf(bring(stage, ["a.md"]));
    assert.match(error.message, /A → B → A.*a\.md:3/);
    assert.equal((await stage.context.state()).seq, 0);
  });

  it("names the file before an id that another file has", async () => {
    await using stage = await stageWith({
      "one.md": { tasks: [planned("T-1")] },
      "two.md": { tasks: [planned("T-1"), planned("T-2", { deps: ["T-1"] })] },
    });
    await bring(stage, ["one.md"]);
    const answer = await bring(stage, ["two.md"]);
    assert.deepEqual(answer.added, ["two-T-1", "T-2"]);
    assert.match(answer.warnings[0]?.says ?? "", /T-1 is taken; this task is two-T-1/);
    assert.deepEqual(findTask(await stage.context.state(), "T-2")?.spec.deps, ["two-T-1"]);
  });

  it("knows a task without an id again by its title, when others come before it", async () => {
    const titles = (...list: readonly string[]) => ({
      tasks: list.map((title, place) =>
        planned(`plan-${place + 1}`, { title, aliases: [String(place + 1)] }),
      ),
    });
    await using stage = await stageWith({ "plan.md": titles("Build it", "Test it") });
    await bring(stage, ["plan.md"]);
    await setPlan(stage, "plan.md", titles("Plan it", "Build it.", "Test it!"));
    const answer = await bring(stage, ["plan.md"]);
    assert.deepEqual([answer.added, answer.edited], [["plan-3"], ["plan-1", "plan-2"]]);
    const state = await stage.context.state();
    assert.equal(findTask(state, "plan-1")?.spec.title, "Build it.");
    assert.equal(findTask(state, "plan-3")?.spec.title, "Plan it");
    assert.deepEqual((await bring(stage, ["plan.md"])).edited, []);
  });

  it("makes no task another one, when one of the file gets an id and another a new title", async () => {
    const task = (id: string, title: string) => planned(id, { title });
    await using stage = await stageWith({
      "plan.md": {
        tasks: ["Subtract", "Multiply", "Say it"].map((t, n) => task(`plan-${n + 1}`, t)),
      },
    });
    await bring(stage, ["plan.md"]);
    await setPlan(stage, "plan.md", {
      tasks: [task("M-1", "Multiply"), task("plan-1", "Subtract"), task("plan-2", "Tell it")],
    });
    await bring(stage, ["plan.md"]);
    await setPlan(stage, "plan.md", {
      tasks: [task("M-1", "Multiply"), task("plan-1", "Tell it"), task("plan-2", "Draw it")],
    });
    const { added, edited, warnings } = await bring(stage, ["plan.md"]);
    assert.deepEqual([added, edited], [["plan-4"], []]);
    assert.match(warnings[0]?.says ?? "", /^plan-1 is in the queue and no longer in this file/);
  });

  it("tells each agent once that is not configured", async () => {
    const config =
      "version: 1\nagents:\n  fox: { driver: command, command: [fox], roles: [docs] }\n";
    const agents = ["owl", "owl", "fox", "docs"];
    const tasks = agents.map((agent, n) => planned(`A-${n}`, { agent }));
    await using stage = await stageWith({ "plan.md": { tasks } }, { config });
    const { warnings } = await bring(stage, ["plan.md"]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.says ?? "", /A-0, A-1 are pinned to `owl`/);
  });

  it("takes the states of the document: done is unproven, blocked goes to the person", async () => {
    const tasks = [planned("A", { state: "done" }), planned("B", { state: "needs_human" })];
    await using stage = await stageWith({ "plan.md": { tasks } });
    await bring(stage, ["plan.md"]);
    const state = await stage.context.state();
    const done = findTask(state, "A");
    assert.ok(done?.state === "done" && done.how === "imported" && !done.proven);
    assert.equal(findTask(state, "B")?.state, "needs_human");
    assert.ok(state.inbox.has("blocked:B"));
  });

  it("keeps later phases waiting, also those of a second file", async () => {
    const tasks = [planned("A", { phase: "1" }), planned("B", { phase: "2" })];
    const phases = [
      { name: "1", tasks: ["A"], criteria: [] },
      { name: "2", tasks: ["B"], criteria: [] },
    ];
    await using stage = await stageWith({
      "first.md": { tasks: [planned("X")] },
      "plan.md": { tasks, phases },
    });
    await bring(stage, ["first.md", "plan.md"]);
    assert.equal(findTask(await stage.context.state(), "B")?.state, "waiting");
  });

  it("says so when there is nothing to bring in", async () => {
    await using stage = await stageWith({ "empty.md": {} });
    const answer = await bring(stage, ["empty.md"]);
    assert.deepEqual([answer.added, answer.files], [[], ["empty.md"]]);
  });

  it("tells of what is gone from its file, and leaves it", async () => {
    await using stage = await stageWith({ "plan.md": { tasks: [planned("A"), planned("B")] } });
    await bring(stage, ["plan.md"]);
    await setPlan(stage, "plan.md", { tasks: [planned("A")] });
    const { warnings } = await bring(stage, ["plan.md"]);
    assert.match(
      warnings[0]?.says ?? "",
      /^B is in the queue and no longer in this file.*`temoin cancel B`/,
    );
    assert.ok(findTask(await stage.context.state(), "B"));
    await stage.invoke(cancel, { id: "B" });
    assert.deepEqual((await bring(stage, ["plan.md"])).warnings, []);
  });

  it("names a file that is not there, and a directory", async () => {
    await using stage = await openStage();
    assert.match(
      (await refusalOf(bring(stage, ["no.md"]))).message,
      /`.*no\.md`: there is no such/,
    );
    assert.match((await refusalOf(bring(stage, ["."]))).message, /it is a directory/);
    const device = await refusalOf(bring(stage, ["/dev/null"]));
    assert.match(device.message, /it is no regular file/);
    assert.equal((await refusalOf(bring(stage, []))).code, "usage");
  });

  it("changes nothing on a dry run, and shows the plan as it was understood", async () => {
    const task = planned("A", { aliases: ["TODO-A"], agent: "owl" });
    const handoff = { prepare: 80, execute: 95 };
    await using stage = await stageWith({ "plan.md": { tasks: [task], handoff } });
    const json = importJson(await bring(stage, ["plan.md"], { dryRun: true }), []);
    assert.equal((await stage.context.state()).seq, 0);
    assert.deepEqual(Object.keys(json), [
      ...["schema", "tasks", "agents", "phases", "goal", "gates", "criteria", "handoff"],
      ...["changes", "warnings"],
    ]);
    assert.deepEqual(json.handoff, handoff);
    const { titleKey: _, ...shown } = task;
    assert.deepEqual(json.tasks, [{ ...shown, source: { file: "plan.md", line: 3 } }]);
    assert.deepEqual(json.changes.added, ["A"]);
  });
});

describe("criteria of a plan", () => {
  const plan = {
    criteria: ["People like it"],
    gates: [{ run: "cargo test --all" }],
    goal: [{ changed: "README.md" }],
  };

  it("go to the inbox once: prose to be judged, commands as proposals", async () => {
    await using stage = await stageWith({ "plan.md": plan }, { config: "version: 1\n" });
    await bring(stage, ["plan.md"]);
    const keys = [...(await stage.context.state()).inbox.keys()];
    assert.deepEqual(keys, ["criterion:plan.md:1", "proposal:plan.md:1", "proposal:plan.md:2"]);
    await stage.invoke(clearInbox, { key: "criterion:plan.md:1" });
    assert.deepEqual((await bring(stage, ["plan.md"])).inbox, []);
    assert.equal((await stage.context.state()).inbox.size, 2);
  });

  it("are written into temoin.yaml by --accept, and not proposed any more", async () => {
    await using stage = await stageWith({ "plan.md": plan }, { config: "# mine\nversion: 1\n" });
    await bring(stage, ["plan.md"]);
    const { accepted } = await bring(stage, ["plan.md"], { accept: true });
    assert.deepEqual(accepted, ["gate test: cargo test --all", "changed: README.md"]);
    const text = await readFile(join(stage.root, "temoin.yaml"), "utf8");
    assert.match(text, /^# mine/);
    const { config } = await stage.context.config();
    assert.deepEqual(
      config.gates.map(({ name, run }) => [name, run]),
      [["test", "cargo test --all"]],
    );
    assert.deepEqual(
      config.goal.map(({ kind }) => kind),
      ["queue", "gates", "changed"],
    );
    assert.deepEqual([...(await stage.context.state()).inbox.keys()], ["criterion:plan.md:1"]);
    assert.deepEqual((await bring(stage, ["plan.md"], { accept: true })).accepted, []);
  });

  it("are not written where the tasks do not come in", async () => {
    const config = "# mine\nversion: 1\n";
    const whole = { ...plan, tasks: [planned("A")] };
    await using stage = await stageWith({ "plan.md": whole }, { config });
    stage.context.ask = async () => {
      throw new AppError("disk", "Cannot write to the store: the disk is full.");
    };
    const error = await refusalOf(bring(stage, ["plan.md"], { accept: true }));
    assert.equal(error.code, "disk");
    assert.equal(await readFile(join(stage.root, "temoin.yaml"), "utf8"), config);
  });

  it("are not written where there is no temoin.yaml", async () => {
    await using stage = await stageWith({ "plan.md": { ...plan, tasks: [planned("A")] } });
    const error = await refusalOf(bring(stage, ["plan.md"], { accept: true }));
    assert.match(error.hint ?? "", /temoin init/);
    assert.equal((await stage.context.state()).seq, 0);
  });
});

function startRun(stage: Stage): void {
  const sha = parseSha("a".repeat(40)) ?? assert.fail("a sha");
  stage.decide({
    from: "control",
    input: {
      type: "run_started",
      runner: "r",
      slots: [{ id: "fox-1" as SlotId, agent: "fox" as AgentName, roles: [] }],
      policy: defaultPolicy,
      configHash: "h",
      target: "main",
      targetSha: sha,
    },
  });
}
