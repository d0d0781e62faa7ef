/** What the target promises (`src/workspaces/workspace.ts`), as tests over real repositories. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import type { CommitSha } from "../../src/domain/id.ts";
import type { MergeRequest } from "../../src/workspaces/workspace.ts";
import { type OpenStage, requestFor, type Stage, sha, workOf } from "./workspace-stage.ts";

export function targetContract(name: string, open: OpenStage): void {
  describe(`target ${name}: read`, () => {
    test("it begins where the branch is, and takes in what the person adds", async () => {
      await using stage = await open();
      const first = await stage.head(stage.top);
      assert.deepEqual(await stage.target.read(), { sha: first, diverged: null });
      assert.equal(await tip(stage), first);
      const second = await stage.commit(stage.top, { "a.txt": "person\n" });
      assert.deepEqual(await stage.target.read(), { sha: second, diverged: null });
      assert.equal(await tip(stage), second);
    });

    test("when both have moved, the person's commits are merged in", async () => {
      await using stage = await open();
      const landed = await land(stage, { "n.txt": "landed\n" });
      const theirs = await stage.commit(stage.top, { "a.txt": "person\n" });
      const { sha: both, diverged } = await stage.target.read();
      assert.equal(diverged, null);
      assert.equal(await parents(stage, both), `${landed} ${theirs}`);
      assert.equal((await stage.target.read()).sha, both);
      assert.deepEqual(await stage.target.follow(), { followed: true });
      assert.equal(await stage.read(stage.top, "n.txt"), "landed\n");
    });

    test("when both have changed the same lines, a sentence says where", async () => {
      await using stage = await open({ unionFiles: ["b.txt"] });
      const landed = await land(stage, { "a.txt": "landed\n", "b.txt": "b\nlanded\n" });
      await stage.commit(stage.top, { "a.txt": "person\n", "b.txt": "b\nperson\n" });
      const { sha: still, diverged } = await stage.target.read();
      assert.equal(still, landed);
      assert.match(diverged ?? "", /`a\.txt`: run `git merge refs\/temoin\/target\/main`/);
      assert.doesNotMatch(diverged ?? "", /b\.txt/);
      const follow = await stage.target.follow();
      assert(!follow.followed);
      assert.match(follow.why, /`main` has commits that are not in the target/);
    });

    test("its ref deleted or moved back by an agent, it is where it was", async () => {
      await using stage = await open();
      const first = (await stage.target.read()).sha;
      const landed = await land(stage, { "n.txt": "landed\n" });
      const ref = "refs/temoin/target/main";
      await stage.git(stage.top, "update-ref", "-d", ref);
      assert.equal((await stage.target.read()).sha, landed);
      await stage.git(stage.top, "update-ref", ref, first);
      assert.deepEqual(await stage.target.follow(), { followed: true });
      assert.equal(await stage.head(stage.top), landed);
    });

    test("read by several at once, it is the same", async () => {
      await using stage = await open();
      await land(stage, { "n.txt": "landed\n" });
      await stage.commit(stage.top, { "a.txt": "person\n" });
      const reads = await Promise.all([1, 2, 3].map(() => stage.target.read()));
      assert.equal(new Set(reads.map((one) => one.sha)).size, 1);
    });
  });

  describe(`target ${name}: looking at commits`, () => {
    test("an overlay has some files as another commit has them, deleted and new ones too", async () => {
      await using stage = await open();
      const from = await stage.head(stage.top);
      await rm(path.join(stage.top, "b.txt"));
      const head = await stage.commit(stage.top, {
        "a.txt": "new\n",
        "c.txt": "c\n",
        "d.txt": "d\n",
      });
      const paths = ["a.txt", "b.txt", "c.txt"];
      const laid = await stage.target.overlay({ head, from, paths });
      assert(laid !== null);
      const names = await stage.git(stage.top, "ls-tree", "--name-only", laid);
      assert.equal(names, ".gitignore\na.txt\nb.txt\nd.txt");
      assert.equal(await stage.git(stage.top, "show", `${laid}:a.txt`), "a");
      assert.equal(await stage.target.overlay({ head, from, paths: [".gitignore"] }), null);
      assert.equal(await stage.git(stage.top, "status", "--porcelain"), "");
    });

    test("the scratch worktree is another than the landing's, and is put back", async () => {
      await using stage = await open();
      const { sha: first } = await stage.target.read();
      const at = await stage.target.scratch.checkout(first);
      assert.notEqual(at, await stage.target.checkout(first));
      await stage.write(at, { "a.txt": "by a gate\n", "n.txt": "n\n" });
      assert.deepEqual(await stage.target.scratch.tidy(), ["a.txt", "n.txt"]);
      assert.equal(await stage.read(at, "a.txt"), "a\n");
      assert.deepEqual(await stage.target.tidy(), []);
    });

    test("commits on the way are told with their tasks, the newest first", async () => {
      await using stage = await open();
      const from = await stage.head(stage.top);
      await stage.commit(stage.top, { "a.txt": "1\n" });
      const to = await stage.commit(stage.top, { "b.txt": "2\n" });
      const lines = await stage.target.commitsBetween(from, to);
      assert.deepEqual(
        lines.map((line) => line.replace(/^\S+ /, "")),
        ["Write b.txt", "Write a.txt"],
      );
    });
  });

  describe(`target ${name}: merge`, () => {
    test("a merge has two parents, a squash one, and no file of anybody changes", async () => {
      await using stage = await open();
      const onto = await stage.commit(stage.top, { "b.txt": "moved on\n" });
      const head = await work(stage, { "n.txt": "new\n" }, `${onto}~`);
      const merged = await merge(stage, { onto, head, mode: "merge" });
      const squashed = await merge(stage, { onto, head, mode: "squash" });
      assert.equal(await parents(stage, merged), `${onto} ${head}`);
      assert.equal(await parents(stage, squashed), onto);
      for (const made of [merged, squashed]) {
        assert.equal(await stage.git(stage.top, "show", `${made}:n.txt`), "new");
        assert.equal(await stage.git(stage.top, "show", `${made}:b.txt`), "moved on");
        const task = "--format=%(trailers:key=Temoin-Task,valueonly)";
        assert.equal(await stage.git(stage.top, "log", "-1", task, made), "T-1\n");
      }
      assert.equal(await stage.git(stage.top, "status", "--porcelain"), "");
      assert.equal(await stage.head(stage.top), onto);
    });

    test("a conflict is told by its files", async () => {
      await using stage = await open();
      const base = await stage.head(stage.top);
      const onto = await stage.commit(stage.top, { "a.txt": "one\n", "ü x.txt": "one\n" });
      const head = await work(stage, { "a.txt": "two\n", "ü x.txt": "two\n" }, base);
      assert.deepEqual(await stage.target.merge(request({ onto, head })), {
        kind: "conflict",
        files: ["a.txt", "ü x.txt"],
      });
    });

    test("what the target holds already is nothing", async () => {
      await using stage = await open();
      const onto = await stage.head(stage.top);
      const empty = await work(stage, {}, onto);
      assert.deepEqual(await stage.target.merge(request({ onto, head: empty })), {
        kind: "nothing",
      });
      assert.deepEqual(await stage.target.merge(request({ onto, head: onto })), {
        kind: "nothing",
      });
    });

    test("report files keep both sides' lines, also when both have made them", async () => {
      const files = {
        "CLAUDE.md": "top\n",
        "docs/CLAUDE.md": "top\n",
        ".gitattributes": "*.x -text\n",
      };
      await using stage = await open({ files, unionFiles: ["CLAUDE.md", "DONE [log].md"] });
      const base = await stage.head(stage.top);
      const one = { "CLAUDE.md": "top\none\n", "DONE [log].md": "one\n" };
      const two = { "CLAUDE.md": "top\ntwo\n", "DONE [log].md": "two\n" };
      const onto = await stage.commit(stage.top, one);
      const head = await work(stage, two, base);
      const merged = await merge(stage, { onto, head });
      assert.equal(await stage.git(stage.top, "show", `${merged}:CLAUDE.md`), "top\none\ntwo");
      const log = await stage.git(stage.top, "show", `${merged}:DONE [log].md`);
      assert.deepEqual(log.split("\n").sort(), ["one", "two"]);
      const clash = await work(stage, { "docs/CLAUDE.md": "top\ntwo\n" }, base);
      const other = await stage.commit(stage.top, { "docs/CLAUDE.md": "top\none\n" });
      const refused = await stage.target.merge(request({ onto: other, head: clash }));
      assert.deepEqual(refused, { kind: "conflict", files: ["docs/CLAUDE.md"] });
    });

    test("merge drivers of the repository's own .gitattributes count", async () => {
      const files = { "CHANGES.md": "top\n", ".gitattributes": "CHANGES.md merge=union\n" };
      await using stage = await open({ files });
      const base = await stage.head(stage.top);
      const onto = await stage.commit(stage.top, { "CHANGES.md": "top\none\n" });
      const head = await work(stage, { "CHANGES.md": "top\ntwo\n" }, base);
      const merged = await merge(stage, { onto, head });
      assert.equal(await stage.git(stage.top, "show", `${merged}:CHANGES.md`), "top\none\ntwo");
    });

    test("work without a common history is merged all the same", async () => {
      await using stage = await open();
      const onto = await stage.head(stage.top);
      const tree = await stage.git(
        stage.top,
        "rev-parse",
        `${await work(stage, { "n.txt": "n\n" }, onto)}^{tree}`,
      );
      const head = sha(await stage.git(stage.top, "commit-tree", tree, "-m", "orphan"));
      const merged = await merge(stage, { onto, head });
      assert.equal(await stage.git(stage.top, "show", `${merged}:n.txt`), "n");
      assert.equal(await stage.target.mergeBase(head), onto);
    });
  });

  describe(`target ${name}: swap, contains, changedSince, checkout`, () => {
    test("the target moves only from where it is expected", async () => {
      await using stage = await open();
      const { sha: first } = await stage.target.read();
      const next = await work(stage, { "n.txt": "n\n" }, first);
      assert.equal(await stage.target.swap(next, first), false);
      assert.equal(await stage.target.contains(next), false);
      assert.equal(await stage.target.swap(first, next), true);
      assert.equal(await stage.target.swap(first, next), false);
      assert.equal(await stage.target.contains(next), true);
      assert.equal(await stage.target.contains(first), true);
      assert.equal(await stage.target.contains(sha("0".repeat(39).concat("1"))), false);
      assert.equal(await stage.head(stage.top), first);
    });

    test("where work left the target, and what has changed there since", async () => {
      await using stage = await open();
      const { sha: base } = await stage.target.read();
      const head = await work(stage, { "n.txt": "n\n" }, base);
      await land(stage, { "a.txt": "landed\n", "é.txt": "é\n" });
      assert.equal(await stage.target.mergeBase(head), base);
      assert.deepEqual(await stage.target.changedSince(base), ["a.txt", "é.txt"]);
    });

    test("the landing's worktree is at the commit, clean, with ignored files kept", async () => {
      await using stage = await open();
      const { sha: base } = await stage.target.read();
      const next = await work(stage, { "n.txt": "n\n" }, base);
      const at = await stage.target.checkout(next);
      assert.equal(await stage.head(at), next);
      assert.equal(await stage.git(at, "branch", "--show-current"), "");
      await stage.write(at, { "n.txt": "gate\n", "junk/j": "j", "out/cache": "warm" });
      assert.equal(await stage.target.checkout(base), at);
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
      assert.equal(await stage.head(at), base);
      assert.equal(await stage.read(at, "out/cache"), "warm");
      assert(!existsSync(path.join(at, "n.txt")) && !existsSync(path.join(at, "junk")));
      await rm(at, { recursive: true });
      assert.equal(await stage.head(await stage.target.checkout(next)), next);
    });
  });

  describe(`target ${name}: follow`, () => {
    test("the branch that is checked out follows, around uncommitted work elsewhere", async () => {
      await using stage = await open();
      const landed = await land(stage, { "n.txt": "n\n" });
      await stage.write(stage.top, { "a.txt": "uncommitted\n", "mine.txt": "untracked\n" });
      assert.deepEqual(await stage.target.follow(), { followed: true });
      assert.equal(await stage.head(stage.top), landed);
      assert.equal(await stage.read(stage.top, "n.txt"), "n\n");
      assert.equal(await stage.read(stage.top, "a.txt"), "uncommitted\n");
      assert.equal(await stage.read(stage.top, "mine.txt"), "untracked\n");
      assert.deepEqual(await stage.target.follow(), { followed: true });
    });

    test("a branch that is not checked out follows by its ref", async () => {
      await using stage = await open();
      const landed = await land(stage, { "n.txt": "n\n" });
      await stage.git(stage.top, "switch", "-q", "--detach");
      assert.deepEqual(await stage.target.follow(), { followed: true });
      assert.equal(await stage.git(stage.top, "rev-parse", "main"), landed);
      assert(!existsSync(path.join(stage.top, "n.txt")));
    });

    test("a branch that is checked out in a second worktree follows there", async () => {
      await using stage = await open();
      const landed = await land(stage, { "n.txt": "n\n" });
      await stage.git(stage.top, "switch", "-q", "-c", "elsewhere");
      const second = path.join(stage.root, "second tree");
      await stage.git(stage.top, "worktree", "add", "-q", second, "main");
      assert.deepEqual(await stage.target.follow(), { followed: true });
      assert.equal(await stage.head(second), landed);
      assert.equal(await stage.read(second, "n.txt"), "n\n");
    });

    test("an agent's directory is never written to, whatever branch it is on", async () => {
      await using stage = await open();
      const before = await stage.head(stage.top);
      await land(stage, { "n.txt": "n\n" });
      const { path: at } = await stage.workspaces.prepare(requestFor(workOf(9), before));
      await stage.git(stage.top, "switch", "-q", "--detach");
      await stage.git(at, "switch", "-q", "main");
      const follow = await stage.target.follow();
      assert(!follow.followed);
      assert.match(follow.why, /An agent has `main` checked out/);
      assert.equal(await stage.head(at), before);
      await stage.git(stage.top, "switch", "-q", "main", "--ignore-other-worktrees");
      await stage.git(at, "switch", "-q", "--detach");
      await rm(path.join(at, ".git"));
      assert.deepEqual(await stage.target.follow(), { followed: true });
    });

    const obstacles: readonly Obstacle[] = [
      {
        what: "uncommitted changes of a landed file",
        put: (stage) => stage.write(stage.top, { "a.txt": "mine\n" }),
        file: "a.txt",
        says: /`a\.txt` has uncommitted changes; commit or stash them, then `git merge/,
      },
      {
        what: "staged changes of a landed file",
        async put(stage) {
          await stage.write(stage.top, { "a.txt": "mine\n" });
          await stage.git(stage.top, "add", "a.txt");
        },
        file: "a.txt",
        says: /`a\.txt` has uncommitted changes/,
      },
      {
        what: "an untracked file of a landed name",
        put: (stage) => stage.write(stage.top, { "new.txt": "mine\n" }),
        file: "new.txt",
        says: /untracked `new\.txt` would be lost; move it away/,
      },
      {
        what: "an ignored file of a landed name",
        put: (stage) => stage.write(stage.top, { "secret.env": "mine\n" }),
        file: "secret.env",
        says: /`secret\.env` would be lost/,
      },
    ];
    for (const { what, put, file, says } of obstacles) {
      test(`${what}: it stays, and a sentence names it`, async () => {
        await using stage = await open({ files: { "a.txt": "a\n", ".gitignore": "*.env\n" } });
        const before = await stage.head(stage.top);
        await land(stage, { "a.txt": "landed\n", "new.txt": "n\n", "secret.env": "s\n" });
        await put(stage);
        const follow = await stage.target.follow();
        assert(!follow.followed);
        assert.match(follow.why, says);
        assert.equal(await stage.read(stage.top, file), "mine\n");
        assert.equal(await stage.head(stage.top), before);
      });
    }

    test("a held index is left alone, and named", async () => {
      await using stage = await open();
      await land(stage, { "n.txt": "n\n" });
      await writeFile(path.join(stage.top, ".git", "index.lock"), "");
      const follow = await stage.target.follow();
      assert(!follow.followed);
      assert.match(follow.why, /index\.lock/);
      assert(existsSync(path.join(stage.top, ".git", "index.lock")));
    });

    test("an unfinished merge or rebase of the person is left alone, and named", async () => {
      await using stage = await open();
      await stage.git(stage.top, "switch", "-q", "-c", "side");
      await stage.commit(stage.top, { "a.txt": "side\n" });
      await stage.git(stage.top, "switch", "-q", "main");
      const before = await stage.commit(stage.top, { "a.txt": "main\n" });
      await land(stage, { "n.txt": "n\n" });
      await assert.rejects(stage.git(stage.top, "merge", "side"));
      const merging = await stage.target.follow();
      assert(!merging.followed);
      assert.match(merging.why, /merge|unmerged/);
      await stage.git(stage.top, "merge", "--abort");
      await assert.rejects(stage.git(stage.top, "rebase", "side"));
      const rebasing = await stage.target.follow();
      assert(!rebasing.followed);
      assert.match(rebasing.why, /A rebase of `main` is unfinished/);
      await stage.git(stage.top, "rebase", "--abort");
      assert.equal(await stage.head(stage.top), before);
      assert.deepEqual(await stage.target.follow(), { followed: true });
    });
  });
}

interface Obstacle {
  readonly what: string;
  readonly put: (stage: Stage) => Promise<unknown>;
  readonly file: string;
  readonly says: RegExp;
}

/** A commit over `base`, made in a slot. */
async function work(
  stage: Stage,
  files: Readonly<Record<string, string>>,
  base: string,
): Promise<CommitSha> {
  const from = sha(await stage.git(stage.top, "rev-parse", base));
  const { path: at } = await stage.workspaces.prepare(requestFor(workOf(1), from));
  await stage.write(at, files);
  await stage.git(at, "add", "-A", "-f");
  await stage.git(at, "commit", "-q", "--allow-empty", "-m", "Work");
  return stage.head(at);
}

/** The files on the target, as a landing would put them there. The person's branch stays. */
async function land(stage: Stage, files: Readonly<Record<string, string>>): Promise<CommitSha> {
  const { sha: expected } = await stage.target.read();
  const head = await work(stage, files, expected);
  assert.equal(await stage.target.swap(expected, head), true);
  return head;
}

async function merge(stage: Stage, parts: Partial<MergeRequest> & Sides): Promise<CommitSha> {
  const merged = await stage.target.merge(request(parts));
  assert.equal(merged.kind, "merged");
  assert("sha" in merged);
  return merged.sha;
}

interface Sides {
  readonly onto: CommitSha;
  readonly head: CommitSha;
}

function request(parts: Partial<MergeRequest> & Sides): MergeRequest {
  const message = "T-1: Title\n\nTemoin-Task: T-1\n";
  return { mode: "merge", message, ...parts };
}

function parents(stage: Stage, commit: CommitSha): Promise<string> {
  return stage.git(stage.top, "log", "-1", "--format=%P", commit);
}

async function tip(stage: Stage): Promise<CommitSha> {
  return sha(await stage.git(stage.top, "rev-parse", "--verify", "refs/temoin/target/main"));
}
