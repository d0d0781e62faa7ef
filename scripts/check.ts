/** Everything that can be said about the code without running it. Tells all that fails, not the first. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const failed: string[] = [];

check("biome", () => succeeds("biome", ["ci", "."]));
check("tsc", () => succeeds("tsc", ["--noEmit", "-p", "tsconfig.json"]));
check("knip", () => succeeds("knip", []));
check("package-lock.json", lockNamesNoRegistry);

if (failed.length > 0) {
  process.stderr.write(`Failed: ${failed.join(", ")}.\n`);
  process.exitCode = 1;
}

function check(name: string, passes: () => boolean): void {
  process.stdout.write(`${name}\n`);
  if (!passes()) failed.push(name);
}

function succeeds(command: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) process.stderr.write(`Cannot start ${command}: ${error.message}.\n`);
  return status === 0;
}

/** An address in the lock file would bind everybody to the registry of one machine. */
function lockNamesNoRegistry(): boolean {
  const lock: { packages: Record<string, { resolved?: string }> } = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  );
  const named = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
  for (const [place] of named) {
    process.stderr.write(`package-lock.json: ${place} has a "resolved" address.\n`);
  }
  if (named.length > 0) {
    process.stderr.write("Install with the .npmrc of this repository, which leaves them out.\n");
  }
  return named.length === 0;
}
