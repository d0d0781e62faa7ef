/** What `prepare` promises: nothing is lost, and the slot goes on, whatever was left. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, readdir, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import type { CommitSha } from "../../src/domain/id.ts";
import {
  type OpenStage,
  prepareFirst,
  requestFor,
  type Stage,
  slot,
  workOf,
} from "./workspace-stage.ts";

export function prepareContract(name: string, open: OpenStage): void {
  const prepared = prepareFirst(open);

  describe(`workspaces ${name}: prepare`, () => {
    test("a slot's directory is on the attempt's branch at the base, outside the repository", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      assert.equal(await stage.head(at), base);
      assert.equal(await stage.git(at, "branch", "--show-current"), "temoin/T-1/1");
      assert.equal(workspace.branch, "temoin/T-1/1");
      assert(!at.startsWith(stage.top));
      assert.equal(await stage.git(stage.top, "status", "--porcelain"), "");
      const listed = await stage.git(stage.top, "worktree", "list", "--porcelain");
      assert.match(listed, /locked temoin worker-1/);
    });

    test("leftovers are saved, then gone, and ignored files are kept", async () => {
      const { stage, base, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "a.txt": "changed\n", "new/n.txt": "new\n", "out/cache": "warm" });
      await stage.git(at, "rm", "-q", "b.txt");
      await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
      assert.deepEqual((await readdir(at)).sort(), [".git", ".gitignore", "a.txt", "b.txt", "out"]);
      assert.equal(await stage.read(at, "out/cache"), "warm");
      const saved = "refs/temoin/saved/T-1/1/1";
      assert.equal(await stage.git(stage.top, "show", `${saved}:a.txt`), "changed");
      assert.equal(await stage.git(stage.top, "show", `${saved}:new/n.txt`), "new");
      await assert.rejects(stage.git(stage.top, "show", `${saved}:b.txt`));
    });

    test("using a slot again takes at most three calls of git when nothing was left", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "a.txt": "work\n" });
      await workspace.commit("Work\n");
      stage.calls.length = 0;
      await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert(stage.calls.length <= 3, stage.calls.map((args) => args.join(" ")).join("\n"));
    });

    test("two slots can be prepared at once", async () => {
      await using stage = await open();
      const base = await stage.head(stage.top);
      const made = await Promise.all(
        [1, 2, 3].map((n) => stage.workspaces.prepare(requestFor(workOf(n), base, slot(n)))),
      );
      for (const { path: at } of made) assert.equal(await stage.head(at), base);
      assert.equal(new Set(made.map((one) => one.path)).size, 3);
    });

    test("a branch of that name that holds commits is saved before it moves", async () => {
      await using stage = await open();
      const base = await stage.head(stage.top);
      const tree = await stage.git(stage.top, "rev-parse", "HEAD^{tree}");
      const lost = await stage.git(stage.top, "commit-tree", tree, "-p", base, "-m", "earlier");
      await stage.git(stage.top, "branch", "temoin/T-1/1", lost);
      const { path: at } = await stage.workspaces.prepare(requestFor(workOf(1), base));
      assert.equal(await stage.head(at), base);
      assert.equal(await stage.git(stage.top, "rev-parse", "refs/temoin/saved/T-1/1/1"), lost);
    });

    test("repositories that an agent has made inside are saved as files, and gone", async () => {
      const { stage, base, at } = await prepared();
      await using _ = stage;
      await stage.write(at, {
        "empty/e.txt": "e\n",
        "cloned/c.txt": "c\n",
        "cloned/deep/d.txt": "d\n",
      });
      await stage.git(path.join(at, "empty"), "init", "-q");
      await stage.git(path.join(at, "cloned", "deep"), "init", "-q");
      await stage.git(path.join(at, "cloned"), "init", "-q");
      await stage.git(path.join(at, "cloned"), "add", "c.txt");
      await stage.git(path.join(at, "cloned"), "commit", "-q", "-m", "c");
      // Also as an agent would commit it: as a pointer that nobody else can follow.
      await stage.git(at, "add", "cloned");
      await stage.git(at, "commit", "-q", "-m", "a pointer");
      await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
      assert(!existsSync(path.join(at, "empty")) && !existsSync(path.join(at, "cloned")));
      const listed = await stage.git(
        stage.top,
        "ls-tree",
        "-r",
        "--name-only",
        "refs/temoin/saved/T-1/1/1",
      );
      const names = listed.split("\n").filter((file) => file.includes("/"));
      assert.deepEqual(names, ["cloned/c.txt", "cloned/deep/d.txt", "empty/e.txt"]);
    });

    test("an unfinished merge is saved with its markers, and over", async () => {
      const { stage, base, at } = await prepared();
      await using _ = stage;
      await stage.commit(at, { "a.txt": "ours\n" });
      await stage.git(at, "switch", "-q", "-c", "side", base);
      await stage.commit(at, { "a.txt": "theirs\n" });
      await stage.git(at, "switch", "-q", "temoin/T-1/1");
      await assert.rejects(stage.git(at, "merge", "side"));
      await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
      await assert.rejects(stage.git(at, "rev-parse", "--verify", "--quiet", "MERGE_HEAD"));
      const saved = await stage.git(stage.top, "show", "refs/temoin/saved/T-1/1/1:a.txt");
      assert.match(saved, /<<<<<<<[\s\S]*ours[\s\S]*theirs/);
    });

    test("an unfinished rebase is over, and its commits are reachable", async () => {
      const { stage, base, at } = await prepared();
      await using _ = stage;
      const mine = await stage.commit(at, { "a.txt": "mine\n" });
      await stage.git(at, "switch", "-q", "-c", "side", base);
      await stage.commit(at, { "a.txt": "other\n" });
      await stage.git(at, "switch", "-q", "temoin/T-1/1");
      await assert.rejects(stage.git(at, "rebase", "side"));
      await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert.match(await stage.git(at, "status"), /^On branch temoin\/T-2\/1\nnothing to commit/);
      assert(await isReachable(stage, mine));
    });

    test("several slots that git has forgotten at once keep each its own files", async () => {
      const { stage, base } = await prepared();
      await using _ = stage;
      const numbers = [1, 2, 3, 4];
      for (const n of numbers) {
        const { path: at } = await stage.workspaces.prepare(requestFor(workOf(n), base, slot(n)));
        const files = Array.from({ length: 40 }, (_, m) => [`mine-${n}-${m}.txt`, "x\n"]);
        await stage.write(at, Object.fromEntries(files));
      }
      await rm(path.join(stage.repository.commonDir, "worktrees"), { recursive: true });
      await Promise.all(
        numbers.map((n) => stage.workspaces.prepare(requestFor(workOf(n + 10), base, slot(n)))),
      );
      for (const n of numbers) {
        const ref = `refs/temoin/saved/T-${n}/1/1`;
        const names = (await stage.git(stage.top, "ls-tree", "--name-only", ref)).split("\n");
        const mine = names.filter((name) => name.startsWith("mine-"));
        assert.equal(mine.length, 40, ref);
        assert.ok(
          mine.every((name) => name.startsWith(`mine-${n}-`)),
          ref,
        );
      }
    });

    const damages: readonly [what: string, damage: (at: string, stage: Stage) => Promise<void>][] =
      [
        ["`.git` is deleted", (at) => rm(path.join(at, ".git"))],
        [
          "`.git` is another repository",
          async (at, stage) => {
            await rm(path.join(at, ".git"));
            await stage.git(at, "init", "-q");
          },
        ],
        ["the index is damaged", async (at, stage) => truncate(await indexOf(stage, at), 40)],
        ["the index is gone", async (at, stage) => rm(await indexOf(stage, at))],
        [
          "a lock was left behind",
          async (at, stage) => writeFile(`${await indexOf(stage, at)}.lock`, ""),
        ],
        [
          "git has forgotten the worktree",
          (_at, { repository }) =>
            rm(path.join(repository.commonDir, "worktrees"), { recursive: true }),
        ],
        [
          "HEAD is nonsense",
          async (at, stage) => {
            await writeFile(path.join(path.dirname(await indexOf(stage, at)), "HEAD"), "nonsense");
          },
        ],
      ];
    for (const [what, damage] of damages) {
      test(`work is saved and the slot goes on when ${what}`, async () => {
        const { stage, base, at } = await prepared();
        await using _ = stage;
        await stage.write(at, { "a.txt": "changed\n", "n.txt": "new\n", "out/cache": "warm" });
        await damage(at, stage);
        await stage.workspaces.prepare(requestFor(workOf(2), base));
        assert.equal(await stage.git(at, "status", "--porcelain"), "");
        assert.equal(await stage.git(at, "branch", "--show-current"), "temoin/T-2/1");
        const kept = `${at}.kept-1`;
        if (isHopeless(what)) {
          assert.equal(await stage.read(kept, "n.txt"), "new\n");
          assert.match(stage.problems.join(), /The leftovers of T-1 are kept in/);
          return;
        }
        const saved = "refs/temoin/saved/T-1/1/1";
        assert.equal(await stage.git(stage.top, "show", `${saved}:a.txt`), "changed");
        assert.equal(await stage.git(stage.top, "show", `${saved}:n.txt`), "new");
        assert.equal(existsSync(path.join(at, "out/cache")), isMended(what));
        assert.deepEqual(stage.problems, []);
      });
    }

    test("a directory that the agent has removed is made again", async () => {
      const { stage, base, at } = await prepared();
      await using _ = stage;
      await stage.commit(at, { "a.txt": "work\n" });
      await rm(at, { recursive: true });
      const next = await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert.equal(next.path, at);
      assert.equal(await stage.head(at), base);
      assert.equal(await stage.git(stage.top, "show", "temoin/T-1/1:a.txt"), "work");
    });

    test("what git cannot save is moved aside as a whole, and told", async () => {
      const { stage, base, at } = await prepared();
      await using _ = stage;
      // A filter that fails stands for a file that cannot be read: tests may run as root.
      await stage.git(stage.top, "config", "filter.broken.clean", "false");
      await stage.git(stage.top, "config", "filter.broken.required", "true");
      await stage.write(at, { ".gitattributes": "n.txt filter=broken\n", "n.txt": "kept\n" });
      await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
      assert.equal(await stage.read(`${at}.kept-1`, "n.txt"), "kept\n");
      assert.match(stage.problems.join(), /leftovers of T-1 are kept in/);
    });

    test("hooks and signing of the person do not matter", async () => {
      const { stage, base, workspace, at } = await prepared({
        async before({ top, git, write }) {
          for (const hook of [
            "pre-commit",
            "post-checkout",
            "commit-msg",
            "reference-transaction",
          ]) {
            await write(top, { [`.git/hooks/${hook}`]: "#!/bin/sh\nexit 1\n" });
            await chmod(path.join(top, ".git/hooks", hook), 0o755);
          }
          await git(top, "config", "commit.gpgsign", "true");
          await git(top, "config", "gpg.program", "false");
        },
      });
      await using _ = stage;
      await stage.write(at, { "n.txt": "new\n" });
      const head = await workspace.commit("Work\n");
      assert.equal(await stage.git(stage.top, "rev-parse", `${head}^`), base);
      await stage.write(at, { "m.txt": "more\n" });
      await stage.workspaces.prepare(requestFor(workOf(2), base));
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
    });
  });
}

async function isReachable(stage: Stage, commit: CommitSha): Promise<boolean> {
  const all = await stage.git(stage.top, "rev-list", "--all");
  return all.split("\n").includes(commit);
}

async function indexOf(stage: Stage, at: string): Promise<string> {
  return stage.git(at, "rev-parse", "--path-format=absolute", "--git-path", "index");
}

/** Nothing can be read with it: the directory is kept as it is. */
function isHopeless(what: string): boolean {
  return what === "HEAD is nonsense";
}

/** The same directory goes on, with its caches; else it is made anew. */
function isMended(what: string): boolean {
  return what !== "git has forgotten the worktree";
}
