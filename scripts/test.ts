/**
 * Runs the tests: all of them, or those that are named.
 *
 *   npm test                                  everything but test/agents, which needs the real CLIs
 *   npm test -- test/unit/lib                 a folder, a file or a glob
 *   npm test -- --test-name-pattern='lease'   any option of `node --test`
 *   npm test -- --second-try                  what fails is run once more, and told as flaky
 *
 * It fails also when a test has left a process, a socket or a file behind.
 */

import { existsSync, globSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { openScene } from "./leftovers.ts";
import { runTests, secondTryOption } from "./run-tests.ts";

/** Files at once: one more than there are cores, since many tests wait; four at most (chosen). */
const concurrency = Math.min(4, availableParallelism() + 1);

const given = process.argv.slice(2).filter((arg) => arg !== secondTryOption);
const hasSecondTry = process.argv.includes(secondTryOption);
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

process.exitCode = await runTests({
  files: globs.length > 0 ? globs : everything(),
  concurrency,
  reporter: "./scripts/report-slow-files.ts",
  options,
  openScene: () => {
    const scene = openScene();
    return { ...scene, env: { ...scene.env, NODE_COMPILE_CACHE: compileCache } };
  },
  hasSecondTry,
});

/** The real CLIs are a gigabyte: `npm run test:agents` brings them. */
function everything(): readonly string[] {
  return globSync("test/**/*.test.ts", { exclude: ["test/agents/**"] });
}
