/**
 * Three changes that wait to land together, the last of them red with the others; and a change that
 * waits for a red target to be mended. temoin is killed in the midst of it, and started again.
 */

import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { lieFiles, lieGates } from "../e2e/lies.ts";
import { landings, type Scratch } from "../e2e/scratch-project.ts";
import { openStage, write } from "../e2e/stage.ts";
import { id } from "../task-spec.ts";

const program = fileURLToPath(new URL("boundary-run.ts", import.meta.url));

/** Where, and at which time it comes there. The first two of the three land by one swap. */
const inTheStack = [
  ["after landing_prepared", 1],
  ["before swap", 1],
  ["after swap", 1],
  ["after landed", 1],
  ["before landing_refused", 1],
  ["after landing_refused", 1],
] as const;

test("killed while three land together, each of the two good ones lands once and the bad one never", async (t) => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: {
      landing: { review: true },
      attempts: { perTask: 1 },
      gates: [{ name: "both", run: "! { test -e bad.txt && test -e work/T-1.txt; }" }],
    },
    script: { "T-3": [write("bad.txt", "bad\n")], "*": [write("work/{task}.txt", "good\n")] },
  });
  const { scratch } = stage;
  await stage.add("T-1 T-2 T-3");
  assert.equal((await (await stage.run()).over).exitCode, 4, "all three wait for a person");
  for (const name of ["T-1", "T-2", "T-3"]) await stage.app.ask({ type: "land", id: id(name) });
  await using waiting = await keep(scratch);
  for (const [boundary, times] of inTheStack) {
    await t.test(`${boundary}, ${times}`, async () => {
      await waiting.bringBack();
      await kill(scratch, boundary, times);
      const next = await scratch.run(process.execPath, [program, scratch.dir]);
      assert.equal(next.code, 5, `${next.stdout}${next.stderr}`);
      assert.deepEqual(await landings(scratch), ["T-1", "T-2"]);
      assert.equal(await scratch.git("ls-tree", "--name-only", "main", "bad.txt"), "");
      const tasks: readonly { readonly state: string }[] = (await scratch.json("ls")).tasks;
      assert.deepEqual(
        tasks.map(({ state }) => state),
        ["done", "done", "failed"],
      );
    });
  }
  await scratch.git("fsck", "--strict");
});

const whileMending = [
  ["after attempt_ended", 1],
  ["before attempt_ended", 2],
  ["after landing_prepared", 1],
  ["after swap", 1],
] as const;

test("killed while a red target is mended, it is mended once and what has waited lands once", async (t) => {
  await using stage = await openStage({
    agents: { ada: {} },
    files: { ...lieFiles, "src/value.txt": "41\n" },
    config: { gates: lieGates },
    script: {
      "T-1": [write("src/other.txt", "work\n")],
      "FIX-1": [write("src/value.txt", "42\n")],
    },
  });
  const { scratch } = stage;
  await stage.add("T-1");
  await using before = await keep(scratch);
  for (const [boundary, times] of whileMending) {
    await t.test(`${boundary}, ${times}`, async () => {
      await before.bringBack();
      await kill(scratch, boundary, times);
      const next = await scratch.run(process.execPath, [program, scratch.dir]);
      assert.equal(next.code, 0, `${next.stdout}${next.stderr}`);
      assert.deepEqual(await landings(scratch), ["FIX-1", "T-1"]);
      const tasks: readonly { readonly id: string }[] = (await scratch.json("ls")).tasks;
      assert.deepEqual(
        tasks.map((task) => task.id),
        ["T-1", "FIX-1"],
      );
    });
  }
});

async function kill(scratch: Scratch, boundary: string, times: number): Promise<void> {
  const killed = await scratch.run(process.execPath, [
    program,
    scratch.dir,
    boundary,
    String(times),
  ]);
  assert.equal(killed.signal, "SIGKILL", `${killed.stdout}${killed.stderr}`);
}

/** The project as it is now, with its state and its worktrees, to be brought back to its place. */
async function keep({ folder }: Scratch) {
  const kept = await mkdtemp(path.join(os.tmpdir(), "temoin-kept-"));
  const copy = (from: string, to: string): Promise<void> =>
    cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  await copy(folder, kept);
  return {
    async bringBack(): Promise<void> {
      await rm(folder, { recursive: true });
      await copy(kept, folder);
    },
    [Symbol.asyncDispose]: () => rm(kept, { recursive: true }),
  };
}
