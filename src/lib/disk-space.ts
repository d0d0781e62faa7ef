/** How much room is left where a folder lies, or will lie. */

import { stat, statfs } from "node:fs/promises";
import path from "node:path";

/** Bytes that this user may still write there. Rejects when the system does not tell. */
export async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(folder));
  return bavail * bsize;
}

async function nearestExisting(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch {
    // It will be made there, so the disk of its parent counts.
    return path.dirname(folder) === folder ? folder : nearestExisting(path.dirname(folder));
  }
}
