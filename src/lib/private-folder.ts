/** Folders that are for their owner alone: what lies in them, however it was made, nobody else reads. */

import { chmod, lstat, mkdir, stat } from "node:fs/promises";
import { AppError } from "./app-error.ts";

/**
 * Made, or closed to others where it is open to them. Rejects with an AppError `refused` for a link,
 * which may lead anywhere (unless it may be one, where only the user can have put it), and for what
 * is no folder or another user's.
 */
export async function makeOwnFolder(folder: string, { mayBeLink = false } = {}): Promise<void> {
  // Of what is in the way the look below tells more than the failure does.
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST" && error.code !== "ENOENT") throw error;
  });
  const found = await (mayBeLink ? stat : lstat)(folder);
  const uid = process.getuid?.();
  // Root works for whoever owns the project, as in a container.
  const isOurs = uid === undefined || uid === 0 || found.uid === uid;
  if (found.isDirectory() && isOurs) {
    if ((found.mode & 0o077) !== 0) await close(folder);
    return;
  }
  const what = found.isSymbolicLink() ? "is a link" : isOurs ? "is no folder" : "is another user's";
  throw new AppError("refused", `Cannot keep anything in \`${folder}\`: it ${what}.`, {
    hint: "Remove it: a folder is made in its place.",
  });
}

async function close(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch((error: NodeJS.ErrnoException) => {
    // A file system that knows no modes: nothing can be closed there.
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(error.code ?? "")) throw error;
  });
}
