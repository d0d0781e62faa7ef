import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { makeOwnFolder } from "../../../src/lib/private-folder.ts";

async function openScratch() {
  const root = await mkdtemp(path.join(tmpdir(), "temoin-private-"));
  return {
    at: (name: string) => path.join(root, name),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const modeOf = async (folder: string): Promise<number> => (await stat(folder)).mode & 0o777;

test("a folder is made for its owner alone, and one that is open is closed", async () => {
  await using scratch = await openScratch();
  await makeOwnFolder(scratch.at("a/b"));
  assert.equal(await modeOf(scratch.at("a/b")), 0o700);
  await chmod(scratch.at("a/b"), 0o777);
  await makeOwnFolder(scratch.at("a/b"));
  assert.equal(await modeOf(scratch.at("a/b")), 0o700);
});

test("a link, also one that leads nowhere, and a file in its place are refused and stay as they are", async () => {
  await using scratch = await openScratch();
  await mkdir(scratch.at("victim"));
  await chmod(scratch.at("victim"), 0o755);
  await symlink(scratch.at("victim"), scratch.at("link"));
  await symlink(scratch.at("nowhere"), scratch.at("dangling"));
  await writeFile(scratch.at("file"), "");
  for (const name of ["link", "dangling"]) {
    await assert.rejects(makeOwnFolder(scratch.at(name)), {
      code: "refused",
      message: /is a link/,
    });
  }
  await assert.rejects(makeOwnFolder(scratch.at("file")), {
    code: "refused",
    message: /no folder/,
  });
  assert.equal(await modeOf(scratch.at("victim")), 0o755);
  await assert.rejects(stat(scratch.at("nowhere")));
  await makeOwnFolder(scratch.at("link"), { mayBeLink: true });
  assert.equal(await modeOf(scratch.at("victim")), 0o700, "where it may be one");
});
