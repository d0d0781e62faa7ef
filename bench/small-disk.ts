/** A disk of its own that is small enough to be filled: a tmpfs, which only root may mount. */

import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, rmdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const mebibytes = 192;

export interface SmallDisk extends AsyncDisposable {
  readonly folder: string;
}

/** `null`: it cannot be mounted here. */
export async function mountSmallDisk(): Promise<SmallDisk | null> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "temoin-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], {
      stdio: "ignore",
    });
  } catch {
    await rmdir(folder);
    return null;
  }
  return {
    folder,
    async [Symbol.asyncDispose]() {
      // Lazily: whatever is still open there goes with the last that holds it.
      execFileSync("umount", ["--lazy", folder], { stdio: "ignore" });
      await rmdir(folder);
    },
  };
}

/** Until nothing more can be written. */
export async function fillDisk(folder: string): Promise<{ free(): Promise<void> }> {
  const file = path.join(folder, "filler");
  const full = Promise.withResolvers<void>();
  const out = createWriteStream(file);
  out.on("error", () => full.resolve());
  const block = Buffer.alloc(1024 * 1024);
  const write = (): void => void out.write(block, (error) => (error ? full.resolve() : write()));
  write();
  await full.promise;
  out.destroy();
  return { free: () => rm(file, { force: true }) };
}
