import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { fileChanges } from "../../../src/lib/file-changes.ts";
import { readTextIfThere } from "../../../src/lib/text-file.ts";

async function makeFolder() {
  const dir = await mkdtemp(path.join(tmpdir(), "temoin-changes-"));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

describe("fileChanges", () => {
  it("tells of a file that grows, is removed, and comes again", async () => {
    await using folder = await makeFolder();
    const file = path.join(folder.dir, "a.log");
    await writeFile(file, "one\n");
    const ended = new AbortController();
    const changes = fileChanges([file], ended.signal);
    const seen = async (): Promise<void> => {
      assert.equal((await changes.next()).done, false);
    };
    await seen();
    await appendFile(file, "two\n");
    await seen();
    await rename(file, `${file}.1`);
    await seen();
    await writeFile(file, "three\n");
    await seen();
    await appendFile(file, "four\n");
    await seen();
    ended.abort();
    // What was still on its way may come before the end.
    while ((await changes.next()).done !== true);
  });

  it("tells of a file whose folder comes later", async () => {
    await using folder = await makeFolder();
    const file = path.join(folder.dir, "sub", "a.log");
    const ended = new AbortController();
    const changes = fileChanges([file], ended.signal);
    await changes.next();
    await mkdir(path.dirname(file));
    await writeFile(file, "one\n");
    while ((await readTextIfThere(file)) !== "one\n") await changes.next();
    // More rounds than there can be words left over from the making.
    for (let round = 0; round < 6; round += 1) {
      await appendFile(file, "more\n");
      assert.equal((await changes.next()).done, false);
    }
    ended.abort();
    while ((await changes.next()).done !== true);
  });

  it("ends at once by a signal that came before", async () => {
    const signal = AbortSignal.abort();
    assert.equal((await fileChanges(["/nowhere/a"], signal).next()).done, true);
  });
});
