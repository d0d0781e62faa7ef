/** The look that `temoin clean` takes at git, and its removals, over real repositories. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { readProcessTable, standsIn } from "../../src/lib/process-table.ts";
import { isThere } from "../../src/workspaces/place.ts";
import { removeRef, removeWorktree } from "../../src/workspaces/remove.ts";
import { keepOnSavedRef } from "../../src/workspaces/saved-ref.ts";
import { findInTheWay, surveyGit } from "../../src/workspaces/survey.ts";
import {
  openStage,
  prepareFirst,
  requestFor,
  type Stage,
  slot,
  workOf,
} from "./workspace-stage.ts";

const nobody = (): number[] => [];
const prepared = prepareFirst(openStage);

function survey(stage: Stage, landed: Parameters<typeof surveyGit>[0]["landed"] = new Map()) {
  const dir = path.join(stage.root, "state");
  return surveyGit({ repository: stage.repository, dir, landed, processesOf: () => [] });
}

test("what has landed is in the target, by its commits or by what it changes; the rest is not", async () => {
  const { stage, base, workspace, at } = await prepared();
  await using _ = stage;
  await stage.target.read();
  await stage.write(at, { "a.txt": "merged\n" });
  const head = await workspace.commit("Merged\n");
  const merged = await stage.target.merge({ onto: base, head, mode: "merge", message: "T-1\n" });
  assert(merged.kind === "merged");
  await stage.target.swap(base, merged.sha);
  const second = await stage.workspaces.prepare(requestFor(workOf(2), merged.sha));
  await stage.write(second.path, { "b.txt": "squashed\n" });
  const squash = await second.commit("One\n");
  const request = { onto: merged.sha, head: squash, mode: "squash", message: "T-2\n" } as const;
  const landing = await stage.target.merge(request);
  assert(landing.kind === "merged");
  await stage.target.swap(merged.sha, landing.sha);
  const third = await stage.workspaces.prepare(requestFor(workOf(3), landing.sha));
  await stage.write(third.path, { "c.txt": "unmerged\n" });
  const open = await third.commit("Open\n");
  await keepOnSavedRef(stage.repository, workOf(3), open);
  const seen = await survey(stage, new Map([["T-2", landing.sha]]));
  const told = seen.refs.map(({ ref, isInTarget, isSquashed }) => [ref, isInTarget, isSquashed]);
  assert.deepEqual(told, [
    ["refs/heads/temoin/T-1/1", true, false],
    ["refs/heads/temoin/T-2/1", false, true],
    ["refs/heads/temoin/T-3/1", false, false],
    ["refs/temoin/saved/T-3/1/1", false, false],
  ]);
  assert.deepEqual(seen.refs[3]?.heldBy, ["refs/heads/temoin/T-3/1"]);
  assert.deepEqual(seen.refs[2]?.checkedOutIn, [third.path]);
  const [worktree] = seen.worktrees;
  assert.equal(worktree?.branch, "refs/heads/temoin/T-3/1");
  assert.equal(worktree?.inTheWay, null);
});

const obstacles: readonly (readonly [
  what: string,
  make: (stage: Stage, at: string) => Promise<unknown>,
  says: RegExp,
])[] = [
  ["a changed file", (stage, at) => stage.write(at, { "a.txt": "x\n" }), /in no commit/],
  ["a new file", (stage, at) => stage.write(at, { "new.txt": "x\n" }), /in no commit/],
  ["a repository inside", (stage, at) => stage.git(at, "init", "-q", "inner"), /in no commit/],
  [
    "a change that git was told to overlook",
    async (stage, at) => {
      await stage.git(at, "update-index", "--assume-unchanged", "a.txt");
      await stage.write(at, { "a.txt": "x\n" });
    },
    /overlook/,
  ],
  [
    "a change outside of what git was told to check out",
    async (stage, at) => {
      await stage.git(at, "update-index", "--skip-worktree", "a.txt");
      await stage.write(at, { "a.txt": "x\n" });
    },
    /overlook/,
  ],
  [
    "an unfinished merge",
    async (stage, at) => {
      await stage.git(at, "switch", "-q", "-c", "side");
      await stage.commit(at, { "s.txt": "s\n" });
      await stage.git(at, "switch", "-q", "temoin/T-1/1");
      await stage.git(at, "merge", "-q", "--no-ff", "--no-commit", "side");
    },
    /unfinished there \(MERGE_HEAD\)/,
  ],
  [
    "a ref of its own",
    (stage, at) => stage.git(at, "update-ref", "refs/worktree/mine", "HEAD"),
    /refs of its own/,
  ],
  [
    "another repository in the place of its link",
    async (stage, at) => {
      await rm(path.join(at, ".git"));
      await stage.git(at, "init", "-q");
    },
    /not what git has put there/,
  ],
  [
    "a link in its place",
    async (stage, at) => {
      await rename(at, `${at}-moved`);
      await symlink(stage.top, at);
    },
    /a link lies in its place/,
  ],
];
for (const [what, make, says] of obstacles) {
  test(`a worktree with ${what} stays, also when it is asked for by name`, async () => {
    const { stage, at } = await prepared();
    await using _ = stage;
    assert.equal(await findInTheWay(stage.repository, at), null, "it was free before");
    await make(stage, at);
    assert.match((await findInTheWay(stage.repository, at)) ?? "", says);
    await assert.rejects(removeWorktree(stage.repository, at, nobody), /stays/);
    assert.ok(await isThere(path.join(stage.top, "a.txt")));
    assert.match(await stage.git(stage.top, "worktree", "list"), /temoin\/T-1\/1|worker-1/);
  });
}

test("a worktree goes with its record and its caches, a ref only from where it was seen", async () => {
  const { stage, base, workspace, at } = await prepared();
  await using _ = stage;
  await stage.write(at, { "out/cache": "c\n" });
  await removeWorktree(stage.repository, at, nobody);
  assert.equal(await isThere(at), false);
  assert.equal(await isThere(`${at}.json`), false);
  assert.equal((await survey(stage)).worktrees.length, 0);
  const ref = "refs/heads/temoin/T-1/1";
  const moved = await stage.commit(stage.top, { "n.txt": "n\n" });
  await stage.git(stage.top, "update-ref", ref, moved);
  await assert.rejects(removeRef(stage.repository, { ref, sha: base }));
  await removeRef(stage.repository, { ref, sha: moved });
  assert.deepEqual((await survey(stage)).refs, []);
  // And the slot can be used again.
  const again = await stage.workspaces.prepare(requestFor(workOf(2), base));
  assert.equal(again.path, workspace.path);
});

test("a worktree to which somebody has come since the look stays", async () => {
  const { stage, at } = await prepared();
  await using _ = stage;
  const seen = (await survey(stage)).worktrees.map(({ inTheWay, processes }) => [
    inTheWay,
    processes.length,
  ]);
  assert.deepEqual(seen, [[null, 0]]);
  const child = spawn("sleep", ["600"], { cwd: at, stdio: "ignore" });
  try {
    await once(child, "spawn");
    const standing = (_name: string, place: string): number[] =>
      readProcessTable().flatMap(({ pid }) => (standsIn(pid, place) ? [pid] : []));
    const says = new RegExp(`stays: process ${child.pid} is at work there`);
    await assert.rejects(removeWorktree(stage.repository, at, standing), says);
    assert.ok(await isThere(path.join(at, "a.txt")));
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});

test("a worktree in which a file appears after the last look is kept by git, under its lock", async () => {
  const { stage, at } = await prepared();
  await using _ = stage;
  const file = path.join(at, "late.txt");
  const writing = (): number[] => {
    writeFileSync(file, "late\n");
    return [];
  };
  await assert.rejects(removeWorktree(stage.repository, at, writing), /modified or untracked/);
  assert.ok(await isThere(file));
  assert.ok(await isThere(`${at}.json`));
  assert.match(await stage.git(stage.top, "worktree", "list", "--porcelain"), /^locked temoin$/m);
});

test("what lies beside the worktrees and is none is told as left over", async () => {
  const { stage, base, at } = await prepared();
  await using _ = stage;
  await rename(at, `${at}.kept-1`);
  await writeFile(path.join(path.dirname(at), "note.txt"), "a person's\n");
  await stage.workspaces.prepare(requestFor(workOf(2), base, slot(2)));
  const { leftovers, worktrees } = await survey(stage);
  const names = leftovers.map((one) => path.basename(one)).toSorted();
  assert.deepEqual(names, ["note.txt", "worker-1.kept-1"]);
  const gone = worktrees.find(({ name }) => name === "worker-1");
  assert.match(gone?.inTheWay ?? "", /its directory is gone/);
});
