/** Small text files, read and written whole. */

import { constants } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Where others can put what they like: a pipe in the place of the file would keep a reader forever.
 * Rejects with the system's error, of the code EISDIR for a folder and EINVAL for what is no file.
 */
export async function readRegularFile(file: string): Promise<string> {
  await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const found = await handle.stat();
  if (found.isFile()) return await handle.readFile("utf8");
  const code = found.isDirectory() ? "EISDIR" : "EINVAL";
  throw Object.assign(new Error(`${code}: ${file} is no regular file`), { code });
}

/** For files of our own; the folder is made. */
export async function writeText(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
