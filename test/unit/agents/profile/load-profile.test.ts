import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { loadProfile, shippedProfiles } from "../../../../src/agents/profile/load-profile.ts";
import type { ShownDialog } from "../../../../src/agents/profile/profile.ts";
import type { AppError } from "../../../../src/lib/app-error.ts";

async function scratch(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(path.join(tmpdir(), "temoin-profile-"));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(root, name), text);
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

function load(profile: string, root = "/") {
  return loadProfile({ profile, root });
}

function screen(lines: readonly string[], title: string | null = null) {
  return { cols: 80, rows: 24, lines, ansi: [], cursor: null, title, isAlternate: false };
}

describe("shipped profiles", () => {
  test("all of them can be loaded; those that nothing proves say so", async () => {
    const names = await shippedProfiles();
    const proven = new Map<string, string | null>();
    for (const name of names) proven.set(name, (await load(name)).proven);
    assert.deepEqual(Object.fromEntries(proven), {
      aider: null,
      amp: null,
      antigravity: null,
      claude: "2.1.197",
      codex: "0.169.0",
      gemini: "0.61.0",
      generic: null,
      opencode: "1.18.33",
    });
  });

  test("wait long enough before Enter for what was measured", async () => {
    for (const name of await shippedProfiles()) {
      const { promptDelayMs } = await load(name);
      assert(promptDelayMs >= (name === "gemini" ? 200 : 150), name);
    }
  });

  const dialogs: readonly (readonly [string, string, readonly string[], Partial<ShownDialog>])[] = [
    ["claude", "bypass", ["No, exit", "Yes, I accept"], {}],
    ["claude", "trust", ["Yes, I trust this folder", "No, exit"], {}],
    ["claude", "edit", ["Yes", "Yes, allow all edits during this session", "No"], {}],
    ["claude", "tool", ["Yes", "No"], {}],
    ["codex", "command", ["Yes, proceed (y)", "No, and tell Codex what to do differently"], {}],
    ["codex", "update", ["Update now", "Skip", "Skip until next version"], {}],
    ["gemini", "edit", ["Allow once", "Allow for this session", "No, suggest changes"], {}],
    ["opencode", "tool", ["Allow once", "Allow always", "Reject"], {}],
  ];
  const answers: Readonly<Record<string, readonly (string | null)[]>> = {
    "claude bypass": ["Yes, I accept", null, null],
    "claude trust": ["Yes, I trust this folder", "Yes, I trust this folder", null],
    "claude edit": ["Yes", "Yes", null],
    "claude tool": ["Yes", null, null],
    "codex command": ["Yes, proceed (y)", null, null],
    "codex update": ["Skip", "Skip", "Skip"],
    "gemini edit": ["Allow once", "Allow once", null],
    "opencode tool": ["Allow once", null, null],
  };

  test("answer a known dialog as the autonomy allows, and no other", async () => {
    for (const [agent, name, labels] of dialogs) {
      const profile = await load(agent);
      const choices = labels.map((label) => ({ key: null, label, isSelected: false }));
      const dialog: ShownDialog = { name, kind: "dialog", says: "?", choices, takesText: false };
      const given = (["full", "edits", "ask"] as const).map((level) =>
        profile.answerTo(dialog, level),
      );
      assert.deepEqual(given, answers[`${agent} ${name}`], `${agent} ${name}`);
      assert.equal(profile.answerTo({ ...dialog, name: null }, "full"), null, "an unknown dialog");
      const twice = { ...dialog, choices: [...choices, ...choices] };
      assert.equal(profile.answerTo(twice, "full"), null, "two that fit");
    }
  });
});

test("a list of more than nine choices is read whole", async () => {
  for (const agent of ["claude", "codex", "opencode"]) {
    const lead = agent === "opencode" ? "  ┃  " : "  ";
    const rows = Array.from({ length: 12 }, (_, n) => `${lead}${n + 1}. Choice ${n + 1}`);
    const asks = {
      claude: "Enter to select · ↑/↓ to navigate · Esc to cancel",
      codex: "  Press enter to confirm",
      opencode: "  ┃  ↑↓ select  enter submit  esc dismiss",
    };
    const { dialog } = (await load(agent)).read(
      screen([...rows, "", asks[agent as keyof typeof asks]]),
    );
    assert.equal(dialog?.choices.length, 12, agent);
    assert.equal(dialog.choices.at(-1)?.key, "12");
  }
});

describe("a profile of one's own", () => {
  test("extends a shipped one by a few lines, and is unproven", async () => {
    await using stage = await scratch({
      "mine.yaml": [
        "version: 1",
        "name: mine",
        "extends: generic",
        "quiet: 5s",
        "screen:",
        "  rules:",
        "    - { name: thinking, state: working, region: bottom, row: '^thinking hard' }",
      ].join("\n"),
    });
    const profile = await load("./mine.yaml", stage.root);
    assert.deepEqual([profile.name, profile.quietMs, profile.proven], ["mine", 5000, null]);
    assert.equal(profile.read(screen(["thinking hard", "❯ "])).state, "working");
    assert.equal(profile.read(screen(["Proceed? [y/n]"])).state, "asking_permission");
  });

  test("is refused with all of its problems, each with its place", async () => {
    await using stage = await scratch({
      "bad.yaml": [
        "version: 2",
        "name: Bad Name",
        "promptDelay: soon",
        "title: [ { match: '(', states: [sleeping] } ]",
        "screen: { rules: [ { name: x, state: ilde, row: '(a+)+b', colr: any } ], composr: {} }",
        "keys: { submit: [] }",
      ].join("\n"),
    });
    await assert.rejects(load("bad.yaml", stage.root), (error: AppError) => {
      assert.equal(error.code, "config");
      for (const part of [
        /version: must be 1/,
        /name: must be a name/,
        /promptDelay: must be a duration/,
        /title\.0\.match: must be a pattern/,
        /title\.0\.states\.0: must be one of/,
        /rules\.0\.row: must not repeat/,
        /rules\.0\.state: must be one of .*, but is "ilde"; did you mean idle\?/,
        /rules\.0\.colr: is no key of a profile/,
        /screen\.composr: is no key of a profile; did you mean composer\?/,
        /keys\.submit/,
      ]) {
        assert.match(error.message, part);
      }
      return true;
    });
  });

  test("that is no YAML, is missing, is a folder, or extends itself is a sentence", async () => {
    await using stage = await scratch({
      "no.yaml": "{ version: 1",
      "loop.yaml": "version: 1\nname: loop\nextends: ./loop.yaml\n",
      "bomb.yaml": "a: &a [x]\nb: [*a, *a]\n",
    });
    await assert.rejects(load("./no.yaml", stage.root), /is no YAML/);
    await assert.rejects(load("./none.yaml", stage.root), /Cannot read the profile/);
    await assert.rejects(load("./", stage.root), /Cannot read the profile/);
    await assert.rejects(load("./loop.yaml", stage.root), /extends itself/);
    await assert.rejects(load("./bomb.yaml", stage.root), /is no YAML/);
    await assert.rejects(load("claud"), (error: AppError) =>
      /Did you mean claude/.test(error.hint ?? ""),
    );
  });
});

describe("the generic profile", () => {
  const at = (y: number) => ({ x: 2, y, visible: true });

  test("takes an echoed prompt for no draft, and a menu for no composer", async () => {
    const profile = await load("generic");
    const read = (lines: readonly string[], cursor: ReturnType<typeof at> | null = null) =>
      profile.read({ ...screen(lines), cursor });
    assert.equal(read(["❯ do it", "reading", "", "editing"], at(4)).composer, null);
    assert.equal(read(["❯ half a thought"], at(0)).state, "draft");
    assert.deepEqual(
      read(["Run it?", "❯ 1. Yes", "  2. No"]).dialog?.choices.map((choice) => choice.label),
      ["Yes", "No"],
    );
  });

  test("knows a sign of the end in English and French, but only since the last prompt", async () => {
    const profile = await load("generic");
    const hasEnd = (...lines: readonly string[]) => profile.read(screen(lines)).hasEndSign;
    assert(hasEnd("❯ do it", "La tâche TODO-1 est complète.", "", "❯"));
    assert(hasEnd("❯ do it", "Terminé", "❯"));
    assert(hasEnd("❯ do it", "files changed +3 ~2 -0", "❯"));
    assert(hasEnd("❯ do it", "Task completed.", "❯"));
    assert(!hasEnd("Terminé", "❯ the next one", "still at it", "❯"));
    assert(!hasEnd("Terminé", "❯"), "whose end it was cannot be told");
    assert(profile.quietAfterEndMs < profile.quietMs);
  });
});
