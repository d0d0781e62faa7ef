/** Whatever an agent does in its directory: saved, all of it is reachable; prepared anew, none is left. */

import assert from "node:assert/strict";
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openStage, requestFor, type Stage, workOf } from "../../contract/workspace-stage.ts";

type Deed =
  | { readonly do: "write"; readonly file: string; readonly text: string }
  | { readonly do: "delete"; readonly file: string }
  | { readonly do: "rename"; readonly file: string; readonly to: string }
  | { readonly do: "nest"; readonly folder: string }
  | { readonly do: "git"; readonly args: readonly string[] };

const files = ["a.txt", "b.txt", "d/c.txt", "d/e/f.txt", "ü x.txt", "inner/g.txt"];
const file = fc.constantFrom(...files);
const commands: readonly (readonly string[])[] = [
  ["add", "-A"],
  ["add", "a.txt"],
  ["rm", "-q", "--cached", "b.txt"],
  ["commit", "-q", "-a", "-m", "own"],
  ["commit", "-q", "--amend", "--allow-empty", "-m", "amended"],
  ["commit", "-q", "--allow-empty", "-m", "empty"],
  ["switch", "-q", "-c", "other"],
  ["switch", "-q", "temoin/T-1/1"],
  ["switch", "-q", "main"],
  ["switch", "-q", "--detach"],
  ["checkout", "-q", "-f", "HEAD~"],
  ["reset", "-q", "--hard", "HEAD~"],
  ["reset", "-q", "HEAD~"],
  ["merge", "-q", "other"],
  ["rebase", "-q", "other"],
  ["cherry-pick", "other"],
  ["branch", "-q", "-D", "temoin/T-1/1"],
  ["update-index", "--assume-unchanged", "a.txt"],
];

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("write"), file, text: fc.string({ maxLength: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete"), file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rename"), file, to: file }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("nest"), folder: fc.constantFrom("d", "d/e", "inner") }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("git"), args: fc.constantFrom(...commands) }),
  },
);

test("after `save` every file is reachable, after `prepare` the tree is the base", async () => {
  await using stage = await openStage({
    files: { "a.txt": "a\n", "b.txt": "b\n", "d/c.txt": "c\n" },
  });
  const base = await stage.head(stage.top);
  const pristine = JSON.stringify([...(await filesOf(stage.top))].sort());
  let n = 1;
  let { path: at } = await stage.workspaces.prepare(requestFor(workOf(1), base));
  const prove = async (deeds: readonly Deed[]): Promise<void> => {
    await clearBranches(stage, at);
    const workspace = await stage.workspaces.prepare(requestFor(workOf(1, n), base));
    at = workspace.path;
    for (const one of deeds) await doDeed(stage, { at, branch: workspace.branch, deed: one });
    const there = await filesOf(at);
    const saved = await workspace.save(workOf(1, n), "a property");
    const found = saved ?? base;
    const held = await stage.git(stage.top, "rev-list", "--objects", "--no-object-names", found);
    const reachable = new Set(held.split("\n"));
    for (const [name] of there) {
      const blob = await stage.git(at, "hash-object", "--no-filters", path.join(at, name));
      assert(reachable.has(blob), `${name} is not in ${found}`);
    }
    assert.deepEqual(await filesOf(at), there);
    n += 1;
    const next = await stage.workspaces.prepare(requestFor(workOf(1, n), base));
    assert.equal(JSON.stringify([...(await filesOf(next.path))].sort()), pristine);
    assert.equal(await stage.head(next.path), base);
    assert.equal(await stage.git(next.path, "status", "--porcelain"), "");
    n += 1;
  };
  // Out of time, fast-check lets go of a round that is still at work.
  let round = Promise.resolve();
  const property = fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 7 }), (deeds) => {
    round = prove(deeds);
    return round;
  });
  await fc.assert(property, { numRuns: 8, interruptAfterTimeLimit: 12_000 });
  await round;
  assert.deepEqual(stage.problems, []);
});

/** What one run made is not the next one's concern. */
async function clearBranches(stage: Stage, at: string): Promise<void> {
  await stage.git(at, "checkout", "-q", "--detach");
  await stage.git(stage.top, "branch", "-q", "-D", "other").catch(() => "there was none");
}

interface DeedAt {
  readonly at: string;
  readonly branch: string;
  readonly deed: Deed;
}

/** What cannot be done just then (a commit of nothing, a file that is not there) is left undone. */
async function doDeed(stage: Stage, { at, branch, deed: one }: DeedAt): Promise<void> {
  try {
    if (one.do === "write") {
      await mkdir(path.dirname(path.join(at, one.file)), { recursive: true });
      await writeFile(path.join(at, one.file), one.text);
    } else if (one.do === "delete") await rm(path.join(at, one.file));
    else if (one.do === "rename") await rename(path.join(at, one.file), path.join(at, one.to));
    else if (one.do === "nest") {
      await mkdir(path.join(at, one.folder), { recursive: true });
      await stage.git(path.join(at, one.folder), "init", "-q");
    } else {
      await stage.git(at, ...one.args.map((arg) => arg.replace("temoin/T-1/1", branch)));
    }
  } catch {
    // As an agent's own mistakes: the next deed finds whatever is there.
  }
}

/** Files by their path, with their content; nothing of any `.git`. */
async function filesOf(dir: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(dir, { recursive: true })) {
    if (name.split(path.sep).includes(".git")) continue;
    const full = path.join(dir, name);
    if ((await lstat(full)).isFile()) found.set(name, await readFile(full, "latin1"));
  }
  return found;
}
