import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { numbersIn, Stage, upTo } from "./stage.ts";

const length = 240;
const recorder = fileURLToPath(import.meta.resolve("./recorder.ts"));

describe("a journal whose process is killed again and again", () => {
  it("tells every event exactly once and in order", async () => {
    await using stage = await Stage.set();
    let kills = 0;
    // Each life is ended after a few batches, at another place of the loop each time.
    for (let life = 0; life < 12; life += 1) {
      if ((await live(stage.dir, 3 + ((life * 5) % 7))) === "complete") break;
      kills += 1;
      const numbers = numbersIn(await readLog(stage.dir));
      assert.deepEqual(numbers, upTo(numbers.length));
    }
    assert(kills >= 8, `only ${kills} kills`);
    assert.equal(await live(stage.dir, Number.POSITIVE_INFINITY), "complete");
    assert.deepEqual(numbersIn(await readLog(stage.dir)), upTo(length));
    const page = await readFile(join(stage.dir, "STATUS.md"), "utf8");
    assert.match(page, new RegExp(`^${length} in all`, "m"));
  });
});

async function readLog(dir: string): Promise<string> {
  // Killed before its first row, it has left no file.
  return readFile(join(dir, "LOG.md"), "utf8").catch(() => "");
}

/** Runs the recorder and kills it when it has told of so many batches. */
async function live(dir: string, batches: number): Promise<"killed" | "complete"> {
  const child = spawn(process.execPath, [recorder, dir, String(length)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (_code, signal) => resolve(signal));
  });
  let lines = 0;
  let isComplete = false;
  for await (const line of createInterface(child.stdout)) {
    lines += 1;
    if (lines === batches) child.kill("SIGKILL");
    isComplete ||= line === "complete";
  }
  const signal = await exit;
  assert(isComplete || signal === "SIGKILL", "the recorder ended by itself");
  return isComplete ? "complete" : "killed";
}
