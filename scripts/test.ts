/**
 * Runs the tests: all of them, or those that are named.
 *
 *   npm test                                  everything
 *   npm test -- test/unit/lib                 a folder, a file or a glob
 *   npm test -- --test-name-pattern='lease'   any option of `node --test`
 */

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";

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
  { stdio: "inherit" },
);
if (signal !== null) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
