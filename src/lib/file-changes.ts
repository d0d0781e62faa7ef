/** Files that others write to, followed without looking again and again. */

import { watch as watchFolder } from "node:fs";
import path from "node:path";
import { watch } from "chokidar";
import { AppError } from "./app-error.ts";
import { Notifier } from "./notifier.ts";

/**
 * Yields as soon as changes are seen, and then after each one: the files may have changed, once or
 * often, since the last time. They may come later, be removed and come again. Ends, without an
 * error, when the signal comes; rejects with an AppError where the system lets nobody watch them.
 */
export async function* fileChanges(
  files: readonly [string, ...string[]],
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  const followed = new Set(files.flatMap(withParents));
  // A file alone is not found again when it was removed: its folder tells of it.
  const folders = [...new Set(files.map((file) => path.dirname(file)))];
  const watcher = watch(folders, {
    ignoreInitial: true,
    ignored: (file) => !followed.has(file),
  });
  const changes = new Changes(signal);
  watcher.on("ready", changes.note).on("all", changes.note);
  watcher.on("error", (error) => changes.fail(cannotFollow(files[0], error)));
  try {
    yield* changes.each();
  } finally {
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
  const watcher = watchFolder(folder, { persistent: true });
  const changes = new Changes(signal);
  watcher.on("change", changes.note);
  watcher.on("error", (error) => changes.fail(error));
  changes.note();
  try {
    yield* changes.each();
  } finally {
    watcher.close();
  }
}

/** What a watcher has told, for whoever follows it. */
class Changes {
  readonly #signal: AbortSignal;
  readonly #wake = new Notifier();
  #hasChanged = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  readonly note = (): void => {
    this.#hasChanged = true;
    this.#wake.notify();
  };

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake.notify();
  }

  async *each(): AsyncGenerator<void, void, undefined> {
    this.#signal.addEventListener("abort", this.note);
    try {
      for (;;) {
        const next = this.#wake.next();
        if (this.#signal.aborted) return;
        if (this.#failure !== null) throw this.#failure.error;
        if (this.#hasChanged) {
          this.#hasChanged = false;
          yield;
        } else await next;
      }
    } finally {
      this.#signal.removeEventListener("abort", this.note);
    }
  }
}

function cannotFollow(file: string, cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AppError("failed", `Cannot follow \`${file}\`: ${why}.`, {
    cause,
    hint: "End what watches or opens many files, or raise fs.inotify.max_user_instances and max_user_watches.",
  });
}

/** Where a folder is missing, the one above it is asked for it. */
function withParents(file: string): readonly string[] {
  const parent = path.dirname(file);
  return parent === file ? [file] : [file, ...withParents(parent)];
}
