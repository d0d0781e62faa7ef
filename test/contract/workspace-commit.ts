/** What `commit`, `append` and `open` promise, and the diff of what was committed. */

import assert from "node:assert/strict";
import { chmod, rm, symlink, utimes } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { diffFromTarget } from "../../src/workspaces/target.ts";
import {
  type OpenStage,
  prepareFirst,
  requestFor,
  type Stage,
  slot,
  workOf,
} from "./workspace-stage.ts";

export function commitContract(name: string, open: OpenStage): void {
  const prepared = prepareFirst(open);

  describe(`workspaces ${name}: commit`, () => {
    test("all changes go on the attempt's branch, and nothing is left to commit", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "a.txt": "x\n", "n/n.txt": "n\n" });
      const head = await workspace.commit("Work\n\nTemoin-Task: T-1\n");
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
      assert.equal(await stage.git(at, "rev-parse", "temoin/T-1/1"), head);
      assert.equal(await stage.git(at, "rev-parse", `${head}^`), base);
      const key = "--format=%(trailers:key=Temoin-Task,valueonly)%an";
      assert.equal(await stage.git(at, "log", "-1", key), "T-1\nPat");
      assert.equal(await workspace.commit("Again\n"), head);
    });

    test("a finished merge of the agent becomes a merge", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      await stage.git(at, "switch", "-q", "-c", "side");
      const side = await stage.commit(at, { "s.txt": "s\n" });
      await stage.git(at, "switch", "-q", "temoin/T-1/1");
      await stage.git(at, "merge", "-q", "--no-ff", "--no-commit", "side");
      const head = await workspace.commit("Work\n");
      assert.equal(await stage.git(at, "log", "-1", "--format=%P", head), `${base} ${side}`);
      assert.doesNotMatch(await stage.git(at, "status"), /merg/);
    });

    test("a change within the second of the index, of the same length, is seen when a later one is there", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      // Then nothing but the time of the index tells that this file may have changed since.
      await stage.git(at, "config", "core.trustctime", "false");
      const file = path.join(at, "a.txt");
      const index = await stage.git(
        at,
        "rev-parse",
        "--path-format=absolute",
        "--git-path",
        "index",
      );
      const second = 1_700_000_000;
      await utimes(file, second, second);
      await stage.git(at, "update-index", "--refresh");
      await stage.write(at, { "a.txt": "x\n" });
      for (const one of [file, index]) await utimes(one, second, second);
      assert.equal((await workspace.inspect(base, [])).changed.length, 1);
      const head = await workspace.commit("Work\n");
      assert.equal(await stage.git(at, "show", `${head}:a.txt`), "x");
    });

    const since: Readonly<Record<string, (stage: Stage, at: string) => Promise<unknown>>> = {
      nothing: async () => undefined,
      "a new file": (stage, at) => stage.write(at, { "new/n.txt": "new\n" }),
      "other text of the same length": (stage, at) => stage.write(at, { "a.txt": "y\n" }),
      "a file gone": (_, at) => rm(path.join(at, "a.txt")),
      "a file made executable": (_, at) => chmod(path.join(at, "a.txt"), 0o755),
      "an ignored file added": async (stage, at) => {
        await stage.write(at, { "out/kept": "k\n" });
        await stage.git(at, "add", "--force", "out/kept");
      },
      "a file ignored by now": (stage, at) => stage.write(at, { ".gitignore": "out/\nu.txt\n" }),
      "a change hidden from git": async (stage, at) => {
        await stage.git(at, "update-index", "--assume-unchanged", "b.txt");
        await stage.write(at, { "b.txt": "hidden\n" });
      },
      "a commit of the agent": (stage, at) => stage.commit(at, { "c.txt": "c\n" }),
      "a repository within": async (stage, at) => {
        await stage.git(at, "init", "--quiet", "inner");
        await stage.commit(path.join(at, "inner"), { "i.txt": "i\n" });
      },
    };
    for (const [deed, act] of Object.entries(since)) {
      test(`after a look it commits as without one, with ${deed} since`, async () => {
        const { stage, base, workspace, at } = await prepared();
        await using _ = stage;
        const both = { "a.txt": "x\n", "u.txt": "untracked\n" };
        const second = requestFor(workOf(2), base, slot(2));
        const other = await stage.workspaces.prepare(second);
        for (const place of [at, other.path]) await stage.write(place, both);
        await workspace.inspect(base, []);
        for (const place of [at, other.path]) await act(stage, place);
        const before = stage.calls.length;
        const head = await workspace.commit("Work\n");
        const asked = stage.calls.slice(before).map(([verb]) => verb);
        const fresh = await other.commit("Work\n");
        const treeOf = (sha: string) => stage.git(at, "rev-parse", `${sha}^{tree}`);
        assert.equal(await treeOf(head), await treeOf(fresh));
        assert.equal(await stage.git(at, "status", "--porcelain"), "");
        // What is in the index is listed for a whole look only.
        assert.equal(asked.includes("ls-files"), deed !== "nothing");
      });
    }

    test("what a gate changes after it is undone and named; ignored files stay", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "a.txt": "work\n" });
      const head = await workspace.commit("Work\n");
      assert.deepEqual(await workspace.restore(head), []);
      await stage.write(at, { "b.txt": "by the gate\n", "new/n.txt": "n\n", "out/cache": "c\n" });
      await rm(path.join(at, "a.txt"));
      assert.deepEqual(await workspace.restore(head), ["a.txt", "b.txt", "new/n.txt"]);
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
      assert.equal(await stage.read(at, "a.txt"), "work\n");
      assert.equal(await stage.read(at, "out/cache"), "c\n");
      assert.equal(await workspace.has("new/n.txt"), false);
      await stage.commit(at, { "c.txt": "committed by the gate\n" });
      assert.deepEqual(await workspace.restore(head), ["HEAD", "c.txt"]);
      assert.equal(await stage.git(at, "rev-parse", "temoin/T-1/1"), head);
      await stage.git(at, "switch", "-q", "-c", "elsewhere");
      assert.deepEqual(await workspace.restore(head), ["HEAD"]);
      assert.equal(await stage.git(at, "branch", "--show-current"), "temoin/T-1/1");
    });

    const strays: readonly Stray[] = [
      {
        what: "another branch",
        do: async (git) => {
          await git("switch", "-q", "-c", "other");
        },
      },
      {
        what: "a detached HEAD",
        do: async (git) => {
          await git("switch", "-q", "--detach");
        },
      },
      {
        what: "a branch whose own is deleted",
        do: async (git) => {
          await git("switch", "-q", "-c", "other");
          await git("branch", "-q", "-D", "temoin/T-1/1");
        },
      },
      {
        what: "an amended commit",
        do: async (git) => {
          await git("commit", "-q", "--allow-empty", "-m", "first");
          await git("commit", "-q", "--amend", "--allow-empty", "-m", "amended");
        },
      },
      {
        what: "a branch from elsewhere, after commits on its own",
        do: async (git) => {
          await git("commit", "-q", "--allow-empty", "-m", "own");
          await git("switch", "-q", "-c", "other", "main");
        },
      },
      {
        what: "its own branch, reset",
        do: async (git) => {
          await git("commit", "-q", "--allow-empty", "-m", "own");
          await git("reset", "-q", "--hard", "HEAD~");
        },
      },
    ];
    for (const stray of strays) {
      test(`work on ${stray.what} is taken in`, async () => {
        const { stage, base, workspace, at } = await prepared();
        await using _ = stage;
        await stray.do((...args) => stage.git(at, ...args));
        const own = await stage.commit(at, { "a.txt": "strayed\n" });
        await stage.write(at, { "n.txt": "uncommitted\n" });
        const head = await workspace.commit("Work\n");
        assert.equal(await stage.git(at, "rev-parse", "temoin/T-1/1"), head);
        assert.equal(await stage.git(at, "branch", "--show-current"), "temoin/T-1/1");
        assert.equal(await stage.git(at, "status", "--porcelain"), "");
        assert.equal(await stage.read(at, "a.txt"), "strayed\n");
        assert.equal(await stage.read(at, "n.txt"), "uncommitted\n");
        await stage.git(at, "merge-base", "--is-ancestor", own, head);
        assert.equal((await workspace.inspect(base, [])).stray, false);
      });
    }

    test("a target that moves on under an agent that has checked it out loses nothing", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      await stage.git(at, "checkout", "-q", "--ignore-other-worktrees", "main");
      await stage.write(at, { "n.txt": "the agent's\n" });
      const landed = await stage.commit(stage.top, { "landed.txt": "meanwhile\n" });
      const head = await workspace.commit("Work\n");
      const change = await stage.git(at, "diff", "--name-status", `${landed}...${head}`);
      assert.equal(change, "A\tn.txt");
    });

    test("a target that moves on while an agent checks it out loses nothing", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      const landed = await stage.commit(stage.top, { "landed.txt": "meanwhile\n" });
      await stage.git(stage.top, "reset", "-q", "--hard", base);
      // It runs when the files are there and HEAD is not: what the log of HEAD then tells is too new.
      const hook = `#!/bin/sh\ngit update-ref refs/heads/main ${landed}\n`;
      const file = path.join(stage.top, ".git", "hooks", "post-index-change");
      await stage.write(path.dirname(file), { "post-index-change": hook });
      await chmod(file, 0o755);
      await stage.git(at, "checkout", "-q", "--ignore-other-worktrees", "main");
      await rm(file);
      await stage.write(at, { "n.txt": "the agent's\n" });
      const head = await workspace.commit("Work\n");
      const change = await stage.git(at, "diff", "--name-status", `${landed}...${head}`);
      assert.equal(change, "A\tn.txt");
    });

    test("commits on both sides that conflict: the last work counts, the other is kept", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      const first = await stage.commit(at, { "a.txt": "first\n" });
      await stage.git(at, "switch", "-q", "--detach", base);
      const second = await stage.commit(at, { "a.txt": "second\n" });
      assert.equal((await workspace.inspect(base, [])).stray, true);
      assert.equal(await workspace.commit("Work\n"), second);
      assert.equal(await stage.read(at, "a.txt"), "second\n");
      assert.equal(await stage.git(at, "rev-parse", "refs/temoin/saved/T-1/1/1"), first);
    });

    test("commits on both sides that merge are merged", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      await stage.commit(at, { "one.txt": "1\n" });
      await stage.git(at, "switch", "-q", "--detach", base);
      await stage.commit(at, { "two.txt": "2\n" });
      await workspace.commit("Work\n");
      assert.equal(await stage.read(at, "one.txt"), "1\n");
      assert.equal(await stage.read(at, "two.txt"), "2\n");
      assert.equal(await stage.git(at, "status", "--porcelain"), "");
    });

    test("a HEAD that has only looked at an earlier commit comes back", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      const own = await stage.commit(at, { "a.txt": "work\n" });
      await stage.git(at, "switch", "-q", "--detach", base);
      assert.equal(await workspace.commit("Work\n"), own);
      assert.equal(await stage.read(at, "a.txt"), "work\n");
    });

    test("a commit of temoin's that the agent has rewritten stays on a saved ref", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "a.txt": "round one\n" });
      const first = await workspace.commit("Work\n");
      await stage.git(at, "reset", "-q", "--hard", base);
      await stage.write(at, { "a.txt": "round two\n" });
      const head = await workspace.commit("Work\n");
      assert.equal(await stage.git(at, "rev-parse", `${head}^`), base);
      assert.equal(await stage.git(at, "rev-parse", "refs/temoin/saved/T-1/1/1"), first);
    });
  });

  describe(`workspaces ${name}: the rest`, () => {
    test("`append` goes on a new line, also in a file that is not there", async () => {
      const { stage, workspace, at } = await prepared({ files: { "CLAUDE.md": "no end" } });
      await using _ = stage;
      await workspace.append("CLAUDE.md", "more\n");
      await workspace.append("docs/DONE.md", "first\n");
      assert.equal(await stage.read(at, "CLAUDE.md"), "no end\nmore\n");
      assert.equal(await stage.read(at, "docs/DONE.md"), "first\n");
    });

    test("`append` does not leave the workspace, by a path or by a link", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(stage.root, { "outside.md": "mine\n" });
      await symlink(path.join(stage.root, "outside.md"), path.join(at, "link.md"));
      await assert.rejects(workspace.append("../out.md", "x"), { code: "refused" });
      await assert.rejects(workspace.append("link.md", "x"), { code: "refused" });
      assert.equal(await stage.read(stage.root, "outside.md"), "mine\n");
    });

    test("`open` finds the directory as it stands, with its branch and its work", async () => {
      const { stage, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "n.txt": "left\n" });
      const found = await stage.workspaces.open(slot(1));
      assert(found !== null);
      assert.deepEqual([found.path, found.branch], [at, "temoin/T-1/1"]);
      assert.equal(await stage.read(at, "n.txt"), "left\n");
      assert.notEqual(await found.save(workOf(1), "a test"), null);
      assert.equal(await stage.workspaces.open(slot(2)), null);
      await rm(at, { recursive: true });
      assert.equal(await stage.workspaces.open(slot(1)), null);
    });

    test("a diff from the target is the change since the work left it", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "a.txt": "x\n" });
      const head = await workspace.commit("Work\n");
      await stage.commit(stage.top, { "b.txt": "meanwhile\n" });
      const text = await diffFromTarget(stage.repository, stage.target.branch, head);
      assert.match(text, /^diff --git a\/a\.txt[\s\S]*\n-a\n\+x$/);
      assert.doesNotMatch(text, /b\.txt/);
    });
  });
}

interface Stray {
  readonly what: string;
  readonly do: (git: (...args: string[]) => Promise<string>) => Promise<void>;
}
