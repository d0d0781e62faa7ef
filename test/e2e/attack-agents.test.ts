/** Agents that are clumsy or hostile: each task lands once all the same, and git stays sound. */

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { landings } from "./scratch-project.ts";
import { openStage, type Stage, sh } from "./stage.ts";

/** Its work is done first; then the deed. A deed that fails is no failure of the agent. */
function after(deed: string): readonly unknown[] {
  return [sh(`echo "$TEMOIN_TASK" > "$TEMOIN_TASK.txt"; ${deed}`)];
}

async function assertSound(stage: Stage, tasks: readonly string[]): Promise<void> {
  const { scratch } = stage;
  assert.deepEqual((await landings(scratch)).toSorted(), tasks.toSorted());
  for (const task of tasks) assert.equal(await scratch.git("show", `main:${task}.txt`), task);
  await scratch.git("fsck", "--strict");
  assert.equal(await scratch.git("status", "--porcelain"), "");
}

const commitAll = 'git add --all && git -c user.name=A -c user.email=a@b commit --quiet -m "mine"';

test("whatever an agent does to its own git, its work lands once", async () => {
  const script = {
    "no-link": after("rm .git"),
    "other-link": after("echo hello > .git"),
    "own-repo": after("rm .git; git init --quiet ."),
    inner: after("git init --quiet inner; echo x > inner/x; cd inner; git add x"),
    lock: after('touch "$(git rev-parse --git-dir)/index.lock"'),
    index: after('echo garbage > "$(git rev-parse --git-dir)/index"'),
    elsewhere: after("git checkout --quiet --ignore-other-worktrees main"),
    detached: after(`git checkout --quiet --detach; ${commitAll}`),
    orphan: after(`git checkout --quiet --orphan alone; ${commitAll}`),
    branchless: after('git update-ref -d "$(git symbolic-ref HEAD)"'),
    collected: after("git gc --prune=now --quiet"),
    refless: after(
      "git for-each-ref --format='delete %(refname)' refs/temoin | git update-ref --stdin",
    ),
    hooks: after(
      'mkdir "$HOME/h"; printf "#!/bin/sh\\nexit 1\\n" > "$HOME/h/reference-transaction"; ' +
        'chmod +x "$HOME/h/reference-transaction"; git config core.hooksPath "$HOME/h"',
    ),
  };
  await using stage = await openStage({ script, agents: { ada: {} } });
  const tasks = Object.keys(script);
  await stage.add(tasks.join(" "));
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  for (const task of tasks) {
    assert.deepEqual([task, await stage.attempts(task)], [task, ["verified ada"]]);
  }
  await assertSound(stage, tasks);
});

test("a branch is not moved under files that an agent has hidden from git", async () => {
  const script = { "T-1": after("git config core.bare true") };
  await using stage = await openStage({ script, agents: { ada: {} } });
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 4);
  assert.match((await run.over).why, /for bare: run `git config core\.bare false` there/);
  await stage.scratch.git("config", "core.bare", "false");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  await assertSound(stage, ["T-1"]);
});

test("a link in the place of a worktree leads no git to the person's own files", async () => {
  const here = 'd="$PWD"; cd /; rm -rf "$d"';
  const script = {
    "checkout/1": after(`${here}; ln -s "$HOME/project" "$d"`),
    "landing/1": after('d="$(dirname "$PWD")/landing"; rm -rf "$d"; ln -s "$HOME/own" "$d"'),
    "foreign/1": after(
      'd="$(dirname "$PWD")/landing"; rm -rf "$d"; mkdir "$d"; cp "$HOME/own/.git" "$d/.git"',
    ),
    "*": after("true"),
  };
  await using stage = await openStage({
    script,
    agents: { ada: {} },
    config: { gates: [{ name: "there", run: "ls" }] },
  });
  const { scratch } = stage;
  await scratch.git("worktree", "add", "--quiet", "-b", "own", "../own");
  const own = path.join(scratch.folder, "own", "mine.txt");
  await writeFile(own, "mine\n");
  await scratch.write("mine.txt", "mine\n");
  await scratch.write("README.md", "edited\n");
  await stage.add("checkout landing foreign last");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.match(run.problems.join("\n"), /is a link, not the directory that was there/);
  assert.deepEqual(await stage.attempts("checkout"), ["crashed ada", "verified ada"]);
  assert.equal((await landings(scratch)).length, 4);
  assert.equal(await scratch.git("status", "--porcelain"), "M README.md\n?? mine.txt");
  assert.equal(await readFile(own, "utf8"), "mine\n");
  assert.equal(await scratch.git("-C", "../own", "branch", "--show-current"), "own");
  assert.equal(await scratch.git("-C", "../own", "status", "--porcelain"), "?? mine.txt");
});

test("a worktree that an agent removes costs that attempt, and nothing else", async () => {
  const script = {
    "gone/1": after('rm -rf "$PWD"'),
    "removed/1": after('git worktree remove --force --force "$PWD"'),
    "*": after("true"),
  };
  await using stage = await openStage({ script });
  await stage.add("gone removed other");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  const outcomes = (await stage.attempts("gone")).map((text) => text.split(" ")[0]);
  assert.deepEqual(outcomes, ["crashed", "verified"]);
  await assertSound(stage, ["gone", "removed", "other"]);
});

test("files of every kind and name are landed or left out, and stop nobody", async () => {
  const names = [
    "a\nb",
    '"quoted"',
    "-rf",
    " lead ",
    "tab\t",
    "*?[",
    "\\",
    "ä🎉",
    "--",
    "$(touch x)",
  ];
  const touchAll =
    'echo names > names.txt; for f in "$@" "$(printf "bad\\377")"; do echo x > "./$f"; done';
  const odd = ["mkfifo pipe", "ln -s /etc out", "ln -s loop loop", "ln -s /nowhere gone"];
  const script = {
    names: [{ run: ["sh", "-c", touchAll, "sh", ...names] }],
    odd: after(`${odd.join("; ")}; mkdir shut; echo x > shut/x; chmod 000 shut`),
  };
  await using stage = await openStage({ script, agents: { ada: {} } });
  await stage.add("names odd");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  await assertSound(stage, ["names", "odd"]);
  const tree = await stage.scratch.run("git", ["ls-tree", "-z", "--name-only", "main"]);
  const listed = tree.stdout.split("\0");
  for (const name of names) assert(listed.includes(name), JSON.stringify(name));
  assert(!listed.includes("pipe"));
  await stage.scratch.run("sh", ["-c", `chmod -R u+rwx "${stage.scratch.folder}"`]);
});

test("what an agent leaves running is ended with its turn, daemons too", async () => {
  const script = {
    "T-1": after("i=0; while [ $i -lt 30 ]; do sleep 300 & i=$((i+1)); done"),
    "T-2": after('setsid sh -c "while :; do date > late.txt; sleep 0.02; done" >/dev/null 2>&1 &'),
    "T-3": after("exec >&- 2>&- <&-"),
  };
  await using stage = await openStage({ script });
  await stage.add("T-1 T-2 T-3");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual((await landings(stage.scratch)).toSorted(), ["T-1", "T-2", "T-3"]);
});

test("pipes and links in the place of files that temoin reads or writes hold nobody up", async () => {
  const script = {
    pipe: after("mkfifo package-lock.json"),
    "section-link/1": after('ln -s "$HOME/outside.md" DONE.md'),
    "section-link/2": after("rm DONE.md"),
    "section-pipe/1": after("mkfifo DONE.md"),
    link: after("rm .git; mkfifo .git"),
    "*": after("true"),
  };
  await using stage = await openStage({
    script,
    agents: { ada: {} },
    config: { setup: "true", log: { completed: "DONE.md" } },
  });
  const tasks = ["section-link", "section-pipe", "pipe", "link", "last"];
  await stage.add(tasks.join(" "));
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  await assertSound(stage, tasks);
  assert(!(await readdir(stage.scratch.folder)).includes("outside.md"));
  const why = (await stage.task("section-link")).attempts[0];
  assert.match(JSON.stringify(why), /DONE\.md`: it leads out of the workspace/);
  const sections = await stage.scratch.read("DONE.md");
  for (const task of tasks) assert(sections.includes(`### ${task}: COMPLETED`), task);
});

test("an agent has no say over the run: cancel, run and down are refused", async () => {
  const temoin = path.resolve(import.meta.dirname, "../../bin/temoin");
  const verbs = ["cancel T-2", "run", "down --now"];
  const asked = verbs.map((verb) => `"${temoin}" ${verb}; echo $? >> "$HOME/codes"`);
  const script = { "T-1": after(asked.join("; ")), "*": after("true") };
  await using stage = await openStage({ script, agents: { ada: {} } });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0);
  const codes = await readFile(path.join(stage.scratch.folder, "codes"), "utf8");
  assert.equal(codes, "1\n1\n1\n");
  await assertSound(stage, ["T-1", "T-2"]);
});
