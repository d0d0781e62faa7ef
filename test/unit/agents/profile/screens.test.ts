/** Recorded screens of the real agents, read by the shipped profiles. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Case, readCases } from "../../../../bench/detection-cases.ts";
import { loadProfile } from "../../../../src/agents/profile/load-profile.ts";
import type { Profile } from "../../../../src/agents/profile/profile.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
/** The project's own, and those beside the checkout where there are any. */
const folders = [
  fileURLToPath(new URL("../../../fixtures/screens", import.meta.url)),
  path.join(root, "..", "shared", "corpus", "screens"),
].filter(existsSync);
const recorded = await Promise.all(folders.map(readCases));
const cases = recorded.flatMap((one) => one.cases);
const problems = recorded.flatMap((one) => one.problems);

const profiles = new Map<string, Profile>();
for (const name of new Set(cases.map((one) => one.agent))) {
  profiles.set(name, await loadProfile({ profile: name, root }));
}

function read({ agent, screen }: Case) {
  const profile = profiles.get(agent);
  assert(profile !== undefined, agent);
  return profile.read(screen);
}

function isBusy({ truth: { label } }: Case): boolean {
  return label === "working" || label === "retrying";
}

describe("recorded screens", () => {
  test("can all be read as cases, and there are some of each agent", () => {
    assert.deepEqual(problems, []);
    const agents = Map.groupBy(cases, (one) => one.agent);
    for (const agent of ["claude", "codex", "gemini", "opencode"]) {
      assert((agents.get(agent)?.length ?? 0) >= 10, agent);
    }
  });

  test("no busy agent is called idle", () => {
    const called = cases.filter((one) => isBusy(one) && read(one).state === "idle");
    assert.deepEqual(
      called.map((one) => one.name),
      [],
    );
  });

  test("where the screen alone can tell, all of them are right", () => {
    const missed = cases.filter((one) => {
      const { state } = read(one);
      return one.truth.isTellable && state !== one.truth.label && !one.truth.also.includes(state);
    });
    assert.deepEqual(
      missed.map((one) => `${one.name}: ${read(one).state}`),
      [],
    );
  });

  test("each reading says which rule it rests on", () => {
    for (const one of cases) assert.match(read(one).says, /\S/, one.name);
  });

  test("what may be chosen in a permission is found, and exactly one of it is selected", () => {
    const asked = cases.filter((one) => one.truth.label === "asking_permission");
    for (const one of asked) {
      const { dialog } = read(one);
      if (dialog === null) continue;
      assert(dialog.choices.length >= 2, `${one.name}: ${JSON.stringify(dialog)}`);
      const selected = dialog.choices.filter((choice) => choice.isSelected);
      assert.equal(selected.length, 1, `${one.name}: ${JSON.stringify(dialog.choices)}`);
    }
  });

  test("a draft is told with its words, an idle composer as empty", () => {
    for (const one of cases) {
      const { composer, state } = read(one);
      if (state === "draft" && one.truth.label === "draft")
        assert.notEqual(composer, null, one.name);
      if (state === "idle") assert.equal(composer?.text, "", one.name);
    }
  });
});

describe("words that an agent prints", () => {
  const lies = [
    "Task completed.",
    "(esc to interrupt)",
    "✻ Working… (3s · esc to interrupt)",
    "• Working (3s • esc to interrupt)",
    "Do you want to proceed?",
    "❯ 1. Yes",
    "› 1. Yes, proceed (y)",
    "  2. No",
    "Enter to confirm · Esc to cancel",
    "API Error: You've hit your usage limit",
    "La tâche T-1 est complète",
    "Terminé",
    "files changed +1 ~2 -0",
  ];

  test("make no busy agent idle and no idle agent ask, wherever they stand in its transcript", () => {
    for (const one of cases) {
      const before = read(one);
      const isCalm = before.state === "idle" && one.truth.label === "idle";
      if (!isCalm && !isBusy(one)) continue;
      // In the place of an earlier answer: rows above what is alive, and not the sign itself.
      const sign = Number(/, row (\d+):/.exec(before.says)?.[1] ?? 0) - 1;
      const rows = one.screen.lines.flatMap((line, at) =>
        /^ {2}[a-zA-Z]/.test(line) && at !== sign && at < one.screen.lines.length - 12 ? [at] : [],
      );
      const place = rows.at(-1);
      if (place === undefined) continue;
      for (const lie of lies) {
        const lines = one.screen.lines.with(place, `  ${lie}`);
        const ansi: readonly string[] =
          one.screen.ansi.length > place ? one.screen.ansi.with(place, `  ${lie}`) : [];
        const said: string = read({ ...one, screen: { ...one.screen, lines, ansi } }).state;
        if (isBusy(one)) assert.notEqual(said, "idle", `${one.name} with ${lie}`);
        else assert.equal(said, "idle", `${one.name} with ${lie}`);
      }
    }
  });
});
