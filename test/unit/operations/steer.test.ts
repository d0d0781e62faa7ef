import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { AppError } from "../../../src/lib/app-error.ts";
import { add } from "../../../src/operations/add.ts";
import { assign } from "../../../src/operations/assign.ts";
import { cancel } from "../../../src/operations/cancel.ts";
import { config } from "../../../src/operations/config.ts";
import { diff } from "../../../src/operations/diff.ts";
import { doctor } from "../../../src/operations/doctor.ts";
import { down } from "../../../src/operations/down.ts";
import { edit } from "../../../src/operations/edit.ts";
import { events } from "../../../src/operations/events.ts";
import { gateRun } from "../../../src/operations/gate-run.ts";
import { importPlans } from "../../../src/operations/import-plan.ts";
import { clearInbox, inbox } from "../../../src/operations/inbox.ts";
import { init } from "../../../src/operations/init.ts";
import { invoke } from "../../../src/operations/invoke.ts";
import { ls } from "../../../src/operations/ls.ts";
import { pause } from "../../../src/operations/pause.ts";
import { report } from "../../../src/operations/report.ts";
import { resume } from "../../../src/operations/resume.ts";
import { retry } from "../../../src/operations/retry.ts";
import { skip } from "../../../src/operations/skip.ts";
import { split } from "../../../src/operations/split.ts";
import { status } from "../../../src/operations/status.ts";
import { tell } from "../../../src/operations/tell.ts";
import { up } from "../../../src/operations/up.ts";
import { why } from "../../../src/operations/why.ts";
import { openStage, refusalOf, type Stage } from "./fake-context.ts";

async function addTask(stage: Stage, title: string, after: readonly string[] = []) {
  const rest = { body: null, priority: null, agent: null, role: null };
  const lists = { skills: [], touches: [], verify: [] };
  return stage.invoke(add, { title, after, ...rest, ...lists });
}

describe("what a person asks for", () => {
  it("is told as it has become, with a next step", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    await addTask(stage, "Two", ["T-1"]);
    const given = await stage.invoke(cancel, { id: "T-1" });
    assert.deepEqual(given.tasks, [{ id: "T-1", state: "cancelled" }]);
    assert.match(given.next, /^temoin retry T-1/);
    const lines = (await stage.invoke(inbox, {})).inbox;
    assert.deepEqual(
      lines.map(({ key }) => key),
      ["dependency:T-1"],
    );
    assert.match((await stage.invoke(retry, { id: "T-1" })).changed, /was cancelled.*is queued/);
    await stage.invoke(skip, { id: "T-1" });
    assert.match((await stage.invoke(why, { subject: "T-2" })).state, /queued/);
  });

  it("splits a task by titles, one after the other, each with the brief of the whole", async () => {
    await using stage = await openStage();
    await addTask(stage, "The shop");
    await addTask(stage, "The till", ["T-1"]);
    const made = await stage.invoke(split, { id: "t-1", into: ["Prices", "Basket"] });
    assert.deepEqual(made.parts, ["T-1-1", "T-1-2"]);
    assert.match(made.changed, /^T-1 is now T-1-1, T-1-2;/);
    assert.equal(made.warnings.length, 2, made.warnings.join("\n"));
    const { tasks } = (await stage.invoke(ls, {})).json;
    assert.deepEqual(
      tasks.map(({ id, deps }) => [id, deps]),
      [
        ["T-1", []],
        ["T-2", ["T-1-1", "T-1-2"]],
        ["T-1-1", []],
        ["T-1-2", ["T-1-1"]],
      ],
    );
    const again = await stage.invoke(split, { id: "T-1-2", into: ["A", "B"] });
    assert.deepEqual(again.parts, ["T-1-2-1", "T-1-2-2"]);
    for (const wrong of [{}, { into: ["A", "B"], plan: "- [ ] A" }]) {
      const refusal = await refusalOf(stage.invoke(split, { id: "T-2", ...wrong }));
      assert.match(refusal.message, /needs the titles of its parts/);
    }
    const none = await refusalOf(stage.invoke(split, { id: "T-2", plan: "nothing" }));
    assert.match(none.message, /there is no task in the plan/);
  });

  it("pauses a task or the project, and takes it back", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    await stage.invoke(pause, { id: "T-1" });
    assert.equal((await stage.invoke(ls, {})).json.tasks[0]?.paused, true);
    await stage.invoke(resume, { id: "T-1" });
    await stage.invoke(pause, { id: null });
    assert.match((await stage.invoke(pause, { id: null })).changed, /already/);
    assert.equal((await stage.context.state()).paused, true);
    await stage.invoke(resume, { id: null });
    assert.equal((await stage.context.state()).paused, false);
  });

  it("keeps what was said for the next agent", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    await stage.invoke(tell, { id: "T-1", text: "use zod" });
    const { changed } = await stage.invoke(tell, { id: "T-1", text: "and again" });
    assert.match(changed, /next agent gets your words/);
    const task = [...(await stage.context.state()).tasks.values()][0];
    assert.deepEqual(
      task?.tells.map(({ text }) => text),
      ["use zod", "and again"],
    );
    assert.equal(new Set(task?.tells.map(({ id }) => id)).size, 2);
  });

  it("takes a line out of the inbox, by the key that is there", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    await addTask(stage, "Two", ["T-1"]);
    await stage.invoke(cancel, { id: "T-1" });
    const error = await refusalOf(stage.invoke(clearInbox, { key: "dependency:T1" }));
    assert.equal(error.hint, "Did you mean dependency:T-1?");
    assert.match((await stage.invoke(clearInbox, { key: "dependency:T-1" })).changed, /0 left/);
  });

  it("pins to an agent, and warns when there is none of that name", async () => {
    const config = "version: 1\nagents:\n  fox: { driver: command, command: [fox] }\n";
    await using stage = await openStage({ config });
    await addTask(stage, "One");
    assert.deepEqual((await stage.invoke(assign, { id: "T-1", agent: "fox" })).warnings, []);
    assert.equal((await stage.invoke(assign, { id: "T-1", agent: "owl" })).warnings.length, 1);
  });

  for (const operation of [cancel, retry, skip, pause, resume, diff]) {
    it(`does not ${operation.name} a task that is not there`, async () => {
      await using stage = await openStage();
      await addTask(stage, "One");
      const error = await refusalOf(stage.invoke(operation as typeof cancel, { id: "T1" }));
      assert.equal(error.code, "not_found");
      assert.equal(error.hint, "Did you mean T-1?");
    });
  }
});

describe("looking", () => {
  it("tells the status without a run, without agents and with a broken configuration", async () => {
    await using stage = await openStage({ config: "version: 1\nagentss: {}\n" });
    const { json, isStale } = await stage.invoke(status, {});
    assert.equal(json.run.state, "none");
    assert.equal(isStale, false);
    assert.equal(json.schema, 1);
  });

  it("numbers events without a gap, from wherever it is asked", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    await addTask(stage, "Two");
    const all = await stage.invoke(events, { after: 0 });
    assert.deepEqual(
      all.map(({ json }) => json.seq),
      all.map((_, place) => place + 1),
    );
    const later = await stage.invoke(events, { after: 1 });
    assert.deepEqual(later, all.slice(1));
  });

  it("tells an agent that no run has had yet from one that there is not", async () => {
    await using stage = await openStage({
      config: "version: 1\nagents:\n  fox: { driver: command, command: [fox] }\n",
    });
    const fox = await refusalOf(stage.invoke(why, { subject: "fox" }));
    assert.match(fox.message, /No run has had the agent `fox` yet/);
    const foxx = await refusalOf(stage.invoke(why, { subject: "foxx" }));
    assert.deepEqual([foxx.code, foxx.hint], ["not_found", "Did you mean fox?"]);
  });

  it("finds no fault with a state folder that is not made yet, and one with a folder that git sees", async () => {
    await using stage = await openStage({ config: "version: 1\n" });
    const seen = async (): Promise<boolean | undefined> => {
      const checks = await stage.invoke(doctor, { fix: false });
      return checks.find(({ name }) => name === "exclude")?.ok;
    };
    assert.equal(await seen(), true);
    await mkdir(join(stage.root, ".temoin"));
    assert.equal(await seen(), false);
  });

  it("tries tmux out where an agent is to work in it, and finds no fault with it elsewhere", async () => {
    const tmux = async (driver: string) => {
      await using stage = await openStage({
        config: `version: 1\nagents: { a: { driver: ${driver}, command: [sh] } }\n`,
      });
      const checks = await stage.invoke(doctor, { fix: false });
      return checks.filter(({ name }) => name.startsWith("tmux"));
    };
    assert.deepEqual(await tmux("command"), [
      { name: "tmux", ok: true, detail: "tmux by version; no agent needs it", hint: null },
    ]);
    assert.deepEqual(await tmux("terminal"), [
      { name: "tmux", ok: false, detail: "tmux by all", hint: null },
    ]);
  });

  it("has no diff before there is work", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    assert.match((await refusalOf(stage.invoke(diff, { id: "T-1" }))).message, /no work to show/);
  });

  it("stops who runs, and says when nobody does", async () => {
    await using stage = await openStage();
    assert.equal((await stage.invoke(down, { now: false })).stopped, null);
    stage.holder = { pid: 7, startedAt: "now", command: "up" };
    assert.equal((await stage.invoke(down, { now: true })).stopped?.pid, 7);
    assert.deepEqual(stage.stops, ["now"]);
  });

  it("will not prove anything without gates", async () => {
    await using stage = await openStage({ config: "version: 1\n" });
    const error = await refusalOf(stage.invoke(gateRun, { names: [] }));
    assert.match(error.message, /No gates are configured/);
  });

  it("sends to `init` who would begin without any configuration", async () => {
    await using stage = await openStage();
    const error = await refusalOf(
      stage.invoke(up, { deadline: null, maxCost: null, maxTokens: null }),
    );
    assert.equal(error.code, "config");
    assert.match(error.hint ?? "", /temoin init/);
  });
});

describe("an agent at work", () => {
  it("reports", async () => {
    await using stage = await openStage({ token: "abc" });
    await stage.invoke(report, { kind: "done", text: "did it", files: ["a"], tests: null });
    assert.deepEqual(
      stage.reports.map(({ kind, text, files }) => ({ kind, text, files })),
      [{ kind: "done", text: "did it", files: ["a"] }],
    );
  });

  it("reports nothing of a kind that there is not", async () => {
    await using stage = await openStage({ token: "abc" });
    const input = { kind: "finished", text: "", files: [], tests: null };
    const error = await refusalOf(stage.invoke(report, input));
    assert.match(error.message, /kind must be one of done, blocked, note, handoff/);
  });

  it("may look", async () => {
    await using stage = await openStage({ token: "abc" });
    assert.deepEqual((await stage.invoke(ls, {})).json.tasks, []);
    assert.equal((await stage.invoke(config, {})).file, null);
  });

  for (const operation of [
    ...[add, edit, importPlans, assign, cancel, retry, skip, pause, resume, tell, clearInbox],
    ...[up, down, init, doctor, gateRun],
  ]) {
    it(`cannot ${operation.name}`, async () => {
      await using stage = await openStage({ token: "abc" });
      // Refused before its input is looked at, so any will do.
      const error = await refusalOf(stage.invoke(operation as typeof cancel, {}));
      assert.equal(error.code, "refused");
      assert.ok(error.message.startsWith(`A worker cannot ${operation.name}`), error.message);
    });
  }

  it("is told as what it is, and what it can do instead, also where nobody knows its token", async () => {
    for (const [role, says] of [
      ["conductor", /^A conductor cannot pause: .*temoin decide/s],
      ["planner", /^A planner cannot pause: .*Put it into your draft/s],
      ["worker", /^A worker cannot pause: .*temoin report blocked/s],
    ] as const) {
      await using stage = await openStage({ token: "abc", role });
      const { message, hint } = await refusalOf(stage.invoke(pause, {}));
      assert.match(`${message} ${hint}`, says);
    }
    await using stage = await openStage({ token: "abc" });
    const context = {
      ...stage.context,
      role: async () => {
        throw new AppError("failed", "No temoin is at work.");
      },
    };
    const input = { id: null };
    const call = { context, input, signal: new AbortController().signal };
    const alone = await refusalOf(invoke(pause, call));
    assert.deepEqual(
      [alone.code, alone.message],
      ["refused", "An agent cannot pause: TEMOIN_TOKEN is set."],
    );
  });

  it("cannot report without a token", async () => {
    await using stage = await openStage();
    const input = { kind: "note", text: "", files: [], tests: null };
    assert.equal((await refusalOf(stage.invoke(report, input))).code, "refused");
  });
});
