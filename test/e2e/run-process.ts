/** A run in a process of its own, so that a test can kill it: argv is the project's directory. */

import { openApp } from "../../src/app.ts";

const app = openApp({ dir: process.argv[2] ?? ".", env: process.env });
const run = await app.startRun(await app.config(), {
  command: "run",
  onEvents: () => undefined,
  onProblem: (says) => process.stderr.write(`${says}\n`),
});
const { exitCode, why } = await run.over;
process.stdout.write(`${why}\n`);
process.exitCode = exitCode;
