/** A text in the person's own editor. */

import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { AppError } from "../lib/app-error.ts";
import type { Environment } from "../operations/context.ts";

/** Resolves with what the editor has left; rejects with an AppError when it could not be had. */
export async function editText(
  text: string,
  { name, env }: { readonly name: string; readonly env: Environment },
): Promise<string> {
  const editor = env["VISUAL"] || env["EDITOR"] || "vi";
  const folder = await mkdtemp(path.join(tmpdir(), "temoin-edit-"));
  try {
    const file = path.join(folder, name);
    await writeFile(file, text);
    // An editor is a command line (`code --wait`), so a shell reads it, as git does.
    const argv = ["-c", `${editor} "$1"`, "sh", file];
    const { status, signal } = spawnSync("sh", argv, { stdio: "inherit", env: { ...env } });
    if (status === 0) return await readFile(file, "utf8");
    const how = signal === null ? `ended with ${status}` : `was ended by ${signal}`;
    throw new AppError("failed", `The editor \`${editor}\` ${how}: nothing was changed.`, {
      hint: "Set EDITOR, or give the brief by `-f FILE`.",
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
