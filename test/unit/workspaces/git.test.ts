import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { AppError } from "../../../src/lib/app-error.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { findProcess } from "../../../src/lib/process-table.ts";
import { createGit } from "../../../src/workspaces/git.ts";
import { attributePattern } from "../../../src/workspaces/merge-tree.ts";
import { openGround } from "../../contract/workspace-stage.ts";

const { PATH = "", HOME = "" } = process.env;
const env = { PATH, HOME };

test("a held lock is tried again, with longer and longer pauses", async () => {
  const ground = await openGround();
  const lock = path.join(ground.top, ".git", "index.lock");
  await writeFile(lock, "");
  const pauses: number[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    async until(instant) {
      pauses.push(instant - now);
      now = instant;
      if (pauses.length === 3) await rm(lock);
    },
  };
  try {
    await createGit({ clock, env })(ground.top, ["read-tree", "HEAD"]);
    assert.deepEqual(pauses, [20, 40, 80]);
  } finally {
    await rm(ground.root, { recursive: true });
  }
});

test("a lock that is never given up is named, with what to do", async () => {
  const ground = await openGround();
  const lock = path.join(ground.top, ".git", "index.lock");
  await writeFile(lock, "");
  const clock: Clock = { now: () => 0, until: async () => {} };
  try {
    await assert.rejects(createGit({ clock, env })(ground.top, ["read-tree", "HEAD"]), (error) => {
      assert(error instanceof AppError);
      assert.equal(error.code, "repository");
      assert.equal(error.hint, `If no git is running there, delete \`${lock}\`.`);
      return true;
    });
  } finally {
    await rm(ground.root, { recursive: true });
  }
});

test("what ties the caller's git to one place is not handed on", async () => {
  const ground = await openGround();
  const tied = { ...env, GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere/i", GIT_WORK_TREE: "/" };
  try {
    const git = createGit({ clock: systemClock, env: tied });
    const { text } = await git(ground.top, ["rev-parse", "--show-toplevel"]);
    assert.equal(text, ground.top);
  } finally {
    await rm(ground.root, { recursive: true });
  }
});

test("a missing git and a missing directory are two sentences", async () => {
  const ground = await openGround();
  try {
    const noGit = createGit({ clock: systemClock, env: { PATH: ground.root } });
    await assert.rejects(noGit(ground.top, ["version"]), { message: /`git`: it was not found/ });
    const git = createGit({ clock: systemClock, env });
    await assert.rejects(git(path.join(ground.root, "none"), ["version"]), {
      message: /there is no such directory/,
    });
  } finally {
    await rm(ground.root, { recursive: true });
  }
});

test("a Ctrl-C at temoin's terminal does not reach its git", async () => {
  const alias = "alias.group=!ps -o pgid= -p $$";
  const { text } = await createGit({ clock: systemClock, env })("/", ["-c", alias, "group"]);
  assert.match(text, /^ *\d+$/);
  assert.notEqual(Number(text), findProcess(process.pid)?.group);
});

test("an aborted git rejects with the signal's reason", async () => {
  const git = createGit({ clock: systemClock, env });
  const controller = new AbortController();
  const running = git("/", ["version"], { signal: controller.signal, lockRetries: 0 });
  controller.abort(new Error("enough"));
  await assert.rejects(running, { message: "enough" });
});

test("a failure tells git's last line and the directory", async () => {
  const ground = await openGround();
  try {
    const git = createGit({ clock: systemClock, env });
    const failed = git(ground.top, ["rev-parse", "--verify", "nothing"]);
    await assert.rejects(failed, {
      code: "repository",
      message: `\`git rev-parse\` failed in \`${ground.top}\`: Needed a single revision.`,
    });
  } finally {
    await rm(ground.root, { recursive: true });
  }
});

test("an attribute pattern means one file, whatever its name", () => {
  assert.equal(attributePattern("CLAUDE.md"), '"/CLAUDE.md"');
  assert.equal(attributePattern('a "b*[c].md'), '"/a \\"b\\\\*\\\\[c\\\\].md"');
});
