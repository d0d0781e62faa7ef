/** Small text files, read and written whole. */

import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";

/**
 * Where others can put what they like: a pipe in the place of the file would keep a reader forever.
 * Rejects with the system's error, of the code EISDIR for a folder, EINVAL for what is no file and
 * EFBIG for one of more bytes than `longest`.
 */
export async function readRegularFile(file: string, longest = Infinity): Promise<string> {
  await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const found = await handle.stat();
  if (found.isFile() && found.size <= longest) return await handle.readFile("utf8");
  const code = found.isFile() ? "EFBIG" : found.isDirectory() ? "EISDIR" : "EINVAL";
  const why = found.isFile() ? "is too big" : "is no regular file";
  throw Object.assign(new Error(`${code}: ${file} ${why}`), { code });
}

/** Bytes; settings of a program that are longer are none (chosen). */
export const longestSettings = 4 * 1024 * 1024;

/** `null`: there is no such file. */
export async function readTextIfThere(file: string): Promise<string | null> {
  try {
    return await readRegularFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * For files of our own; the folder is made. Whole or not at all, also when we are killed in it;
 * only a power cut may take it.
 */
export async function writeText(
  file: string,
  text: string,
  options: { readonly mode?: number } = {},
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, text, { fsync: false, ...options });
}
