import assert from "node:assert/strict";
import { access, readFile, rm } from "node:fs/promises";
import { describe, it } from "node:test";
import { AppError } from "../../../src/lib/app-error.ts";
import { openStage } from "../operations/fake-context.ts";
import { type } from "./typed.ts";

describe("a command", () => {
  it("prints data on stdout and talk on stderr", async () => {
    await using stage = await openStage();
    const { code, out, talk } = await type(stage, ["add", "One"]);
    assert.equal(code, 0);
    assert.equal(out, "T-1 is added: One; it is queued.\n");
    assert.match(talk, /^warning: The brief of T-1 is thin.*\nnext: temoin edit T-1/);
  });

  it("prints with --json one object with its schema, and no talk", async () => {
    await using stage = await openStage();
    await type(stage, ["add", "One"]);
    for (const argv of [["ls"], ["status"], ["show", "T-1"], ["why", "T-1"], ["inbox"], ["lint"]]) {
      const { code, out, talk } = await type(stage, [...argv, "--json"]);
      assert.deepEqual([code, talk], [0, ""], argv.join(" "));
      assert.equal(JSON.parse(out).schema, 1);
    }
  });

  it("prints events as lines of JSON, in order and without a gap", async () => {
    await using stage = await openStage();
    for (const title of ["One", "Two", "Three"]) await type(stage, ["add", title]);
    const { out } = await type(stage, ["events", "--jsonl"]);
    const seqs = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).seq);
    assert.deepEqual(seqs, [1, 2, 3]);
  });

  it("has colours on a terminal only, and none where NO_COLOR is set", async () => {
    await using stage = await openStage();
    await type(stage, ["add", "One"]);
    const colour = "\u001b[";
    assert.ok(!(await type(stage, ["ls"])).out.includes(colour));
    assert.ok((await type(stage, ["ls"], { isTty: true })).out.includes(colour));
    assert.ok((await type(stage, ["ls", "--color", "always"])).out.includes(colour));
    const quiet = { isTty: true, env: { NO_COLOR: "1" } };
    assert.ok(!(await type(stage, ["ls"], quiet)).out.includes(colour));
    const dumb = { isTty: true, env: { TERM: "dumb" } };
    assert.ok(!(await type(stage, ["ls"], dumb)).out.includes(colour));
  });

  it("keeps its lines within the terminal, and what an agent wrote within its line", async () => {
    await using stage = await openStage();
    await type(stage, ["add", `Long \u001b[31m ${"x".repeat(200)}`]);
    const { out } = await type(stage, ["ls", "--color", "never"], { isTty: true });
    for (const line of out.split("\n")) assert.ok(line.length <= 60, line);
    assert.ok(!out.includes("\u001b"));
  });
});

describe("wrong use", () => {
  for (const [argv, says] of [
    [["lss"], /There is no command `lss`/],
    [["ls", "--jsno"], /Unknown option '--jsno'/],
    [["show"], /Missing required argument 'id'/],
    [["ls", "x"], /Too many arguments/],
    [["ls", "--color", "blue"], /Option '--color <when>' argument 'blue' is invalid/],
    [["add", "x", "-p", "soon"], /priority must be one of urgent/],
    [["assign", "T-1"], /Cannot assign T-1: to whom/],
    [["gate", "walk"], /no command `temoin gate walk`/],
    [["web"], /`temoin web` is not yet in this version/],
    [["watch", "--interval", "0"], /`--interval 0` is no length of time/],
    [["--bogus"], /Unknown option '--bogus'/],
    [["help", "lss"], /There is no command `lss`/],
  ] as const) {
    it(`ends with 2 and a sentence: ${argv.join(" ")}`, async () => {
      await using stage = await openStage();
      const { code, out, talk } = await type(stage, argv);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(talk, says);
      assert.doesNotMatch(talk, /\n\s+at /);
      const json = await type(stage, [...argv, "--json"]);
      assert.equal(json.code, 2);
      const { schema, error } = JSON.parse(json.talk);
      assert.equal(schema, 1);
      assert.match(error.message, says);
    });
  }
});

describe("what goes wrong", () => {
  it("is told as the disk's trouble where the system says so", async () => {
    await using stage = await openStage();
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      ...{ code: "ENOSPC", syscall: "write", path: "/x/store.db" },
    });
    const context = { keep: () => Promise.reject(full) };
    const { code, talk } = await type(stage, ["add", "One"], { context });
    assert.equal(code, 1);
    assert.match(
      talk,
      /^temoin: Cannot write `\/x\/store\.db`: the disk is full \(ENOSPC\)\.\nMake/,
    );
    assert.doesNotMatch(talk, /\n\s+at /);
  });

  it("is one sentence, with the details in a file, when nobody foresaw it", async () => {
    await using stage = await openStage();
    const context = { state: () => Promise.reject(new TypeError("x is not a function")) };
    const { code, talk } = await type(stage, ["ls"], { context });
    assert.equal(code, 1);
    assert.match(talk, /`temoin ls` failed unexpectedly: x is not a function\n/);
    assert.doesNotMatch(talk, /\n\s+at /);
    const file = /details are in (.+)\.\n/.exec(talk)?.[1] ?? assert.fail(talk);
    await access(file);
    assert.match(await readFile(file, "utf8"), /TypeError: x is not a function\n\s+at /);
    await rm(file);
  });

  it("shows the calls where TEMOIN_DEBUG asks for them", async () => {
    await using stage = await openStage();
    const context = { state: () => Promise.reject(new TypeError("x")) };
    const { talk } = await type(stage, ["ls"], { context, env: { TEMOIN_DEBUG: "1" } });
    assert.match(talk, /TypeError: x\n\s+at /);
  });
});

describe("temoin alone", () => {
  it("names the commands to start with, outside of a repository too", async () => {
    await using stage = await openStage();
    const nowhere = () => Promise.reject(new AppError("repository", "no repository"));
    for (const context of [{}, { holder: nowhere }]) {
      const { code, out } = await type(stage, [], { context });
      assert.equal(code, 0);
      assert.equal(out.match(/^ {2}temoin /gm)?.length, 5);
    }
  });

  it("shows the status where there are tasks, after a run was killed too", async () => {
    await using stage = await openStage();
    await type(stage, ["add", "One"]);
    assert.match((await type(stage, [])).out, /tasks: 1 queued/);
  });

  it("shows the status while a run is live", async () => {
    await using stage = await openStage();
    stage.holder = { pid: 7, startedAt: "2026-11-21T10:00:00Z", command: "up" };
    const { out } = await type(stage, []);
    assert.match(out, /tasks: none/);
  });

  it("tells its version and its help", async () => {
    await using stage = await openStage();
    assert.equal((await type(stage, ["--version"])).out, "1.2.3\n");
    for (const argv of [["help"], ["--help"], ["-h"]]) {
      assert.match((await type(stage, argv)).out, /^Usage: temoin/);
    }
    assert.match((await type(stage, ["help"])).out, /^Not yet in this version: notify, .*\.$/m);
    assert.match((await type(stage, ["help", "import"])).out, /--dry-run/);
    assert.match((await type(stage, ["import", "-h"])).out, /--accept/);
  });
});
