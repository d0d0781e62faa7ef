import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openRotatingFile } from "../../../src/lib/capped-file.ts";
import { FileTail } from "../../../src/lib/file-tail.ts";

async function makeFolder() {
  const dir = await mkdtemp(path.join(tmpdir(), "temoin-tail-"));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

async function all(tail: FileTail): Promise<string> {
  return (await Array.fromAsync(tail.read())).join("");
}

test("a tail reads what is new, and nothing where there is no file", async () => {
  await using folder = await makeFolder();
  const file = path.join(folder.dir, "a.log");
  const tail = new FileTail(file);
  assert.equal(await all(tail), "");
  await writeFile(file, "one\n");
  assert.equal(await all(tail), "one\n");
  await appendFile(file, "two");
  assert.equal(await all(tail), "two");
  assert.equal(await all(tail), "");
});

test("a tail waits for nothing that stands in the place of its file", async () => {
  await using folder = await makeFolder();
  const pipe = path.join(folder.dir, "pipe");
  spawnSync("mkfifo", [pipe]);
  for (const file of [pipe, folder.dir, "/dev/zero"]) {
    assert.equal(await all(new FileTail(file)), "", file);
  }
});

test("a tail misses nothing when the file was begun anew", async () => {
  await using folder = await makeFolder();
  const file = path.join(folder.dir, "a.log");
  await writeFile(file, "one two\n");
  const tail = new FileTail(file);
  assert.equal(await all(tail), "one two\n");
  await appendFile(file, "three\n");
  await rename(file, `${file}.1`);
  await writeFile(file, "four, which makes it longer than the one before was\n");
  assert.match(await all(tail), /^three\nfour, .*was\n$/);
  await writeFile(file, "five\n");
  assert.equal(await all(tail), "five\n");
});

test("a tail gives whole letters, in their order, however they were written", async () => {
  await using folder = await makeFolder();
  let number = 0;
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 5 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), pieces, async (text, cuts) => {
      number += 1;
      const name = path.join(folder.dir, `${number}.log`);
      await using file = await openRotatingFile(name, 1 << 20);
      const tail = new FileTail(name);
      const bytes = Buffer.from(text);
      let read = "";
      let at = 0;
      for (const cut of cuts) {
        await file.append(bytes.subarray(at, at + cut.length));
        at += cut.length;
        read += await all(tail);
      }
      if (at < bytes.length) await file.append(bytes.subarray(at));
      assert.equal(read + (await all(tail)), bytes.toString("utf8"));
    }),
    { numRuns: 30 },
  );
});
