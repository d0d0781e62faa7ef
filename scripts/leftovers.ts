/**
 * What a run of the tests has left behind: processes, sockets and files. All of it starts with an
 * environment and a temporary folder of its own, by which it is found again.
 */

import { randomUUID } from "node:crypto";
import { type Dirent, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../src/lib/clock.ts";
import { endAll, findByEnvironment } from "../src/lib/process-tree.ts";

const markerName = "TEMOIN_TEST_RUN";
/** A process that was told to end may take so long to be gone (chosen). */
const usualGraceMs = 3_000;
/** Caches that belong to nobody in particular. */
const expected: ReadonlySet<string> = new Set(["node-compile-cache"]);

export interface Scene {
  /** To be added to the environment of the tests. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves with a sentence for each thing that was left; everything is cleared away. */
  clear(): Promise<readonly string[]>;
}

export function openScene({ graceMs = usualGraceMs } = {}): Scene {
  // Short: the path of a socket has 103 bytes.
  const directory = mkdtempSync(path.join(tmpdir(), "tt-"));
  const marker = randomUUID();
  return {
    env: { TMPDIR: directory, TMUX_TMPDIR: directory, [markerName]: marker },
    async clear() {
      const left = [...(await endLeft(marker, graceMs)), ...filesIn(directory)];
      rmSync(directory, { recursive: true, force: true });
      return left;
    },
  };
}

async function endLeft(marker: string, graceMs: number): Promise<readonly string[]> {
  const until = systemClock.now() + graceMs;
  let left = findByEnvironment(markerName, marker);
  while (left.length > 0 && systemClock.now() < until) {
    await systemClock.until(systemClock.now() + 100);
    left = findByEnvironment(markerName, marker);
  }
  await endAll(left, { clock: systemClock, graceMs: 500 });
  return left.map(({ pid, name }) => `process ${pid}: ${name}`);
}

function filesIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries
    .filter((entry) => !expected.has(entry.name))
    .map((entry) => `${kindOf(entry)} ${path.join(directory, entry.name)}`);
}

function kindOf(entry: Dirent): string {
  if (entry.isSocket()) return "socket";
  return entry.isDirectory() ? "folder" : "file";
}
