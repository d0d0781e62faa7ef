/** Folders that are for their owner alone: what lies in them, however it was made, nobody else reads. */

import type { Stats } from "node:fs";
import { chmod, lstat, mkdir, stat } from "node:fs/promises";
import { AppError } from "./app-error.ts";

export interface OwnFolder {
  /** It may be reached by a link, where only the user can have put it; default: by none. */
  readonly mayBeLink?: boolean;
  /**
   * What is done where others can get into it: it is closed; or, where they could have put there
   * what we trust before it was closed, as a socket, it is refused if they can write to it.
   */
  readonly ifOpen?: "close" | "refuse";
}

/** Where sockets lie: the user may have linked it, and nobody else may ever have written to it. */
export const socketFolder: OwnFolder = { mayBeLink: true, ifOpen: "refuse" };

/**
 * Made, if it is not there. Rejects with an AppError `refused` for what is no folder, another user's,
 * or reached by a link that may not be.
 */
export async function makeOwnFolder(folder: string, how: OwnFolder = {}): Promise<void> {
  const { mayBeLink = false, ifOpen = "close" } = how;
  // Of what is in the way the look below tells more than the failure does.
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST" && error.code !== "ENOENT") throw error;
  });
  const link = await lstat(folder);
  const found = mayBeLink ? await stat(folder) : link;
  // Root works for whoever owns the project, as in a container; but nobody else's words are trusted.
  const isAnyones = ifOpen === "close" && process.getuid?.() === 0;
  const isOurs = isAnyones || (isOwn(found) && (ifOpen === "close" || isOwn(link)));
  const isClosed = ifOpen === "close" || (found.mode & 0o022) === 0;
  if (found.isDirectory() && isOurs && isClosed) {
    if (ifOpen === "close" && (found.mode & 0o077) !== 0) await close(folder);
    return;
  }
  throw refusal(folder, ifOpen, wrongBy(found, isOurs));
}

function isOwn({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

function wrongBy(found: Stats, isOurs: boolean): string {
  if (found.isSymbolicLink()) return "is a link";
  if (!isOurs) return "is another user's";
  return found.isDirectory() ? "can be written to by other users" : "is no folder";
}

function refusal(folder: string, ifOpen: "close" | "refuse", what: string): AppError {
  const hint =
    ifOpen === "close"
      ? "Remove it: a folder is made in its place."
      : "Remove it, or set XDG_RUNTIME_DIR to a folder of your own with mode 0700.";
  return new AppError("refused", `Cannot keep anything in \`${folder}\`: it ${what}.`, { hint });
}

async function close(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch((error: NodeJS.ErrnoException) => {
    // A file system that knows no modes: nothing can be closed there.
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(error.code ?? "")) throw error;
  });
}
