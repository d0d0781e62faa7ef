/**
 * Objects that are made where the repository's own store cannot be written to: by an agent in a
 * sandbox. They go into a store of the slot's, which the repository knows as an alternate, so that
 * every git can read them at once; before anything rests on them they are taken over, each under
 * the name that its content has.
 */

import { appendFile, mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { gitIn, type Repository } from "./repository.ts";

export interface OwnObjects {
  readonly ownObjects: string;
  /** Empty, but within the sandbox. */
  readonly sharedObjects: string;
}

function storesOf(commonDir: string): string {
  return path.join(commonDir, "temoin", "objects");
}

function ownOf(commonDir: string, slot: string): string {
  return path.join(storesOf(commonDir), slot);
}

/** Made where it is not there yet. Safe to repeat. */
export async function openOwnObjects(commonDir: string, slot: string): Promise<OwnObjects> {
  const ownObjects = ownOf(commonDir, slot);
  const sharedObjects = path.join(storesOf(commonDir), "shared");
  for (const folder of [
    path.join(ownObjects, "info"),
    path.join(ownObjects, "pack"),
    sharedObjects,
  ]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(path.join(ownObjects, "info", "alternates"), `${sharedObjects}\n`);
  const file = path.join(commonDir, "objects", "info", "alternates");
  await mkdir(path.dirname(file), { recursive: true });
  // Most repositories have none.
  const known = await readFile(file, "utf8").catch(() => "");
  // As git reads it: from the folder of the objects.
  const line = path.join("..", "temoin", "objects", slot);
  const gap = known === "" || known.endsWith("\n") ? "" : "\n";
  if (!known.split("\n").includes(line)) await appendFile(file, `${gap}${line}\n`);
  return { ownObjects, sharedObjects };
}

/** All that the slot's store holds is in the repository's then, and no longer in it. */
export async function takeInObjects(repository: Repository, slot: string): Promise<void> {
  const own = ownOf(repository.commonDir, slot);
  // Most slots have none.
  const folders: readonly string[] = await readdir(own).catch(() => []);
  const packs = folders.includes("pack") ? await readdir(path.join(own, "pack")) : [];
  if (packs.length === 0 && folders.every((name) => name === "pack" || name === "info")) return;
  const env = { GIT_OBJECT_DIRECTORY: own };
  const asked = ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered"];
  const { text } = await gitIn(repository, asked, { env });
  const names = text.split("\n").filter((name) => name !== "");
  if (names.length > 0) {
    const input = `${names.join("\n")}\n`;
    const packed = await gitIn(repository, ["pack-objects", "--quiet", "--stdout"], { env, input });
    await gitIn(repository, ["index-pack", "--stdin"], { input: packed.bytes });
  }
  // What has come meanwhile stays for the next time.
  for (const name of names) {
    await rm(path.join(own, name.slice(0, 2), name.slice(2)), { force: true });
  }
  for (const name of packs) await rm(path.join(own, "pack", name), { force: true });
  for (const name of folders.filter((one) => one.length === 2)) {
    // One that is not empty holds what has come meanwhile.
    await rmdir(path.join(own, name)).catch(() => undefined);
  }
}
