/** What `save` and `inspect` promise: all of it, and nothing is touched. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { type OpenStage, prepareFirst, workOf } from "./workspace-stage.ts";

export function saveContract(name: string, open: OpenStage): void {
  const prepared = prepareFirst(open);

  describe(`workspaces ${name}: save`, () => {
    test("files, index and HEAD stay as they are, and odd files do no harm", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(at, {
        "staged.txt": "s\n",
        "a.txt": "x\n",
        "line\nbreak": "odd\n",
        "é ☂": "é\n",
      });
      await stage.git(at, "add", "staged.txt");
      await writeFile(Buffer.concat([Buffer.from(`${at}/bad-`), Buffer.from([0xff])]), "bytes\n");
      await symlink("nowhere", path.join(at, "link"));
      await stage.write(at, { "out/ignored": "i" });
      await writeFile(path.join(at, "large"), Buffer.alloc(20_000_000, "x"));
      execFileSync("mkfifo", [path.join(at, "fifo")]);
      const before = await stage.git(at, "status", "--porcelain=v2", "-z");
      const saved = await workspace.save(workOf(1), "a test");
      assert(saved !== null);
      assert.equal(await stage.git(at, "status", "--porcelain=v2", "-z"), before);
      assert.equal(await stage.head(at), base);
      assert.equal(await stage.git(at, "rev-parse", `${saved}^`), base);
      const listed = await stage.git(at, "ls-tree", "-r", "-z", "--name-only", saved);
      const names = [
        ".gitignore",
        "a.txt",
        "b.txt",
        "bad-\ufffd",
        "large",
        "line\nbreak",
        "link",
        "staged.txt",
        "é ☂",
      ];
      assert.deepEqual(listed.split("\0").filter(Boolean), names);
      assert.match(await stage.git(at, "log", "-1", "--format=%B", saved), /T-1[\s\S]*a test/);
    });

    test("a glance tells a change of any file that counts, and leaves the index alone", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      const index = () => stage.git(at, "ls-files", "--stage", "--debug");
      const before = await index();
      const glances = [await workspace.glance()];
      assert.equal(await workspace.glance(), glances[0]);
      await stage.write(at, { "out/ignored": "i" });
      assert.equal(await workspace.glance(), glances[0], "an ignored file");
      await stage.write(at, { "new/deep/é ☂": "1\n" });
      glances.push(await workspace.glance());
      await stage.write(at, { "new/deep/é ☂": "1\n2\n" });
      glances.push(await workspace.glance());
      await stage.write(at, { "a.txt": "x\n" });
      glances.push(await workspace.glance());
      await rm(path.join(at, "a.txt"));
      glances.push(await workspace.glance());
      assert.equal(await index(), before);
      await stage.git(at, "add", "--all");
      await stage.git(at, "commit", "--quiet", "--message", "its own");
      glances.push(await workspace.glance());
      assert.equal(new Set(glances).size, glances.length);
    });

    test("nothing is saved of what is not there", async () => {
      const { stage, workspace } = await prepared();
      await using _ = stage;
      assert.equal(await workspace.save(workOf(1), "a test"), null);
      assert.equal(await stage.git(stage.top, "for-each-ref", "refs/temoin/saved"), "");
    });

    test("what the agent has committed is told without a ref; what `commit` returned is not", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      const own = await stage.commit(at, { "a.txt": "own\n" });
      assert.equal(await workspace.save(workOf(1), "a test"), own);
      assert.equal(await stage.git(stage.top, "for-each-ref", "refs/temoin/saved"), "");
      await stage.write(at, { "n.txt": "n\n" });
      await workspace.commit("Work\n");
      assert.equal(await workspace.save(workOf(1), "a test"), null);
    });

    test("saving twice keeps both, and the same thing once", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      await stage.write(at, { "n.txt": "one\n" });
      await workspace.save(workOf(1), "a test");
      await stage.write(at, { "n.txt": "two\n" });
      await workspace.save(workOf(1), "a test");
      assert.equal(await stage.git(at, "show", "refs/temoin/saved/T-1/1/1:n.txt"), "one");
      assert.equal(await stage.git(at, "show", "refs/temoin/saved/T-1/1/2:n.txt"), "two");
    });

    test("files that git was told to take for unchanged are saved", async () => {
      const { stage, workspace, at } = await prepared();
      await using _ = stage;
      await stage.git(at, "update-index", "--assume-unchanged", "a.txt");
      await stage.write(at, { "a.txt": "hidden\n" });
      const saved = await workspace.save(workOf(1), "a test");
      assert.equal(await stage.git(at, "show", `${saved}:a.txt`), "hidden");
    });

    test("it needs no name of a person", async () => {
      const { stage, workspace, at } = await prepared({ nameless: true });
      await using _ = stage;
      await stage.write(at, { "n.txt": "n\n" });
      const saved = await workspace.save(workOf(1), "a test");
      const format = "--format=%an <%ae> %cn <%ce>";
      const shown = await stage.git(at, "log", "-1", format, String(saved));
      assert.equal(shown, "temoin <temoin@localhost> temoin <temoin@localhost>");
    });
  });

  describe(`workspaces ${name}: inspect`, () => {
    test("it tells every change from the base to the files as they are", async () => {
      const { stage, base, workspace, at } = await prepared({
        files: {
          "a.txt": "a\n",
          "b.txt": "b\n",
          "long.txt": "1\n2\n3\n4\n5\n",
          ".gitignore": "out/\n",
        },
      });
      await using _ = stage;
      await stage.commit(at, { "a.txt": "committed\n" });
      await stage.write(at, { "a.txt": "and more\n", "é.txt": "new\n", "out/ignored": "i" });
      await rm(path.join(at, "b.txt"));
      await rename(path.join(at, "long.txt"), path.join(at, "moved.txt"));
      const seen = await workspace.inspect(base, []);
      assert.deepEqual(seen.changed, [
        { path: "a.txt", change: "modified" },
        { path: "b.txt", change: "deleted" },
        { path: "moved.txt", change: "renamed" },
        { path: "é.txt", change: "added" },
      ]);
      assert.equal(seen.head, await stage.head(at));
      assert.equal(seen.branch, "temoin/T-1/1");
      assert.deepEqual([seen.stray, seen.uncommitted, seen.ownCommits], [false, true, 1]);
      assert.deepEqual(seen.unmerged, []);
    });

    test("added lines of report files are told, of untracked ones too, and between two commits", async () => {
      const { stage, base, workspace, at } = await prepared({
        files: { "CLAUDE.md": "one\ntwo\n" },
      });
      await using _ = stage;
      await appendFile(path.join(at, "CLAUDE.md"), "### T-1: COMPLETED\n++ plus\n");
      await stage.write(at, { "DONE LOG*.md": "first\r\nsecond" });
      const files = ["CLAUDE.md", "DONE LOG*.md", "none.md"];
      const seen = await workspace.inspect(base, files);
      assert.deepEqual(seen.addedLines, {
        "CLAUDE.md": ["### T-1: COMPLETED", "++ plus"],
        "DONE LOG*.md": ["first", "second"],
      });
      const to = await workspace.commit("All of it");
      await appendFile(path.join(at, "CLAUDE.md"), "not in it\n");
      assert.deepEqual(await workspace.addedLines({ from: base, to }, files), seen.addedLines);
    });

    test("a flood in the place of a report file holds no report, and keeps nobody", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      const flood = `${"\n".repeat(4 * 1024 ** 2)}### T-1: COMPLETED\n`;
      await stage.write(at, { "CLAUDE.md": flood, "AGENTS.md": "one\n" });
      const seen = await workspace.inspect(base, ["CLAUDE.md", "AGENTS.md"]);
      assert.deepEqual(Object.keys(seen.addedLines), ["AGENTS.md"]);
    });

    test("an unfinished merge is told by its files, and temoin's commits are not the agent's", async () => {
      const { stage, base, workspace, at } = await prepared();
      await using _ = stage;
      await stage.git(at, "switch", "-q", "-c", "side");
      await stage.commit(at, { "a.txt": "theirs\n" });
      await stage.git(at, "switch", "-q", "temoin/T-1/1");
      await stage.write(at, { "a.txt": "ours\n" });
      await workspace.commit("Work\n");
      assert.equal((await workspace.inspect(base, [])).ownCommits, 0);
      await assert.rejects(stage.git(at, "merge", "side"));
      assert.deepEqual((await workspace.inspect(base, [])).unmerged, ["a.txt"]);
    });
  });
}
