import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { temoin } from "./plan-stage.ts";
import { type Ended, openScratch, type Scratch } from "./scratch-project.ts";

/** One sentence that names the thing, a next step, and no stack of calls. */
function assertTold(ended: Ended, code: number, says: RegExp): void {
  assert.equal(ended.code, code, `${ended.stdout}${ended.stderr}`);
  assert.match(ended.stderr, says);
  assert.doesNotMatch(ended.stderr, /\n\s+at .*:\d+/);
  assert.ok(ended.stderr.trimEnd().split("\n").length >= 2, "there is no next step");
}

async function withConfig(scratch: Scratch, text: string): Promise<Scratch> {
  await scratch.write("temoin.yaml", text);
  return scratch;
}

const plans: readonly (readonly [string, string, string | Uint8Array, number, RegExp])[] = [
  ["a plan that is binary", "plan.md", Buffer.from([0, 1, 2, 0, 255]), 1, /plan\.md/],
  [
    "a plan that is no UTF-8",
    "plan.md",
    Buffer.from("Caf\xe9 \xff", "latin1"),
    1,
    /plan\.md.*UTF-8/,
  ],
  ["a plan of 20 MB", "plan.md", Buffer.alloc(20_000_000, "- [ ] x\n"), 1, /20000000 bytes/],
  [
    "a plan that depends on nothing",
    "plan.md",
    "- [ ] One (id: A-1) (depends on Z-9)\n",
    1,
    /plan\.md:1.*Z-9/,
  ],
  [
    "a plan that goes round in a circle",
    "plan.md",
    "- [ ] One (id: A-1) (depends on A-2)\n- [ ] Two (id: A-2) (depends on A-1)\n",
    1,
    /A-1 → A-2 → A-1|A-2 → A-1 → A-2/,
  ],
];

describe("a plan that cannot be used", () => {
  it("is refused whole, with its file and the reason", async () => {
    await using scratch = await openScratch();
    for (const [, file, content, code, says] of plans) {
      await writeFile(path.join(scratch.dir, file), content);
      assertTold(await scratch.temoin("import", file), code, says);
    }
    assert.deepEqual((await scratch.json("ls")).tasks, []);
    await scratch.write("plan.md", "");
    const empty = await scratch.temoin("import", "plan.md");
    assert.equal(empty.code, 0);
    assert.match(empty.stdout, /There is no task in plan\.md/);
    assertTold(await scratch.temoin("import", "none.md"), 1, /none\.md`: there is no such file/);
  });
});

describe("a task that is split", () => {
  it("becomes the tasks of a plan, by the ids that it gives or by their number", async () => {
    await using scratch = await openScratch();
    for (const title of ["Big", "Other"]) await scratch.temoin("add", title);
    await scratch.temoin("add", "Last", "--after", "T-1");
    const plan = [
      "- [ ] Prices @ada !high (touches: src/price/**) (verify: npm test)",
      "",
      "  **Acceptance**:",
      "  - prices have two digits",
      "- [ ] PAY-1: Pay (depends on Big-1, T-2)",
    ].join("\n");
    await scratch.write("parts.md", plan);
    const wrong = await scratch.temoin("split", "T-1", "-f", "parts.md");
    assertTold(wrong, 1, /PAY-1 \(line 5\) depends on Big-1, which is no task/);
    await scratch.write("parts.md", plan.replace("Big-1", "T-1-1"));
    const ended = await scratch.temoin("split", "T-1", "-f", "parts.md");
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /T-1 is now T-1-1, PAY-1; what depended on it depends on them\./);
    const { tasks } = await scratch.json("ls");
    const byId = new Map(tasks.map((task: { id: string }) => [task.id, task]));
    assert.deepEqual(Object(byId.get("PAY-1")).deps, ["T-1-1", "T-2"]);
    assert.deepEqual(Object(byId.get("T-3")).deps, ["T-1-1", "PAY-1"]);
    const { task } = await scratch.json("show", "T-1-1");
    assert.deepEqual([task.priority, task.verify], ["high", ["npm test"]]);
    assertTold(await scratch.temoin("split", "T-2"), 2, /titles of its parts \(`--into`\)/);
    const alone = await scratch.temoin("split", "T-2", "--into", "a");
    assertTold(alone, 2, /T-2 would become 1 task: from two/);
    const twice = await scratch.temoin("split", "T-2", "--into", "a", "--into", "A");
    assertTold(twice, 2, /needs another title for each part/);
    // A plan in a file whose name is the id of its task.
    await scratch.write("P-3", "- [ ] P-3: Three\n- [ ] P-4: Four\n");
    assert.equal((await scratch.temoin("import", "P-3")).code, 0);
    await scratch.write("parts.md", "- [ ] P-4: A\n- [ ] P-3: B (depends on P-4)\n");
    const named = await scratch.temoin("split", "P-3", "-f", "parts.md");
    assert.match(named.stdout, /P-3 is now P-3-P-4, P-3-P-3;/, named.stderr);
    assertTold(await scratch.temoin("split", "T-9", "--into", "x"), 1, /There is no task `T-9`/);
  });
});

describe("a working directory that is gone", () => {
  it("is told in a sentence", async () => {
    await using scratch = await openScratch();
    const here = 'mkdir gone && cd gone && rmdir ../gone && exec "$1" ls';
    const ended = await scratch.run("sh", ["-c", here, "sh", temoin]);
    assertTold(ended, 2, /^temoin: The working directory is gone\.\nGo to one that is there/m);
  });
});

describe("a configuration that cannot be used", () => {
  it("is told with line and key, and the queue can be looked at all the same", async () => {
    await using scratch = await openScratch();
    await scratch.temoin("add", "One");
    const broken = await withConfig(scratch, "version: 1\nagents: [\n");
    assertTold(await broken.temoin("run"), 2, /temoin\.yaml:\d+:\d+: the file is no valid YAML/);
    const unknown = await withConfig(scratch, "version: 1\nagnets: {}\ngatess: []\n");
    const ended = await unknown.temoin("run", "--dry-run");
    assertTold(ended, 2, /`agnets` is no key.*did you mean `agents`/);
    assert.match(ended.stderr, /did you mean `gates`/);
    assert.equal((await scratch.json("ls")).tasks.length, 1);
    assert.equal((await scratch.temoin("status")).code, 0);
    assert.equal((await scratch.temoin("doctor")).code, 1);
    await rm(path.join(scratch.dir, "temoin.yaml"));
    assertTold(await scratch.temoin("run"), 2, /There is no temoin\.yaml[\s\S]*temoin init/);
  });

  it("names the agent and the gate that are not there", async () => {
    const agents = { ghost: { command: ["no-such-agent"] } };
    const gates = [{ name: "proof", run: "no-such-gate --all" }];
    await using scratch = await openScratch({ agents, config: { gates } });
    await scratch.temoin("add", "One");
    const ran = await scratch.temoin("run");
    assert.equal(ran.code, 7, ran.stderr);
    assert.match(ran.stdout, /Cannot start agent `ghost`: `no-such-agent` was not found on PATH/);
    assert.equal((await scratch.json("ls")).tasks[0].state, "queued");
    const gate = await scratch.temoin("gate", "run");
    assert.equal(gate.code, 1);
    assert.match(gate.stdout, /proof {2}errored.*not found/);
    await scratch.write("tests.tap", "TAP version 13\nnot ok 1 - adds\nok 2 - x\n1..2\n");
    await withConfig(
      scratch,
      "version: 1\nagents: { ghost: { driver: command, command: [no-such-agent] } }\ngates:\n  - { name: proof, run: no-such-gate --all }\n  - { name: tap, run: cat tests.tap; exit 1 }\n",
    );
    const red = await scratch.temoin("gate", "run", "tap");
    assert.match(
      red.stdout,
      /✗ tap {2}failed .* {2}2 tests, 1 failed {2}.*exit code 1\.\n {4}adds: failed\n$/,
    );
    const json = JSON.parse((await scratch.temoin("gate", "run", "tap", "--json")).stdout);
    assert.deepEqual(json.gates[0].tests, { ran: 2, failed: 1, skipped: 0 });
    assert.equal(json.gates[0].failures[0].test, "adds");
    const doctor = await scratch.temoin("doctor", "--json");
    assert.equal(doctor.code, 1);
    const wrong = JSON.parse(doctor.stdout).checks.filter((check: { ok: boolean }) => !check.ok);
    assert.deepEqual(
      wrong.map(({ name }: { name: string }) => name),
      ["agent ghost", "gate proof"],
    );
  });
});

describe("a machine that cannot be used", () => {
  it("is told by trying out what agents in a terminal need", async () => {
    const agents = { ada: { driver: "terminal", command: ["sh"], profile: "./none.yaml" } };
    await using scratch = await openScratch({ agents });
    const doctor = await scratch.temoin("doctor", "--json");
    const checks: { name: string; ok: boolean; detail: string }[] = JSON.parse(
      doctor.stdout,
    ).checks;
    const tmux = checks.filter(({ name }) => name.startsWith("tmux"));
    assert.deepEqual(
      tmux.map(({ name, ok }) => `${name} ${ok}`).slice(0, 4),
      ["tmux true", "tmux server true", "tmux events true", "tmux paste true"],
      doctor.stdout,
    );
    assert.ok(tmux.every(({ ok }) => ok));
    const agent = checks.find(({ name }) => name === "agent ada");
    assert.equal(agent?.ok, false);
    assert.match(agent.detail, /Cannot read the profile .*none\.yaml/);
    const { stdout } = await scratch.temoin("doctor");
    for (const sign of [/^✓ git: /m, /^! gates: /m, /^✗ agent ada: /m]) assert.match(stdout, sign);
  });
});

describe("a place that cannot be used", () => {
  it("is told: no repository, no commit, no directory", async () => {
    await using scratch = await openScratch();
    await mkdir(path.join(scratch.folder, "plain"));
    const plain = path.join(scratch.folder, "plain");
    assertTold(await scratch.temoin("-C", plain, "ls"), 2, /it is in no git repository/);
    assert.equal((await scratch.temoin("-C", plain)).code, 0);
    await scratch.git("init", "--quiet", plain);
    assertTold(await scratch.temoin("-C", plain, "add", "x"), 2, /there is no commit yet/);
    const nowhere = path.join(scratch.folder, "nowhere");
    assertTold(await scratch.temoin("-C", nowhere, "ls"), 2, /nowhere/);
  });

  it("is told: what is in the place of .temoin and of its store", async () => {
    await using scratch = await openScratch();
    await scratch.write(".temoin", "a file");
    assertTold(await scratch.temoin("add", "One"), 1, /Cannot .*\.temoin/);
    assertTold(await scratch.temoin("run"), 1, /Cannot .*\.temoin/);
    await rm(path.join(scratch.dir, ".temoin"));
    await scratch.write(".temoin/store.db", "words, and no database at all");
    assertTold(await scratch.temoin("ls"), 1, /store\.db`: the file is not a database/);
    assertTold(await scratch.temoin("add", "One"), 1, /store\.db`: the file is not a database/);
    assert.equal(await scratch.read(".temoin/store.db"), "words, and no database at all");
  });
});

describe("a command line at work", () => {
  it("begins with what is found, where nothing is configured", async () => {
    await using scratch = await openScratch({ files: { Makefile: "test:\n\ttrue\n" } });
    await rm(path.join(scratch.dir, "temoin.yaml"));
    const { written, findings } = await scratch.json("init", "--yes");
    assert.equal(written, true);
    assert.equal(findings.gates[0].run, "make test");
    const { values } = await scratch.json("config");
    const gate = values.find(({ key }: { key: string }) => key === "gates[0].run");
    assert.equal(gate.value, "make test");
    assert.match(await scratch.read(".temoin/temoin.schema.json"), /"\$schema"/);
    assert.equal(await scratch.git("status", "--short"), "M temoin.yaml");
  });

  it("goes from init to a landed task, each step telling the next", async () => {
    await using scratch = await openScratch({ agents: { ada: {} } });
    const config = await scratch.read("temoin.yaml");
    const init = await scratch.temoin("init", "--yes");
    assert.match(init.stdout, /is there already and stays as it is/);
    assert.equal(await scratch.read("temoin.yaml"), config);
    const idle = await scratch.temoin("run", "--dry-run");
    assert.match(idle.stdout, /^Nothing would be started/);
    assert.match(idle.stderr, /next: temoin add .* temoin import/);
    await scratch.write("plan.md", "- [ ] Build it\n- [ ] Test it !high (depends on 1)\n");
    assert.equal(
      (await scratch.temoin("import", "plan.md", "--dry-run")).stdout,
      "+  plan-1  medium               Build it\n" +
        "+  plan-2  high · after plan-1  Test it\n2 tasks would be added.\n",
    );
    assert.match((await scratch.temoin("import", "plan.md")).stderr, /next: temoin run --dry-run/);
    const dry = await scratch.temoin("run", "--dry-run");
    assert.match(dry.stdout, /wave 1\n.*plan-1 {2}ada-1[\s\S]*wave 2.*\n.*plan-2 {2}ada-1/);
    const ran = await scratch.temoin("run");
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /plan-2 landed as [0-9a-f]{10}/);
    const status = await scratch.temoin("status");
    assert.match(status.stdout, /^The last run ended .* s ago: the goal is met\n/);
    assert.match(status.stderr, /next: temoin add /);
    const { task } = await scratch.json("show", "plan-1");
    assert.deepEqual([task.state, task.outcome, task.attempts.length], ["done", "verified", 1]);
    assert.match((await scratch.temoin("diff", "plan-1")).stdout, /\+attempt 1/);
    assert.match((await scratch.temoin("logs", "ada")).stdout, /prompt plan-1\/1\/1/);
    assert.match((await scratch.temoin("down")).stderr, /Nothing runs here/);
    const exported = (await scratch.temoin("export", "--format", "md")).stdout;
    await scratch.write("again.md", exported);
    assert.match((await scratch.temoin("import", "again.md", "--dry-run")).stdout, /2 tasks would/);
  });

  it("works in the background; a second one is told who holds the project", async () => {
    const script = { "*": [{ write: { path: "{task}.txt", text: "x\n" } }, "hang"] };
    await using scratch = await openScratch({ agents: { ada: {} }, script });
    await scratch.temoin("add", "One");
    const { holder } = await scratch.json("up");
    assertTold(await scratch.temoin("run"), 1, new RegExp(`process ${holder.pid}, \`temoin up\``));
    await untilWorking(scratch);
    assert.match((await scratch.temoin()).stdout, /^running on main/);
    assert.equal((await scratch.temoin("tell", "T-1", "be", "quick")).code, 0);
    const down = await scratch.json("down", "--now");
    assert.equal(down.stopped.pid, holder.pid);
    const [task] = (await scratch.json("ls")).tasks;
    assert.notEqual(task.state, "running");
  });

  it("lets what is at work end at the first signal, and tells it by its exit code", async () => {
    const gate = { name: "slow", run: "touch begun; sleep 1" };
    await using scratch = await openScratch({ agents: { ada: {} }, config: { gates: [gate] } });
    await scratch.temoin("add", "One");
    await scratch.temoin("add", "Two");
    const child = scratch.startTemoin("run");
    const ended = scratch.ended(child);
    const begun = Promise.withResolvers<void>();
    child.stdout?.on("data", (text: string) => {
      if (text.includes("T-1 begins")) begun.resolve();
    });
    await Promise.race([begun.promise, ended]);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    assert.equal(code, 130);
    assert.match(stderr, /1 attempt at work may finish; Ctrl-C again ends/);
    const { tasks } = await scratch.json("ls");
    assert.deepEqual(
      tasks.map(({ state }: { state: string }) => state),
      ["done", "queued"],
    );
  });

  it("ends quietly when its reader has read enough", async () => {
    await using scratch = await openScratch();
    const items = Array.from({ length: 2000 }, (_, n) => `- [ ] Task ${n} ${"x".repeat(100)}`);
    await scratch.write("plan.md", items.join("\n"));
    await scratch.temoin("import", "plan.md");
    const bin = path.join(import.meta.dirname, "..", "..", "bin", "temoin");
    const ended = await scratch.run("sh", ["-c", `"${bin}" ls | head -1; "${bin}" ls >/dev/full`]);
    assert.match(ended.stdout, /^id .*title\n$/);
    assert.equal(
      ended.stderr,
      "temoin: Cannot write the output: ENOSPC: no space left on device, write.\n",
    );
    assert.equal(ended.code, 1);
  });
});

/** Follows the events until an agent is at work; a signal ends the following. */
async function untilWorking(scratch: Scratch): Promise<void> {
  const child = scratch.startTemoin("events", "-f", "--jsonl");
  const ended = scratch.ended(child);
  let text = "";
  child.stdout?.on("data", (part: string) => {
    text += part;
    if (text.includes('"phase":"working"')) child.kill("SIGTERM");
  });
  assert.equal((await ended).code, 143);
}
