/** Everything that can be said about the code without running it. Tells all that fails, not the first. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const failed: string[] = [];

check("biome", () => succeeds("biome", ["ci", "."]));
check("tsc", () => succeeds("tsc", ["--noEmit", "-p", "tsconfig.json"]));
check("knip", () => succeeds("knip", []));
check("package-lock.json", lockIsWhole);

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

/**
 * An address would bind everybody to the registry of one machine. An optional dependency without an
 * entry (left out by a registry that does not have it) makes `npm ci` refuse the file elsewhere.
 */
function lockIsWhole(): boolean {
  const { packages }: { packages: Record<string, LockEntry> } = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  );
  const problems = Object.entries(packages).flatMap(([place, entry]) => [
    ...(entry.resolved === undefined ? [] : [`${place} has a "resolved" address`]),
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !packages[`${place}/node_modules/${name}`])
      .filter((name) => !packages[`node_modules/${name}`])
      .map((name) => `${place} may need ${name}, which has no entry`),
  ]);
  for (const problem of problems) process.stderr.write(`package-lock.json: ${problem}.\n`);
  return problems.length === 0;
}

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
