/** A repository's root and a user's directory that exist for one test. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LoadedConfig, type LoadRequest, loadConfig } from "../../../src/config/load.ts";
import { AppError } from "../../../src/lib/app-error.ts";

export interface Scratch extends AsyncDisposable {
  readonly root: string;
  readonly userDir: string;
  write(file: string, text: string | Uint8Array): Promise<void>;
  load(extra?: Partial<LoadRequest>): Promise<LoadedConfig>;
  /** The message of the error that loading ends with. */
  complaint(extra?: Partial<LoadRequest>): Promise<string>;
}

/** With a text, that is its temoin.yaml. */
export async function makeScratch(text?: string): Promise<Scratch> {
  const base = await mkdtemp(join(tmpdir(), "temoin-config-"));
  const root = join(base, "repository");
  const userDir = join(base, "user");
  const write = async (file: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(base, file)), { recursive: true });
    await writeFile(join(base, file), content);
  };
  await mkdir(root);
  if (text !== undefined) await write("repository/temoin.yaml", text);
  const load = (extra: Partial<LoadRequest> = {}) =>
    loadConfig({ root, env: {}, userDir, ...extra });
  return {
    root,
    userDir,
    write,
    load,
    async complaint(extra) {
      const error: unknown = await load(extra).then(
        () => assert.fail("the configuration was accepted"),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof AppError, String(error));
      assert.equal(error.code, "config");
      return error.message;
    },
    [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }),
  };
}
