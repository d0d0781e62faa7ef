import assert from "node:assert/strict";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/lib/clock.ts";
import { createGit } from "../../../src/workspaces/git.ts";
import {
  excludeState,
  findTargetBranch,
  openRepository,
} from "../../../src/workspaces/repository.ts";
import { type Ground, openGround } from "../../contract/workspace-stage.ts";

async function withGround(act: (ground: Ground) => Promise<void>): Promise<void> {
  const ground = await openGround();
  try {
    await act(ground);
  } finally {
    await rm(ground.root, { recursive: true });
  }
}

function openAt(ground: Ground, dir: string) {
  const { PATH = "" } = process.env;
  const env = { PATH, HOME: ground.root, GIT_CEILING_DIRECTORIES: ground.root };
  return openRepository(dir, createGit({ clock: systemClock, env }));
}

test("a folder that is in no repository is refused with `git init`", () =>
  withGround(async (ground) => {
    const dir = path.join(ground.root, "plain");
    await mkdir(dir);
    await assert.rejects(openAt(ground, dir), {
      code: "repository",
      message: `Cannot work in \`${dir}\`: it is in no git repository.`,
      hint: /git init/,
    });
  }));

test("a repository without a commit is refused with how to make one", () =>
  withGround(async (ground) => {
    const dir = path.join(ground.root, "new");
    await mkdir(dir);
    await ground.git(dir, "init", "-q");
    await assert.rejects(openAt(ground, dir), {
      code: "repository",
      message: /there is no commit yet/,
      hint: /git commit/,
    });
  }));

test("a git that is too old is refused with the version that is needed", () =>
  withGround(async (ground) => {
    const bin = path.join(ground.root, "bin");
    await mkdir(bin);
    await writeFile(path.join(bin, "git"), "#!/bin/sh\necho git version 2.37.9\n");
    await chmod(path.join(bin, "git"), 0o755);
    const git = createGit({ clock: systemClock, env: { PATH: bin } });
    await assert.rejects(openRepository(ground.top, git), {
      message: /git version 2\.37\.9: it is too old/,
      hint: "Install git 2.38 or newer.",
    });
  }));

test("the same project from a folder within and from a second worktree", () =>
  withGround(async (ground) => {
    await mkdir(path.join(ground.top, "deep", "er"), { recursive: true });
    const second = path.join(ground.root, "second");
    await ground.git(ground.top, "worktree", "add", "-q", "-b", "other", second);
    const [one, within, other] = await Promise.all([
      openAt(ground, ground.top),
      openAt(ground, path.join(ground.top, "deep", "er")),
      openAt(ground, second),
    ]);
    assert.equal(one.top, ground.top);
    assert.equal(within.top, ground.top);
    assert.equal(other.top, second);
    assert.equal(one.stateDir, path.join(ground.top, ".temoin"));
    for (const each of [within, other]) {
      assert.equal(each.projectId, one.projectId);
      assert.equal(each.stateDir, one.stateDir);
    }
    assert.equal(await findTargetBranch(one, null), "main");
    assert.equal(await findTargetBranch(other, null), "other");
    assert.match(one.projectId, /^project-[0-9a-f]{8}$/);
  }));

test("a detached HEAD needs a configured target, which has to be there", () =>
  withGround(async (ground) => {
    await ground.git(ground.top, "branch", "dev");
    await ground.git(ground.top, "switch", "-q", "--detach");
    const repository = await openAt(ground, ground.top);
    await assert.rejects(findTargetBranch(repository, null), {
      code: "repository",
      message: /HEAD is detached at/,
      hint: /Set `target:`/,
    });
    assert.equal(await findTargetBranch(repository, "dev"), "dev");
    await assert.rejects(findTargetBranch(repository, "develop"), {
      message:
        "Cannot land on `develop`: there is no such branch here. The branches: `dev`, `main`.",
    });
  }));

test("`.temoin/` is excluded once, after whatever stands there", () =>
  withGround(async (ground) => {
    const repository = await openAt(ground, ground.top);
    const file = path.join(ground.top, ".git", "info", "exclude");
    await ground.write(ground.top, { ".git/info/exclude": "*.swp" });
    await excludeState(repository);
    await excludeState(repository);
    assert.equal(await readFile(file, "utf8"), "*.swp\n/.temoin/\n");
    await rm(path.dirname(file), { recursive: true });
    await excludeState(repository);
    await ground.write(ground.top, { ".temoin/x": "x" });
    assert.equal(await ground.git(ground.top, "status", "--porcelain"), "");
  }));
