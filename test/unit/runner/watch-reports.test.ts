import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import type { Report } from "../../../src/domain/agent.ts";
import { AsyncQueue } from "../../../src/lib/async-queue.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { addedLines, watchReports } from "../../../src/runner/watch-reports.ts";

const section = "### T-1: COMPLETED ✅\n**Files**: a.txt\n**Tests**: 4 passed\n";

async function open(text: string | null = null) {
  const directory = await mkdtemp(path.join(tmpdir(), "temoin-reports-"));
  const file = path.join(directory, "CLAUDE.md");
  if (text !== null) await writeFile(file, text);
  const seen = new AsyncQueue<Report>();
  const watching = await watchReports({
    clock: systemClock,
    directory,
    files: ["CLAUDE.md", "AGENTS.md"],
    names: ["T-1", "TODO-T-1"],
    onReport: async (report) => seen.push(report),
  });
  const reports = seen[Symbol.asyncIterator]();
  return {
    directory,
    file,
    next: async () => (await reports.next()).value,
    /** All that came beside what was read, after the watch has ended. */
    rest: async () => {
      await watching[Symbol.asyncDispose]();
      seen.end();
      const rest: Report[] = [];
      for (;;) {
        const { value, done } = await reports.next();
        if (done === true) return rest;
        rest.push(value);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await watching[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

test("a section that is added is told with its fields, once", async () => {
  await using stage = await open("# Notes\n");
  await appendFile(stage.file, section);
  const report = await stage.next();
  assert.deepEqual([report?.kind, report?.files, report?.tests], ["done", ["a.txt"], "4 passed"]);
  await appendFile(stage.file, "\n## Notes\n\nMore.\n");
  await appendFile(
    stage.file,
    section.replaceAll("T-1", "TODO-T-1").replace("COMPLETED", "BLOCKED"),
  );
  assert.equal((await stage.next())?.kind, "blocked");
  assert.deepEqual(await stage.rest(), []);
});

test("a file that comes only now, and one that is put in the place of another, are seen", async () => {
  await using stage = await open();
  const draft = path.join(stage.directory, "draft");
  await writeFile(draft, section);
  await rename(draft, stage.file);
  assert.equal((await stage.next())?.kind, "done");
});

test("sections that were there before, and those of other tasks, are not told", async () => {
  await using stage = await open(section);
  await appendFile(stage.file, section.replaceAll("T-1", "T-2"));
  await appendFile(path.join(stage.directory, "AGENTS.md"), section);
  assert.equal((await stage.next())?.kind, "done");
  assert.deepEqual(await stage.rest(), []);
});

test("a folder or a link without end in the place of the file is no report", async () => {
  await using stage = await open();
  await mkdir(stage.file);
  await symlink("AGENTS.md", path.join(stage.directory, "AGENTS.md"));
  assert.deepEqual(await stage.rest(), []);
});

test("a flood in the place of the file is no report", async () => {
  await using stage = await open();
  await writeFile(stage.file, `${"\n".repeat(4 * 1024 ** 2)}${section}`);
  await writeFile(path.join(stage.directory, "AGENTS.md"), section.replace("COMPLETED", "BLOCKED"));
  assert.equal((await stage.next())?.kind, "blocked");
  assert.deepEqual(await stage.rest(), []);
});

test("added lines are those between the common beginning and the common end", () => {
  assert.deepEqual(addedLines("a\nb\nz", "a\nx\ny\nb\nz"), ["x", "y"]);
  assert.deepEqual(addedLines("a", "a"), []);
  assert.deepEqual(addedLines("", "x"), ["x"]);
  assert.deepEqual(addedLines("x\nx", "x\nx\nx"), ["x"]);
});
