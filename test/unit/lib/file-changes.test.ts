import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
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

  it("that the system lets nobody watch are told as such, and end no process", async () => {
    await using folder = await makeFolder();
    const lib = new URL("../../../src/lib/file-changes.ts", import.meta.url).href;
    const program = `
      import { openSync } from "node:fs";
      import { fileChanges } from ${JSON.stringify(lib)};
      try { for (;;) openSync("/dev/null"); } catch {}
      const changes = fileChanges([${JSON.stringify(path.join(folder.dir, "a"))}], AbortSignal.any([]));
      try { for await (const _ of changes); } catch (error) { console.log(error.code, error.message); }
    `;
    const node = [process.execPath, "--input-type=module", "-e", program];
    const limited = ["-c", 'ulimit -n 60; exec "$@"', "sh", ...node];
    const { stdout } = await promisify(execFile)("sh", limited);
    assert.match(stdout, /^failed Cannot follow `.*\/a`: EMFILE/);
  });
});
