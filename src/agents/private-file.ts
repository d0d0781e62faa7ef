/**
 * Files that a launch needs, in the slot's own folder: for the user alone, and written where they are
 * meant to be. An agent in a sandbox can put there what it likes, and a link would lead us out of it.
 */

import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** In the place of whatever lies there; its folder is made. Rejects with the system's error. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { recursive: true, force: true });
  await writeFile(file, text, { mode: 0o600, flag: "wx" });
}
