/**
 * The repositories that people have: in each, a task is prepared, worked on, committed, merged,
 * landed, and the person's branch follows.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import type { CommitSha } from "../../src/domain/id.ts";
import { openStage, requestFor, type Stage, workOf } from "../contract/workspace-stage.ts";

/** One task from its base to the target. The work is there, and the target is at it. */
async function carryThrough(stage: Stage): Promise<CommitSha> {
  const { sha: base } = await stage.target.read();
  const workspace = await stage.workspaces.prepare(requestFor(workOf(1), base));
  assert.equal(await stage.git(workspace.path, "status", "--porcelain"), "");
  await stage.write(workspace.path, { "work.txt": "work\n" });
  const { changed, stray } = await workspace.inspect(base, []);
  assert.deepEqual([changed, stray], [[{ path: "work.txt", change: "added" }], false]);
  const head = await workspace.commit("Work\n");
  const merged = await stage.target.merge({
    onto: base,
    head,
    mode: "merge",
    message: "T-1: Work\n",
  });
  assert.equal(merged.kind, "merged");
  assert("sha" in merged);
  const at = await stage.target.checkout(merged.sha);
  assert.match(await stage.read(at, "work.txt"), /^work\r?\n$/);
  assert.equal(await stage.target.swap(base, merged.sha), true);
  assert.equal(await stage.target.contains(head), true);
  await stage.workspaces.prepare(requestFor(workOf(2), merged.sha));
  assert.equal(await stage.git(workspace.path, "status", "--porcelain"), "");
  assert.deepEqual(stage.problems, []);
  return merged.sha;
}

for (const folder of ["with spaces", "accentué", "🚀 emoji", "-dash", 'quo\'te "two"']) {
  test(`a folder named ${folder}`, async () => {
    await using stage = await openStage({ folder });
    const landed = await carryThrough(stage);
    assert.deepEqual(await stage.target.follow(), { followed: true });
    assert.equal(await stage.head(stage.top), landed);
  });
}

test("a checkout with uncommitted work keeps it, and follows around it", async () => {
  await using stage = await openStage({
    before: ({ top, write }) => write(top, { "a.txt": "mine\n", "mine.txt": "mine\n" }),
  });
  await carryThrough(stage);
  assert.deepEqual(await stage.target.follow(), { followed: true });
  assert.equal(await stage.read(stage.top, "a.txt"), "mine\n");
  assert.equal(await stage.read(stage.top, "mine.txt"), "mine\n");
  assert.equal(await stage.read(stage.top, "work.txt"), "work\n");
});

test("a detached HEAD with a configured target stays where it is", async () => {
  await using stage = await openStage({
    targetBranch: "main",
    before: async ({ top, git }) => {
      await git(top, "switch", "-q", "--detach");
    },
  });
  const before = await stage.head(stage.top);
  const landed = await carryThrough(stage);
  assert.deepEqual(await stage.target.follow(), { followed: true });
  assert.equal(await stage.head(stage.top), before);
  assert.equal(await stage.git(stage.top, "rev-parse", "main"), landed);
});

test("a bare clone has its branch moved, and its state inside", async () => {
  await using stage = await openStage({
    before: async ({ root, top, git }) => {
      await git(root, "clone", "-q", "--bare", top, path.join(root, "bare.git"));
    },
    start: ({ root }) => path.join(root, "bare.git"),
  });
  const { repository, root } = stage;
  assert.equal(repository.top, null);
  assert.equal(repository.stateDir, path.join(root, "bare.git", "temoin"));
  const landed = await carryThrough(stage);
  assert.deepEqual(await stage.target.follow(), { followed: true });
  assert.equal(await stage.git(path.join(root, "bare.git"), "rev-parse", "main"), landed);
});

test("started in a second worktree, it lands on the branch of that one", async () => {
  await using stage = await openStage({
    before: async ({ root, top, git }) => {
      await git(top, "worktree", "add", "-q", "-b", "second", path.join(root, "second"));
    },
    start: ({ root }) => path.join(root, "second"),
  });
  const main = await stage.head(stage.top);
  const landed = await carryThrough(stage);
  assert.equal(stage.target.branch, "second");
  assert.deepEqual(await stage.target.follow(), { followed: true });
  assert.equal(await stage.head(path.join(stage.root, "second")), landed);
  assert.equal(await stage.head(stage.top), main);
});

test("object names of SHA-256", async () => {
  await using stage = await openStage({ init: ["--object-format=sha256"] });
  const landed = await carryThrough(stage);
  assert.equal(landed.length, 64);
  assert.deepEqual(await stage.target.follow(), { followed: true });
  assert.equal(await stage.head(stage.top), landed);
});

for (const setting of ["true", "input"]) {
  test(`core.autocrlf=${setting} makes no change of its own`, async () => {
    await using stage = await openStage({
      files: { "a.txt": "one\ntwo\n", "crlf.txt": "one\r\ntwo\r\n", "bin.dat": "a\0b\r\n" },
      before: async ({ top, git }) => {
        await git(top, "config", "core.autocrlf", setting);
        await git(top, "config", "core.safecrlf", "true");
      },
    });
    const landed = await carryThrough(stage);
    const names = await stage.git(stage.top, "diff", "--name-only", `${landed}~`, landed);
    assert.equal(names, "work.txt");
  });
}

test("hooks that fail, signing that cannot be done, and merges that must be signed", async () => {
  const hooks = ["pre-commit", "commit-msg", "post-checkout", "post-merge", "pre-merge-commit"];
  await using stage = await openStage({
    before: async ({ top, write }) => {
      for (const hook of [...hooks, "reference-transaction"]) {
        await write(top, { [`.git/hooks/${hook}`]: "#!/bin/sh\ntouch ran\nexit 1\n" });
        await chmod(path.join(top, ".git", "hooks", hook), 0o755);
      }
      const settings = ["commit.gpgsign=true", "gpg.program=false", "merge.verifySignatures=true"];
      for (const setting of [...settings, "merge.ff=false", "merge.autoStash=true"]) {
        const [key = "", value = ""] = setting.split("=");
        await writeFile(path.join(top, ".git", "config"), configLine(key, value), { flag: "a" });
      }
    },
  });
  await carryThrough(stage);
  assert.deepEqual(await stage.target.follow(), { followed: true });
  assert.equal(await stage.read(stage.top, "work.txt"), "work\n");
  await assert.rejects(stage.read(stage.top, "ran"));
});

test("submodules are filled from the person's clone, and their pointers can be landed", async () => {
  await using stage = await openStage({
    before: async ({ root, top, git, commit }) => {
      const library = path.join(root, "library");
      await git(root, "init", "-q", "-b", "main", library);
      await commit(library, { "lib.txt": "one\n" });
      const allow = ["-c", "protocol.file.allow=always"];
      await git(top, ...allow, "submodule", "--quiet", "add", library, "vendor/my lib");
      await git(top, "commit", "-q", "-m", "A library");
      await commit(path.join(top, "vendor", "my lib"), { "lib.txt": "two\n" });
      // Only the person's clone is to be asked: the place that it came from is gone.
      execFileSync("mv", [library, path.join(root, "gone")]);
    },
  });
  await carryThrough(stage);
  const { sha: base } = await stage.target.read();
  const { path: at } = await stage.workspaces.prepare(requestFor(workOf(3), base));
  const inner = path.join(at, "vendor", "my lib");
  assert.equal(await stage.read(inner, "lib.txt"), "one\n");

  const newest = await stage.head(path.join(stage.top, "vendor", "my lib"));
  await stage.git(inner, "fetch", "-q", path.join(stage.top, "vendor", "my lib"));
  await stage.git(inner, "checkout", "-q", newest);
  const workspace = await stage.workspaces.open(requestFor(workOf(3), base).slot);
  assert(workspace !== null);
  const head = await workspace.commit("Move the library\n");
  assert.equal(await stage.git(at, "rev-parse", `${head}:vendor/my lib`), newest);

  await stage.write(inner, { "lib.txt": "unsaved\n", "new.txt": "new\n" });
  await stage.workspaces.prepare(requestFor(workOf(4), base));
  assert.equal(await stage.read(inner, "lib.txt"), "one\n");
  const saved = await stage.git(
    stage.top,
    "for-each-ref",
    "--format=%(refname)",
    "refs/temoin/saved/T-3",
  );
  assert.equal(await stage.git(stage.top, "show", `${saved}:lib.txt`), "unsaved");
  assert.equal(await stage.git(stage.top, "show", `${saved}:new.txt`), "new");
  assert.equal(await stage.git(at, "status", "--porcelain"), "");
});

test("a person without a name has landings by temoin", async () => {
  await using stage = await openStage({ nameless: true });
  const landed = await carryThrough(stage);
  const author = await stage.git(stage.top, "log", "-1", "--format=%an <%ae>", landed);
  assert.equal(author, "temoin <temoin@localhost>");
});

test("thousands of files are saved and prepared in a few calls", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 2000 }, (_, n) => [`src/${n % 40}/${n}.txt`, `${n}\n`]),
  );
  await using stage = await openStage({ files });
  const base = await stage.head(stage.top);
  const workspace = await stage.workspaces.prepare(requestFor(workOf(1), base));
  for (let n = 0; n < 2000; n += 100) {
    await writeFile(path.join(workspace.path, `src/${n % 40}/${n}.txt`), "changed\n");
  }
  stage.calls.length = 0;
  await workspace.save(workOf(1), "a test");
  await stage.workspaces.prepare(requestFor(workOf(2), base));
  assert(stage.calls.length < 25, `${stage.calls.length} calls`);
  assert.equal(await readFile(path.join(workspace.path, "src/0/0.txt"), "utf8"), "0\n");
});

function configLine(key: string, value: string): string {
  const dot = key.indexOf(".");
  return `[${key.slice(0, dot)}]\n\t${key.slice(dot + 1)} = ${value}\n`;
}
