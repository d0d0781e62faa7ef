import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TranscriptFile } from "../../../../src/agents/hooks/transcript-file.ts";
import { systemClock } from "../../../../src/lib/clock.ts";

test("a transcript that cannot be read says what it has said before, and goes on when it can", async () => {
  const base = await mkdtemp(join(tmpdir(), "transcript-"));
  try {
    const folder = join(base, "project");
    await mkdir(folder);
    const file = join(folder, "session.jsonl");
    await writeFile(file, "one\ntwo\n");
    const transcript = new TranscriptFile<readonly string[]>({
      file,
      clock: systemClock,
      empty: [],
      read: (before, line) => [...before, line],
    });
    assert.deepEqual(await transcript.read(), ["one", "two"]);
    await rename(folder, join(base, "away"));
    await writeFile(folder, "a file in the place of its folder");
    assert.deepEqual(await transcript.read(), ["one", "two"]);
    await rm(folder);
    await rename(join(base, "away"), folder);
    await writeFile(file, "three\n", { flag: "a" });
    assert.deepEqual(await transcript.read(), ["one", "two", "three"]);
  } finally {
    await rm(base, { recursive: true });
  }
});

test("a line without an end keeps nobody, nor does a file without one, and what comes after is read", async () => {
  const base = await mkdtemp(join(tmpdir(), "transcript-"));
  try {
    const file = join(base, "session.jsonl");
    const transcript = new TranscriptFile<readonly string[]>({
      file,
      clock: systemClock,
      empty: [],
      read: (before, line) => [...before, line],
    });
    await writeFile(file, "one\n");
    await truncate(file, 100 * 1024 ** 2);
    assert.deepEqual(await transcript.read(), ["one"]);
    await writeFile(file, "\ntwo\n", { flag: "a" });
    assert.deepEqual(await transcript.read(), ["one", "two"]);
    await truncate(file, 1024 ** 4);
    assert.deepEqual(await transcript.read(), ["one", "two"]);
  } finally {
    await rm(base, { recursive: true });
  }
});
