/**
 * Runs test files by `node --test`, with what `--second-try` adds: the files with a failure are run
 * once more, one after the other, and those that pass then are named as flaky. A flaky test is a bug,
 * of the test or of the product; only, on a machine that others use too, it should not hide whether
 * all the rest holds. What fails twice fails.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Scene } from "./leftovers.ts";
import type { TestOutcome } from "./report-outcome.ts";

export const secondTryOption = "--second-try";

export interface TestRun {
  readonly files: readonly string[];
  readonly concurrency: number;
  /** For people, to stdout. */
  readonly reporter: string;
  /** Further options of `node --test`. */
  readonly options: readonly string[];
  /** Called for each run. What it finds left behind fails that run. */
  readonly openScene: () => Scene;
  readonly hasSecondTry: boolean;
}

/** What hangs fails, and can be tried once more; the longest takes 4 min on a busy machine. */
const longestMs = 600_000;

/** With so many it is no accident (chosen). */
const mostFlaky = 5;

/** Resolves with the exit code; the last line that is printed counts the tests. */
export async function runTests(run: TestRun): Promise<number> {
  const first = await runOnce(run);
  const files = first.outcome.failedFiles.map((file) => path.relative("", file));
  if (!run.hasSecondTry || files.length === 0 || files.length > mostFlaky) {
    count(first.outcome, 0);
    return first.status;
  }
  print(`\n== once more, one after the other: ${files.join(", ")}`);
  const second = await runOnce({ ...run, files, concurrency: 1 });
  const still = new Set(second.outcome.failedFiles.map((file) => path.relative("", file)));
  for (const file of files) {
    if (!still.has(file)) print(`flaky: ${file} failed, and passed alone`);
  }
  const { passed, failed } = first.outcome;
  const flaky = Math.max(0, failed - second.outcome.failed);
  count({ ...second.outcome, passed: passed + flaky }, flaky);
  return second.status;
}

interface Ended {
  readonly status: number;
  readonly outcome: TestOutcome;
}

async function runOnce(run: TestRun): Promise<Ended> {
  const { files, concurrency, reporter, options } = run;
  const scene = run.openScene();
  const folder = mkdtempSync(path.join(tmpdir(), "tests-"));
  const told = path.join(folder, "outcome.json");
  try {
    const { status, signal } = spawnSync(
      process.execPath,
      [
        "--test",
        `--test-concurrency=${concurrency}`,
        `--test-timeout=${longestMs}`,
        // A test that hangs keeps its process open: without this the run would never end.
        ...(run.hasSecondTry ? ["--test-force-exit"] : []),
        `--test-reporter=${reporter}`,
        "--test-reporter-destination=stdout",
        "--test-reporter=./scripts/report-outcome.ts",
        `--test-reporter-destination=${told}`,
        ...options,
        ...files,
      ],
      { stdio: "inherit", env: { ...process.env, ...scene.env } },
    );
    if (signal !== null) print(`The tests were ended by ${signal}.`);
    const left = await scene.clear();
    for (const one of left) print(`left behind: ${one}`);
    return { status: left.length > 0 ? 1 : (status ?? 1), outcome: readOutcome(told) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the run was ended before its end, there is none: then nothing is tried again. */
function readOutcome(file: string): TestOutcome {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, failedFiles: [] };
  }
}

function count({ passed, failed }: TestOutcome, flaky: number): void {
  print(`tests: ${passed} passed, ${failed} failed, ${flaky} flaky`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
