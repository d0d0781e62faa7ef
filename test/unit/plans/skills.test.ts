/** Where the document that a skill names lies in a repository. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { findSkill, skillsIn } from "../../../src/plans/skills.ts";

const files = [
  "README.md",
  "agents_library/baker.md",
  "agents_library/both.md",
  ".claude/agents/seller.md",
  ".claude/agents/both.md",
  "skills/cleaner/SKILL.md",
  "docs/deep/only.md",
  "docs/a/twice.md",
  "twice/SKILL.md",
];

const places: readonly (readonly [skill: string, path: string])[] = [
  ["agents_library/baker.md", "agents_library/baker.md"],
  ["baker.md", "agents_library/baker.md"],
  ["@baker.md", "agents_library/baker.md"],
  ["baker", "agents_library/baker.md"],
  ["./README.md", "README.md"],
  ["both.md", "agents_library/both.md"],
  ["seller.md", ".claude/agents/seller.md"],
  ["cleaner", "skills/cleaner/SKILL.md"],
  ["cleaner.md", "skills/cleaner/SKILL.md"],
  ["/home/me/shop/agents_library/baker.md", "agents_library/baker.md"],
  ["/home/me/.claude/agents/both.md", ".claude/agents/both.md"],
  ["only.md", "docs/deep/only.md"],
];

for (const [skill, path] of places) {
  test(`the skill ${skill} is found`, () => {
    assert.deepEqual(findSkill(skill, files), { found: true, path });
  });
}

test("of several documents of a name elsewhere the person has to choose", () => {
  assert.deepEqual(findSkill("twice.md", files), {
    found: false,
    candidates: ["twice/SKILL.md", "docs/a/twice.md"],
  });
});

test("a skill that is nowhere has no candidates", () => {
  assert.deepEqual(findSkill("nobody.md", files), { found: false, candidates: [] });
  assert.deepEqual(findSkill("", files), { found: false, candidates: [] });
});

test("a bare name takes the folder that the prompt gives, and files of no skill are none", () => {
  const prompt = "Load @/srv/x/agents_library/baker.md and @seller.md, then edit @README.md.";
  assert.deepEqual(skillsIn({ named: ["@baker.md + @seller.md"], skillsText: "", prompt }), [
    "agents_library/baker.md",
    "seller.md",
  ]);
});
