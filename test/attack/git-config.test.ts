/**
 * Settings and attributes that make git run programs, as an agent can write them into the
 * repository's own configuration, which all worktrees share: what temoin's git runs of them.
 */

import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { openStage, sh } from "../e2e/stage.ts";

/** Each program leaves its name in a file, and does nothing else. */
const settings = [
  "core.fsmonitor",
  "core.sshCommand",
  "core.editor",
  "core.pager",
  "core.askPass",
  "core.gitProxy",
  "core.alternateRefsCommand",
  "sequence.editor",
  "diff.external",
  "diff.hostile.command",
  "diff.hostile.textconv",
  "gpg.program",
  "credential.helper",
  "interactive.diffFilter",
  "merge.tool",
  "pager.diff",
  "pager.log",
  "uploadpack.packObjectsHook",
] as const;
const hooks = [
  ...["reference-transaction", "post-checkout", "pre-commit", "commit-msg", "post-commit"],
  ...["pre-merge-commit", "post-merge", "post-rewrite", "post-index-change", "pre-auto-gc"],
] as const;

test("of programs in git's settings, attributes and hooks none is run by temoin's git", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "there", run: "ls" }] },
    script: {
      "T-1": [
        sh('sh "$HOME/hostile.sh"; echo 1 > T-1.txt; echo "* diff=hostile" > .gitattributes'),
      ],
      "*": [sh('echo x > "$TEMOIN_TASK.txt"')],
    },
  });
  const { scratch } = stage;
  const ran = path.join(scratch.folder, "ran");
  const program = path.join(scratch.folder, "program");
  await writeFile(program, `#!/bin/sh\necho "$0 $*" >> "${ran}"\nexit 1\n`);
  await chmod(program, 0o755);
  const lines = [
    ...settings.map((name) => `git config ${name} "${program} ${name}"`),
    "git config commit.gpgSign true",
    "git config tag.gpgSign true",
    'd="$(git rev-parse --git-common-dir)/hooks"; mkdir -p "$d"',
    ...hooks.map((name) => `ln -sf "${program}" "$d/${name}"`),
  ];
  await writeFile(path.join(scratch.folder, "hostile.sh"), lines.join("\n"));
  await stage.add("T-1 T-2 T-3");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  const changed = run.problems.filter((says) => says.includes("has changed while agents"));
  assert.equal(changed.length, 2, run.problems.join("\n"));
  assert.match(changed.join("\n"), /\.git\/config` has .* as T-1 ended[\s\S]*\.git\/hooks` has/);
  for (const args of [["diff", "T-2"], ["show", "T-2"], ["status"], ["clean", "--yes"]]) {
    assert.equal((await scratch.temoin(...args)).code, 0, args.join(" "));
  }
  const told = await readFile(ran, "utf8").catch(() => "");
  assert.equal(told, "", "programs that were run");
  assert.equal(await scratch.git("config", "diff.external"), `${program} diff.external`);
});

test("a conductor that changes git's settings is told of as its call ends", async () => {
  const script = {
    "conductor/1": [sh("temoin acknowledge; git config core.pager evil; temoin cancel T-1")],
    "T-1": ["claim"],
  };
  await using stage = await openStage({
    script,
    agents: { ada: {} },
    config: { conductor: { order: ["ada"] }, attempts: { perTask: 1, feedbackRounds: 0 } },
  });
  await stage.add("T-1");
  const run = await stage.run();
  await run.over;
  assert.match(run.problems.join("\n"), /\.git\/config` has .* as the judgement ended/);
});
