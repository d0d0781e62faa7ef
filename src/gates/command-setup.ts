/**
 * Setup by a command: run once per workspace, and again when a lock file has changed. What it was
 * run for is remembered outside the workspace, so that a restart of temoin repeats nothing.
 */

import { createHash } from "node:crypto";
import path from "node:path";
import { readRegularFile, writeText } from "../lib/text-file.ts";
import type { Gates } from "./gate.ts";
import type { Setup, SetupCommand } from "./setup.ts";

/** At the workspace's root; a change of any of them means that dependencies may differ. */
const lockFiles = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "Cargo.lock",
  "poetry.lock",
  "uv.lock",
  "Pipfile.lock",
  "requirements.txt",
  "go.sum",
  "Gemfile.lock",
  "composer.lock",
  "mix.lock",
];

/** A fresh installation over a slow line fits (chosen). */
const timeoutMs = 30 * 60 * 1000;

export interface SetupOptions {
  readonly gates: Gates;
  /** `null`: there is nothing to set up. */
  readonly command: SetupCommand | null;
  /** Where it is remembered, one small file per workspace. */
  readonly stampDir: string;
}

export function createSetup(options: SetupOptions): Setup {
  const { command, gates, stampDir } = options;
  return {
    async ensure(request, signal) {
      if (command === null) return null;
      const name = createHash("sha256").update(request.cwd).digest("hex").slice(0, 16);
      const stampFile = path.join(stampDir, name);
      const stamp = await stampOf(command.run, request.cwd);
      if ((await readOrNothing(stampFile)) === stamp) return null;
      const gate = { ...command, name: "setup", timeoutMs };
      const verdict = await gates.check({ ...request, gate }, signal);
      // Told by what is there now: a setup command may write the lock file itself.
      if (verdict.verdict === "passed") {
        await writeText(stampFile, await stampOf(command.run, request.cwd));
      }
      return verdict;
    },
  };
}

async function stampOf(command: string, cwd: string): Promise<string> {
  const hash = createHash("sha256").update(command);
  for (const file of lockFiles) {
    hash.update(`\0${file}\0`).update(await readOrNothing(path.join(cwd, file)));
  }
  return hash.digest("hex");
}

/** A file that is not there, or cannot be read, counts as empty: then setup runs once more. */
async function readOrNothing(file: string): Promise<string> {
  return readRegularFile(file).catch(() => "");
}
