/**
 * Runs the tests: all of them, or those that are named.
 *
 *   npm test                                  everything
 *   npm test -- test/unit/lib                 a folder, a file or a glob
 *   npm test -- --test-name-pattern='lease'   any option of `node --test`
 *
 * It fails also when a test has left a process, a socket or a file behind.
 */

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { openScene } from "./leftovers.ts";

/** Files at once: two on the smallest machine, since many tests wait; four at most (chosen). */
const concurrency = Math.min(4, Math.max(2, availableParallelism()));

const given = process.argv.slice(2);
const places = given.filter(
  (arg) => !arg.startsWith("-") && (existsSync(arg) || arg.includes("*")),
);
const options = given.filter((arg) => !places.includes(arg));
const globs = places.map((place) =>
  existsSync(place) && statSync(place).isDirectory() ? `${place}/**/*.test.ts` : place,
);

const scene = openScene();
const { status, signal } = spawnSync(
  process.execPath,
  [
    "--test",
    `--test-concurrency=${concurrency}`,
    "--test-reporter=./scripts/report-slow-files.ts",
    "--test-reporter-destination=stdout",
    ...options,
    ...(globs.length > 0 ? globs : ["test/**/*.test.ts"]),
  ],
  { stdio: "inherit", env: { ...process.env, ...scene.env } },
);
const left = await scene.clear();
for (const one of left) process.stderr.write(`left behind: ${one}\n`);
if (signal !== null) process.kill(process.pid, signal);
process.exitCode = left.length > 0 ? 1 : (status ?? 1);
