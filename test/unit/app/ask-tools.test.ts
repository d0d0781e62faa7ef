/** The server of temoin's tools, asked as the CLI of an agent asks it. */

import assert from "node:assert/strict";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { askTools } from "../../../src/app/ask-tools.ts";
import { systemClock } from "../../../src/lib/clock.ts";

const temoin = fileURLToPath(new URL("../../../bin/temoin", import.meta.url));

async function openFolder() {
  const root = await realpath(await mkdtemp(path.join(os.tmpdir(), "tools-")));
  return {
    root,
    /** A program in the place of temoin's. */
    async program(text: string): Promise<string> {
      const file = path.join(root, "program.mjs");
      await writeFile(file, text);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

function ask(root: string, program: string, more: { readonly answerMs?: number } = {}) {
  const { signal } = new AbortController();
  const { env } = process;
  return askTools({ clock: systemClock, env, root, program, role: "worker", signal, ...more });
}

describe("the server of temoin's tools", () => {
  for (const [role, has] of [
    ["worker", ["my_task", "report", "ask"]],
    ["conductor", ["status", "retry", "acknowledge", "decide"]],
  ] as const) {
    test(`tells what it offers to a ${role}, in the least environment`, async () => {
      await using at = await openFolder();
      const { signal } = new AbortController();
      const { env } = process;
      const parts = { clock: systemClock, env, root: at.root, program: temoin, role, signal };
      const look = await askTools(parts);
      assert(look.isThere, JSON.stringify(look));
      for (const name of has) assert.ok(look.tools.includes(name), look.tools.join(" "));
      assert.ok(look.tookMs > 0);
    });
  }

  test("that says something else is told with its words", async () => {
    await using at = await openFolder();
    const program = await at.program('console.error("no such verb"); process.exitCode = 2;');
    const look = await ask(at.root, program);
    assert.deepEqual(look, { isThere: false, why: 'it says "no such verb"' });
    const silent = await ask(at.root, await at.program(""));
    assert.deepEqual(silent, { isThere: false, why: "it says nothing" });
  });

  test("that never answers is waited for no longer than told", async () => {
    await using at = await openFolder();
    const program = await at.program("setInterval(() => undefined, 1_000);");
    const look = await ask(at.root, program, { answerMs: 300 });
    assert.deepEqual(look, { isThere: false, why: "it has not answered within 0.3 s" });
  });
});
