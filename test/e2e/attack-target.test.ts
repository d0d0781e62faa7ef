/** What a person does to the target branch as a landing is about to move it: all of both sides is there. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hands } from "../../src/runner/hands.ts";
import { landings, type Scratch } from "./scratch-project.ts";
import { openStage, type Stage } from "./stage.ts";

const target = "refs/temoin/target/main";

/** Acts once, when all is tested and recorded and the target is about to move. */
function beforeSwap(act: () => Promise<unknown>): { decorate: (hands: Hands) => Hands } {
  let isDone = false;
  const decorate = (hands: Hands): Hands => ({
    ...hands,
    target: {
      ...hands.target,
      async swap(expected, next) {
        if (!isDone) {
          isDone = true;
          await act();
        }
        return hands.target.swap(expected, next);
      },
    },
  });
  return { decorate };
}

function openTwo(): Promise<Stage> {
  const config = { gates: [{ name: "there", run: "test -e README.md" }], target: "main" };
  return openStage({ agents: { ada: {} }, config });
}

const rewrites: Readonly<Record<string, (scratch: Scratch) => Promise<unknown>>> = {
  async amended(scratch) {
    await scratch.git("commit", "--quiet", "--amend", "--message", "another first");
  },
  async "replaced by another history"(scratch) {
    await scratch.git("checkout", "--quiet", "--orphan", "other");
    await scratch.git("commit", "--quiet", "--message", "another first");
    await scratch.git("branch", "--quiet", "--force", "main", "other");
    await scratch.git("checkout", "--quiet", "main");
  },
};

for (const [name, rewrite] of Object.entries(rewrites)) {
  test(`${name}, the branch is taken in and follows again`, async () => {
    await using stage = await openTwo();
    const { scratch } = stage;
    await stage.add("T-1 T-2");
    const act = async () => {
      await scratch.write("person.txt", "mine\n");
      await scratch.git("add", "--all");
      await rewrite(scratch);
    };
    const run = await stage.start(beforeSwap(act));
    assert.equal((await run.over).exitCode, 0);
    assert.deepEqual(await landings(scratch, target), ["T-1", "T-2"]);
    const files = "README.md person.txt work/T-1.txt work/T-2.txt".split(" ");
    const listed = await scratch.git("ls-tree", "-r", "--name-only", "main", ...files);
    assert.deepEqual(listed.split("\n"), files);
    assert.equal(await scratch.git("rev-parse", "main"), await scratch.git("rev-parse", target));
    assert.equal(await scratch.git("status", "--short"), "");
  });
}

test("deleted, the branch can be made again with all that has landed", async () => {
  await using stage = await openTwo();
  const { scratch } = stage;
  await stage.add("T-1 T-2");
  const act = async () => {
    await scratch.git("checkout", "--quiet", "-b", "aside");
    await scratch.git("branch", "--quiet", "-D", "main");
  };
  const run = await stage.start(beforeSwap(act));
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 4);
  const [, again = ""] = /`git (branch main [^`]+)` makes it again/.exec(why) ?? [];
  const refused = await scratch.temoin("run");
  assert.equal(refused.code, 2);
  assert.ok(refused.stderr.includes(`\`git ${again}\` makes it again`), refused.stderr);
  await scratch.git(...again.split(" "));
  assert.deepEqual(await landings(scratch), ["T-1", "T-2"]);
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.equal((await stage.app.state()).inbox.size, 0);
});
