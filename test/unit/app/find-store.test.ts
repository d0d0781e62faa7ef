import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { findPlace } from "../../../src/app/find-place.ts";
import { findStore } from "../../../src/app/find-store.ts";
import { pathsOf } from "../../../src/app/places.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { openScratch, type Scratch } from "../../e2e/scratch-project.ts";

test("the store is found without git where git would find it, from any of the project's folders", async () => {
  await using scratch = await openScratch();
  await scratch.write(".temoin/store.db", "");
  await mkdir(path.join(scratch.dir, "a", "b"), { recursive: true });
  await symlink(path.join(scratch.dir, "a"), path.join(scratch.folder, "link"));
  for (const dir of [".", "a/b", "../link", "../link/b"]) {
    const at = path.join(scratch.dir, dir);
    assert.equal(findStore(at, {}), await storeByGit(scratch, at), dir);
  }
});

test("what is not a plain repository with a store is left to git", async () => {
  await using scratch = await openScratch();
  const found = (dir: string, env = {}): string | null =>
    findStore(path.join(scratch.dir, dir), env);
  assert.equal(found("."), null, "nothing was stored yet");
  await scratch.write(".temoin/store.db", "");
  assert.notEqual(found("."), null);

  assert.equal(found("nowhere"), null);
  assert.equal(found(".", { GIT_CEILING_DIRECTORIES: scratch.dir }), null);
  assert.equal(found(".git/refs"), null, "inside .git");
  await scratch.git("worktree", "add", "--quiet", "--detach", "../linked");
  assert.equal(found("../linked"), null, "a linked working tree");
  await scratch.git("clone", "--quiet", "--bare", ".", "bare.git");
  assert.equal(found("bare.git"), null, "a bare repository in the tree");
  assert.equal(found("bare.git/refs"), null);
  await scratch.git("init", "--quiet", "nested");
  assert.equal(found("nested"), null, "another repository in the tree");
  await scratch.git("config", "core.worktree", "../a");
  assert.equal(found("."), null, "a working tree that is elsewhere");
});

async function storeByGit(scratch: Scratch, dir: string): Promise<string> {
  return pathsOf(await findPlace(dir, { clock: systemClock, env: scratch.env })).store;
}
