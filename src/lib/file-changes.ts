/** Files that others write to, followed without looking again and again. */

import { watch as watchFolder } from "node:fs";
import path from "node:path";
import { watch } from "chokidar";
import { Notifier } from "./notifier.ts";

/**
 * Yields as soon as changes are seen, and then after each one: the files may have changed, once or
 * often, since the last time. They may come later, be removed and come again. Ends, without an
 * error, when the signal comes.
 */
export async function* fileChanges(
  files: readonly [string, ...string[]],
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  const wake = new Notifier();
  let hasChanged = false;
  const note = (): void => {
    hasChanged = true;
    wake.notify();
  };
  const followed = new Set(files.flatMap(withParents));
  // A file alone is not found again when it was removed: its folder tells of it.
  const folders = [...new Set(files.map((file) => path.dirname(file)))];
  const watcher = watch(folders, {
    ignoreInitial: true,
    ignored: (file) => !followed.has(file),
  });
  watcher.on("ready", note).on("all", note);
  signal.addEventListener("abort", note);
  try {
    for (;;) {
      const next = wake.next();
      if (signal.aborted) return;
      if (hasChanged) {
        hasChanged = false;
        yield;
      } else await next;
    }
  } finally {
    signal.removeEventListener("abort", note);
    await watcher.close();
  }
}

/**
 * The same of one folder that is there, for whatever comes into it, within a millisecond: yields
 * once it is watched, and then after each change. Ends when the signal comes; rejects with the
 * system's error where it cannot be watched.
 */
export async function* folderChanges(
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  const wake = new Notifier();
  let hasChanged = true;
  let failure: unknown = null;
  const note = (): void => {
    hasChanged = true;
    wake.notify();
  };
  const watcher = watchFolder(folder, { persistent: true });
  watcher.on("change", note);
  watcher.on("error", (error) => {
    failure = error;
    note();
  });
  signal.addEventListener("abort", note);
  try {
    for (;;) {
      const next = wake.next();
      if (signal.aborted) return;
      if (failure !== null) throw failure;
      if (hasChanged) {
        hasChanged = false;
        yield;
      } else await next;
    }
  } finally {
    signal.removeEventListener("abort", note);
    watcher.close();
  }
}

/** Where a folder is missing, the one above it is asked for it. */
function withParents(file: string): readonly string[] {
  const parent = path.dirname(file);
  return parent === file ? [file] : [file, ...withParents(parent)];
}
