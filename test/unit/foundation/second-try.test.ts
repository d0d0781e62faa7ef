/** What `--second-try` makes of tests that fail: once, each time, in too many files, or without an end. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const script = path.resolve("scripts/test.ts");

/** Tests by file; what `scripts/test.ts` says of them. */
async function tell(files: Readonly<Record<string, string>>, ...options: readonly string[]) {
  const folder = await mkdtemp(path.join(tmpdir(), "second-try-"));
  try {
    for (const [name, body] of Object.entries(files)) {
      const head = `import { test } from "node:test"; import fs from "node:fs"; import net from "node:net";\n`;
      await writeFile(path.join(folder, `${name}.test.ts`), head + body);
    }
    // The tests in it are no part of this one.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = [script, folder, ...options];
    const { code, stdout } = await promisify(execFile)(process.execPath, args, { env }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    const lines = stdout.split("\n");
    const flaky = lines.filter((line) => line.startsWith("flaky: "));
    const counted = lines.filter((line) => line.startsWith("tests: "));
    return { code, flaky: flaky.length, counted };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const good = `test("good", () => {});`;
const once = `test("once", () => {
  const seen = import.meta.filename + ".seen";
  if (fs.existsSync(seen)) return;
  fs.writeFileSync(seen, "");
  throw new Error("once");
});`;

test("what fails once is told as flaky; what fails twice fails the run", async () => {
  assert.deepEqual(await tell({ a: good, b: once }, "--second-try"), {
    code: 0,
    flaky: 1,
    counted: ["tests: 2 passed, 0 failed, 1 flaky"],
  });
  const told = await tell({ a: once, b: `import "./none.ts";` }, "--second-try");
  assert.deepEqual(told, { code: 1, flaky: 1, counted: ["tests: 1 passed, 1 failed, 1 flaky"] });
});

const hangs = `test("hangs", { timeout: 500 }, async () => {
  const seen = import.meta.filename + ".seen";
  if (fs.existsSync(seen)) return;
  fs.writeFileSync(seen, "");
  const server = net.createServer().listen(0);
  await new Promise(() => server.on("close", () => {}));
});`;

test("what hangs is ended although it keeps its process open, and is tried again", async () => {
  assert.deepEqual(await tell({ a: hangs, b: good }, "--second-try"), {
    code: 0,
    flaky: 1,
    counted: ["tests: 2 passed, 0 failed, 1 flaky"],
  });
});

test("without the option, and with many files that fail, nothing is tried again", async () => {
  const told = await tell({ a: once });
  assert.deepEqual(told, { code: 1, flaky: 0, counted: ["tests: 0 passed, 1 failed, 0 flaky"] });
  const many = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, once]));
  const counted = ["tests: 0 passed, 6 failed, 0 flaky"];
  assert.deepEqual(await tell(many, "--second-try"), { code: 1, flaky: 0, counted });
});
