import assert from "node:assert/strict";
import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import { fold } from "../../../src/domain/apply.ts";
import { readEnd } from "../../../src/journal/log-file.ts";
import { numbersIn, Stage, story, upTo } from "./stage.ts";

describe("the log file", () => {
  it("begins with a title and a table, and tells each event in one numbered row", async () => {
    await using stage = await Stage.set();
    await stage.tell(story(2).events);
    assert.deepEqual((await stage.log()).split("\n"), [
      "# Log",
      "",
      "| time | actor | action | target | status |",
      "| --- | --- | --- | --- | --- |",
      "| 1970-01-01 00:00:02Z | person | added: the title of task 1: é 😀 \\| &lt;b> | T-1 | ⏳ queued | <!-- 1 -->",
      "| 1970-01-01 00:00:03Z | person | added: the title of task 2: é 😀 \\| &lt;b> | T-2 | ⏳ queued | <!-- 2 -->",
      "",
    ]);
  });

  it("goes on where it stands when it is opened again, and takes nothing twice", async () => {
    await using stage = await Stage.set();
    const { events, state } = story(9);
    await stage.tell(events.slice(0, 4));
    await using journal = await stage.open(9);
    assert.equal(journal.position, 4);
    journal.record(1, events.slice(0, 6), state);
    journal.record(5, events.slice(4, 9), state);
    journal.record(9, events.slice(8), state);
    await journal.flush();
    assert.equal(journal.position, 9);
    assert.deepEqual(numbersIn(await stage.log()), upTo(9));
  });

  it("keeps what a person writes into it, and begins a new table below", async () => {
    await using stage = await Stage.set();
    const { events, state } = story(3);
    await using journal = await stage.open(3);
    journal.record(1, events.slice(0, 2), state);
    await journal.flush();
    const before = await stage.log();
    await appendFile(stage.logFile, "\nLooked at T-1 myself. <!-- 77 -->\nNo line end");
    journal.record(3, events.slice(2), state);
    await journal.flush();
    const log = await stage.log();
    assert(
      log.startsWith(`${before}\nLooked at T-1 myself. <!-- 77 -->\nNo line end\n\n| time |`),
      log,
    );
    assert.deepEqual(numbersIn(log), upTo(3));
  });

  it("adds a row to a table whose last row a person has written", async () => {
    await using stage = await Stage.set();
    const { events } = story(2);
    await stage.tell(events.slice(0, 1));
    await appendFile(stage.logFile, "| now | me | had a coffee | - | ok |\n");
    await stage.tell(events);
    const log = await stage.log();
    assert.equal(log.split("| time |").length, 2);
    assert.deepEqual(numbersIn(log), upTo(2));
  });

  it("finds its last row behind pages of a person's own text", async () => {
    await using stage = await Stage.set();
    const { events } = story(4);
    await stage.tell(events.slice(0, 3));
    await appendFile(stage.logFile, "\n".padEnd(200_000, "much to say, and ever more\n"));
    assert.equal((await readEnd(stage.logFile)).position, 3);
    await stage.tell(events);
    assert.deepEqual(numbersIn(await stage.log()), upTo(4));
  });

  it("begins anew when it is deleted while the work goes on", async () => {
    await using stage = await Stage.set();
    const { events, state } = story(3);
    await using journal = await stage.open(3);
    journal.record(1, events.slice(0, 2), state);
    await journal.flush();
    await rm(dirname(stage.logFile), { recursive: true });
    journal.record(3, events.slice(2), state);
    await journal.flush();
    assert.deepEqual(numbersIn(await stage.log()), [3]);
    assert.match(await stage.log(), /^# Log\n\n\| time \|/);
    assert.deepEqual(stage.problems, []);
  });

  it("starts a new table of numbers under the rows of another store", async () => {
    await using stage = await Stage.set();
    await stage.tell(story(5).events);
    const before = await stage.log();
    const { events } = story(2);
    await stage.tell(events.slice(0, 1));
    await stage.tell(events);
    const log = await stage.log();
    assert(log.startsWith(before));
    assert.deepEqual(numbersIn(log), [1, 2, 3, 4, 5, 1, 2]);
    assert.equal((await readEnd(stage.logFile)).position, 2);
  });
});

describe("trouble with the files", () => {
  it("is told in one sentence while LOG.md is a directory, and ends when it is none", async () => {
    await using stage = await Stage.set();
    const { events, state } = story(4);
    await mkdir(stage.logFile, { recursive: true });
    await using journal = await stage.open(4);
    for (const [n, event] of events.entries()) journal.record(n + 1, [event], state);
    await journal.flush();
    await journal.flush();
    assert.equal(stage.problems.length, 1);
    assert.match(
      stage.problems[0] ?? "",
      /^Cannot read `.*LOG\.md`: it is a directory .*the work goes on/,
    );
    assert.match(await readFile(stage.statusFile, "utf8"), /4 in all/);
    await rm(stage.logFile, { recursive: true });
    await journal.flush();
    assert.deepEqual(numbersIn(await stage.log()), upTo(4));
    assert.equal(stage.problems.length, 1);
  });

  it("does not forget where the log stood when it could not be read at first", async () => {
    await using stage = await Stage.set();
    const { events, state } = story(6);
    await stage.tell(events.slice(0, 4));
    const log = await stage.log();
    await rm(stage.logFile);
    await mkdir(stage.logFile);
    await using journal = await stage.open(6);
    assert.equal(journal.position, 0);
    journal.record(1, events, state);
    await journal.flush();
    await rm(stage.logFile, { recursive: true });
    await writeFile(stage.logFile, log);
    await journal.flush();
    assert.deepEqual(numbersIn(await stage.log()), upTo(6));
  });

  it("with a full disk holds nobody up, and is tried again when time has passed", async () => {
    await using stage = await Stage.set();
    const { events, state } = story(2);
    await mkdir(dirname(stage.logFile), { recursive: true });
    await symlink("/dev/full", stage.logFile);
    await using journal = await stage.open(2);
    const problem = stage.nextProblem.promise;
    journal.record(1, events, state);
    assert.match(await problem, /the disk is full/);
    await rm(stage.logFile);
    const settled = untilFileIs(stage, () => stage.log(), numbersIn, 2);
    stage.clock.moveTo(60_000);
    await settled;
    assert.deepEqual(numbersIn(await stage.log()), upTo(2));
  });

  it("with STATUS.md leaves the log alone", async () => {
    await using stage = await Stage.set();
    const { events, state } = story(2);
    await mkdir(stage.statusFile, { recursive: true });
    await using journal = await stage.open(2);
    journal.record(1, events, state);
    await journal.flush();
    assert.deepEqual(numbersIn(await stage.log()), upTo(2));
    assert.match(stage.problems.join("\n"), /^Cannot write `.*STATUS\.md`/);
  });
});

describe("the status file", () => {
  it("is written at most once per half second, and holds the last state in the end", async () => {
    await using stage = await Stage.set();
    const { events } = story(40);
    const journal = await stage.open(40);
    const state = fold(events.slice(0, 1));
    journal.record(1, events.slice(0, 1), state);
    await untilFileIs(stage, () => readFile(stage.statusFile, "utf8"), totals, 1);
    // Each look at the log shows that the journal is awake: it could have written the page as well.
    for (let n = 2; n <= 39; n += 1) {
      journal.record(n, events.slice(n - 1, n), fold(events.slice(0, n)));
      await untilFileIs(stage, () => stage.log(), numbersIn, n);
    }
    assert.deepEqual(totals(await readFile(stage.statusFile, "utf8")), [1]);
    stage.clock.moveTo(500);
    await untilFileIs(stage, () => readFile(stage.statusFile, "utf8"), totals, 39);
    journal.record(40, events.slice(39), fold(events));
    await journal[Symbol.asyncDispose]();
    assert.deepEqual(totals(await readFile(stage.statusFile, "utf8")), [40]);
    assert.deepEqual((await readdir(dirname(stage.logFile))).toSorted(), ["LOG.md", "STATUS.md"]);
  });
});

function totals(page: string): readonly number[] {
  return [...page.matchAll(/^(\d+) in all/gm)].map((match) => Number(match[1]));
}

/** Gives the journal's loop its turns until the last number in the file is `last`. */
async function untilFileIs(
  stage: Stage,
  read: () => Promise<string>,
  numbers: (text: string) => readonly number[],
  last: number,
): Promise<void> {
  for (let turns = 0; turns < 5_000; turns += 1) {
    // The file may not be there yet.
    const text = await read().catch(() => "");
    if (numbers(text).at(-1) === last) return;
    await new Promise(setImmediate);
  }
  assert.fail(`${last} never came; problems: ${stage.problems.join("; ")}`);
}
