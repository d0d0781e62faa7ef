/**
 * Runs the tests: all of them, or those that are named.
 *
 *   npm test                                  everything but test/agents, which needs the real CLIs
 *   npm test -- test/unit/lib                 a folder, a file or a glob
 *   npm test -- --test-name-pattern='lease'   any option of `node --test`
 *
 * It fails also when a test has left a process, a socket or a file behind.
 */

import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { openScene } from "./leftovers.ts";

/** Files at once: one more than there are cores, since many tests wait; four at most (chosen). */
const concurrency = Math.min(4, availableParallelism() + 1);

const given = process.argv.slice(2);
const places = given.filter(
  (arg) => !arg.startsWith("-") && (existsSync(arg) || arg.includes("*")),
);
const options = given.filter((arg) => !places.includes(arg));
const globs = places.map((place) =>
  existsSync(place) && statSync(place).isDirectory() ? `${place}/**/*.test.ts` : place,
);

/** Two hundred files load the same code: it is compiled once for all of them, and kept. */
const compileCache = fileURLToPath(
  new URL("../node_modules/.cache/temoin/compile-cache", import.meta.url),
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
    ...(globs.length > 0 ? globs : everything()),
  ],
  { stdio: "inherit", env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...scene.env } },
);
const left = await scene.clear();
for (const one of left) process.stderr.write(`left behind: ${one}\n`);
if (signal !== null) process.kill(process.pid, signal);
process.exitCode = left.length > 0 ? 1 : (status ?? 1);

/** The real CLIs are a gigabyte: `npm run test:agents` brings them. */
function everything(): readonly string[] {
  return globSync("test/**/*.test.ts", { exclude: ["test/agents/**"] });
}
