/** A repository that wants temoin to write elsewhere, and other users who want to read along. */

import assert from "node:assert/strict";
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { socketPath } from "../../src/app/places.ts";
import { openStage, wait, write } from "../e2e/stage.ts";

const mode = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

test("state, worktrees, sockets and tokens are for their user alone, also where they were not", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: { "*": [wait("go"), write("x.txt", "x\n")] },
  });
  const { scratch } = stage;
  const state = path.join(scratch.dir, ".temoin");
  const worktrees = path.join(scratch.folder, "state", "temoin");
  for (const open of [state, worktrees]) {
    await mkdir(open, { recursive: true });
    await chmod(open, 0o777);
  }
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  const socket = socketPath(scratch.env, await stage.app.place());
  const found = await Promise.all(
    [state, worktrees, path.dirname(socket), socket, path.join(state, "tokens.json")].map(mode),
  );
  assert.deepEqual(found, ["700", "700", "700", "600", "600"]);
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0);
});

test("a `.temoin` that is a link is refused, by whoever would write into it", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "there", run: "ls" }] },
  });
  const { scratch } = stage;
  const victim = path.join(scratch.folder, "victim");
  await mkdir(victim);
  await symlink(victim, path.join(scratch.dir, ".temoin"));
  for (const args of [
    ["add", "a title"],
    ["run"],
    ["up"],
    ["gate", "run"],
    ["clean", "--yes"],
    ["init"],
  ]) {
    const { code, stderr } = await scratch.temoin(...args);
    assert.equal(code, 1, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, /Cannot keep anything in `.*\.temoin`: it is a link\./, args.join(" "));
  }
  assert.deepEqual(await readdir(victim), []);
});

test("a queue, tokens or rules that came with the repository begin no run", async () => {
  await using stage = await openStage({ agents: { ada: {} } });
  const { scratch } = stage;
  await scratch.write(".temoin/tokens.json", '{"ada-1":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}');
  await scratch.git("add", "--force", ".temoin");
  await scratch.git("commit", "--quiet", "--message", "a gift");
  const { code, stderr } = await scratch.temoin("run");
  assert.equal(code, 1);
  assert.match(stderr, /Cannot work with `\.temoin\/tokens\.json`: git tracks it\./);
  await scratch.git("rm", "--quiet", "-r", "--cached", ".temoin");
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 0);
});

test("a log whose path leads out of the repository by a link is written elsewhere", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { log: { file: "LOG.md", status: "docs/STATUS.md" } },
  });
  const { scratch } = stage;
  const profile = path.join(scratch.folder, "profile");
  await writeFile(profile, "mine\n");
  await symlink(profile, path.join(scratch.dir, "LOG.md"));
  await mkdir(path.join(scratch.folder, "elsewhere"));
  await symlink("../elsewhere", path.join(scratch.dir, "docs"));
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.equal(await readFile(profile, "utf8"), "mine\n");
  assert.deepEqual(await readdir(path.join(scratch.folder, "elsewhere")), []);
  assert.ok((await lstat(path.join(scratch.dir, ".temoin", "LOG.md"))).isFile());
  assert.ok((await lstat(path.join(scratch.dir, ".temoin", "STATUS.md"))).isFile());
  const told = run.problems.filter((says) => says.includes("leads out of the repository"));
  assert.equal(told.length, 2);
});
