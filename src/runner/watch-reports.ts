/**
 * What an agent writes of its own work into a report file, seen as it writes it: by events of the
 * file system, never by looking again and again. It is evidence and comes early; what counts is
 * what is there when the turn has ended (`look.ts`).
 */

import path from "node:path";
import type { Report } from "../domain/agent.ts";
import { longestReportFile, readReports } from "../domain/report.ts";
import type { Clock } from "../lib/clock.ts";
import { readRegularFile } from "../lib/text-file.ts";

export interface WatchRequest {
  readonly clock: Clock;
  readonly directory: string;
  /** Relative to the directory. */
  readonly files: readonly string[];
  /** Of the task, and its aliases. */
  readonly names: readonly string[];
  /** Called for each report that was not there before, once. */
  readonly onReport: (report: Report) => Promise<void>;
}

/** A section is written line by line: it is read when the file has been left alone for so long. */
const restMs = 250;

/** Until it is disposed of, which resolves when all that was seen has been told. */
export async function watchReports(request: WatchRequest): Promise<AsyncDisposable> {
  const before = new Map<string, string>();
  for (const file of request.files) before.set(file, await readFile(request, file));
  const { watch } = await import("chokidar");
  const paths = request.files.map((file) => path.join(request.directory, file));
  const watcher = watch(paths, { ignoreInitial: true, followSymlinks: false });
  const told = new Set<string>();
  const stop = new AbortController();
  let rest = new AbortController();
  let work: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const file of request.files) {
      const added = addedLines(before.get(file) ?? "", await readFile(request, file));
      for (const found of readReports(added, request.names)) {
        const key = JSON.stringify(found);
        if (told.has(key)) continue;
        told.add(key);
        await request.onReport({ ...found, at: request.clock.now() });
      }
    }
  };
  const onChange = (): void => {
    rest.abort();
    rest = new AbortController();
    const signal = AbortSignal.any([rest.signal, stop.signal]);
    const { clock } = request;
    const rested = clock.until(clock.now() + restMs, signal).then(
      () => true,
      // Written to again, or over.
      () => false,
    );
    work = Promise.all([work, rested]).then(([, isAtRest]) => (isAtRest ? look() : undefined));
    // Whoever disposes of it is told.
    work.catch(() => undefined);
  };
  watcher.on("all", onChange);
  // A file system that tells nothing costs the early word only.
  watcher.on("error", () => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watcher.close();
      await work;
    },
  };
}

async function readFile({ directory }: WatchRequest, file: string): Promise<string> {
  try {
    return await readRegularFile(path.join(directory, file), longestReportFile);
  } catch {
    // Not there; or a folder, a pipe or a flood in its place: no report is in it.
    return "";
  }
}

/** What stands between the beginning and the end that both have in common. */
export function addedLines(before: string, after: string): readonly string[] {
  const old = before.split("\n");
  const now = after.split("\n");
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return now.slice(start, now.length - end);
}
