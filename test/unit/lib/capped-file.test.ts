/** Output is kept under a cap, and what is kept is what came first or last. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { HeadAndTail, openRotatingFile } from "../../../src/lib/capped-file.ts";

describe("HeadAndTail", () => {
  test("head, number of cut bytes and tail account for everything, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 20 })),
        fc.nat(10),
        fc.integer({ min: 1, max: 10 }),
        (chunks, headBytes, tailBytes) => {
          const kept = new HeadAndTail({ headBytes, tailBytes });
          for (const chunk of chunks) kept.push(chunk);
          const all = Buffer.concat(chunks);
          const tailFrom = Math.max(headBytes, all.length - tailBytes);
          assert.deepEqual(kept.head, all.subarray(0, headBytes));
          assert.deepEqual(kept.tail, all.subarray(tailFrom));
          assert.equal(kept.cutBytes, all.length - kept.head.length - kept.tail.length);
        },
      ),
    );
  });
});

describe("a rotating file", () => {
  test("is refused where a pipe lies in its place, which nobody may ever read", async () => {
    await using stage = await openStage();
    execFileSync("mkfifo", [stage.path]);
    await assert.rejects(openRotatingFile(stage.path, 10), { code: "ENXIO" });
  });

  test("goes on where it was, and keeps one previous file when it is full", async () => {
    await using stage = await openStage();
    await writeFile(stage.path, "old ");
    {
      await using log = await openRotatingFile(stage.path, 10);
      await log.append("12345");
      assert.equal(await stage.text(), "old 12345");
      await log.append("new");
      assert.equal(await stage.text(), "new");
      assert.equal(await stage.text(".1"), "old 12345");
      await log.append("-is full");
      assert.equal(await stage.text(".1"), "new");
    }
    assert.equal(await stage.text(), "-is full");
  });

  test("that a person has removed is begun anew when it is full", async () => {
    await using stage = await openStage();
    await using log = await openRotatingFile(stage.path, 10);
    await log.append("12345678");
    await rm(stage.path);
    await log.append("after");
    assert.equal(await stage.text(), "after");
  });

  test("is never larger than its cap, and keeps appends in their order", async () => {
    await using stage = await openStage();
    await using log = await openRotatingFile(join(stage.directory, "a", "log"), 100);
    await Promise.all(Array.from({ length: 50 }, (_, n) => log.append(`line ${n}\n`)));
    const path = join(stage.directory, "a", "log");
    const lines = `${await readFile(`${path}.1`, "utf8")}${await readFile(path, "utf8")}`;
    assert(lines.length <= 200);
    const first = Number(/\d+/.exec(lines)?.[0]);
    assert.equal(
      lines,
      Array.from({ length: 50 - first }, (_, n) => `line ${first + n}\n`).join(""),
    );
  });

  test("keeps the end of an append that alone is larger than the cap", async () => {
    await using stage = await openStage();
    await using log = await openRotatingFile(stage.path, 5);
    await log.append("0123456789");
    assert.equal(await stage.text(), "56789");
  });

  test("cannot be opened where there is no directory to be made", async () => {
    await using stage = await openStage();
    await writeFile(stage.path, "a file");
    await assert.rejects(
      openRotatingFile(join(stage.path, "log"), 10),
      /already exists|not a directory/,
    );
  });
});

async function openStage() {
  const directory = await mkdtemp(join(tmpdir(), "capped-"));
  const path = join(directory, "log");
  return {
    directory,
    path,
    text: (suffix = "") => readFile(`${path}${suffix}`, "utf8"),
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true });
    },
  };
}
