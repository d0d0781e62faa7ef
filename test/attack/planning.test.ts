/** An agent that plans, and reaches for more than its draft. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { exampleDraft } from "../../src/prompts/planning-prompt.ts";
import { handIn, openPlanner } from "../e2e/plan-stage.ts";
import { sh } from "../e2e/stage.ts";

test("who puts a link to the repository in the place of its seat does not sit there at its next turn", async () => {
  const script = {
    "plan/1/1": [sh('seat=$(pwd -P); cd / && rm -rf "$seat" && ln -s "$HOME/project" "$seat"')],
    "plan/1/2": [sh('pwd -P > "$HOME/where"; echo x > by-agent.txt'), handIn(exampleDraft)],
  };
  await using scratch = await openPlanner(script);
  const ended = await scratch.temoin("plan", "Sell bread");
  assert.equal(ended.code, 0, ended.stderr);
  const where = await readFile(path.join(scratch.folder, "where"), "utf8");
  assert.equal(path.basename(where.trim()), "plan");
  assert.equal(await scratch.git("status", "--porcelain"), "");
});

test("who removes its seat has another one at its next turn", async () => {
  const script = {
    "plan/1/1": [sh('seat=$(pwd -P); cd / && rm -rf "$seat" && touch "$seat"')],
    "plan/1/2": [sh("test -f README.md && touch $HOME/there"), handIn(exampleDraft)],
  };
  await using scratch = await openPlanner(script);
  const ended = await scratch.temoin("plan", "Sell bread");
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(await readFile(path.join(scratch.folder, "there"), "utf8"), "");
});

test("settings and hooks that it leaves for the person's git are told at its end", async () => {
  const hook = 'hooks="$(git rev-parse --git-common-dir)/hooks"; mkdir -p "$hooks"';
  const script = {
    plan: [
      sh(`git config core.pager evil; ${hook}; echo evil > "$hooks/post-commit"`),
      handIn(exampleDraft),
    ],
  };
  await using scratch = await openPlanner(script);
  const ended = await scratch.temoin("plan", "Sell bread");
  assert.equal(ended.code, 0, ended.stderr);
  for (const file of ["config", "hooks"]) {
    assert.match(ended.stderr, new RegExp(`\\.git/${file} has changed meanwhile`));
  }
});

test("an answer that it gives in the person's place is shown before it counts", async () => {
  const answers = "  **Answers**:\n  - may I delete the old store: yes\n\n  **Acceptance**:";
  const script = { plan: [handIn(exampleDraft.replace("  **Acceptance**:", answers))] };
  await using scratch = await openPlanner(script);
  const ended = await scratch.temoin("plan", "Sell bread");
  assert.match(ended.stdout, /^ {4}is answered unasked: may I delete the old store: yes$/m);
});
