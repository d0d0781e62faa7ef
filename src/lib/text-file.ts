/** Small text files of our own: written whole, folder included. */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

export async function writeText(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
