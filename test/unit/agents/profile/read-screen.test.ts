/** How a screen is read: where things are found, and which rule is heard. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { loadProfile } from "../../../../src/agents/profile/load-profile.ts";
import type { Screen } from "../../../../src/agents/screen.ts";

const yaml = String.raw`
version: 1
name: small
title:
  - { match: '^\*', states: [working, retrying] }
  - { match: '^-', states: [idle, draft, failed] }
screen:
  composer: { top: '^={5}', prompt: '^> ?', more: '^ {2}', bottom: '^={5}', folded: '^\[Paste' }
  user: '^> \S'
  item: '^@ '
  aside: '^! '
  choice: '^(?<mark>> )? *(?<key>\d)\. (?<label>.*)$'
  asks: '\?$'
  dialogTop: '^#{5}'
  rules:
    - { name: gone, state: exited, region: last, row: '^bye' }
    - { name: ask, state: asking_permission, composer: none, region: dialog, all: ['1\. Yes', '2\. No'], none: ['harmless'] }
    - { name: again, state: retrying, composer: any, region: status, row: '^~ again' }
    - { name: works, state: working, composer: any, region: status, row: '^~ ' }
    - { name: hint, state: working, composer: any, region: footer, row: 'stop it with' }
    - { name: draft, state: draft, composer: draft }
    - { name: limit, state: limited, composer: empty, region: item, row: '^@ (?<at>\S).*limit', colour: red, until: 'resets (?<until>\S+)' }
    - { name: error, state: failed, composer: empty, region: item, row: '^@ (?<at>\S)', colour: alarm }
    - { name: rest, state: idle, composer: empty, needsTitle: true }
`;

async function small() {
  const root = await mkdtemp(path.join(tmpdir(), "temoin-small-"));
  try {
    await writeFile(path.join(root, "small.yaml"), yaml);
    return await loadProfile({ profile: "./small.yaml", root });
  } finally {
    await rm(root, { recursive: true });
  }
}

const profile = await small();
const composer = ["=====", "> ", "====="];

function screen(lines: readonly string[], rest: Partial<Screen> = {}): Screen {
  const ansi = rest.ansi ?? lines;
  return { cols: 80, rows: 24, cursor: null, title: "-", isAlternate: false, ...rest, lines, ansi };
}

function state(lines: readonly string[], rest: Partial<Screen> = {}) {
  return profile.read(screen(lines, rest)).state;
}

describe("the title", () => {
  test("of a busy agent leaves only work, whatever the screen shows", () => {
    assert.equal(state(composer, { title: "* x" }), "working");
    assert.equal(state(["~ again", ...composer], { title: "* x" }), "retrying");
    assert.equal(state(["##### ", "> 1. Yes", "2. No"], { title: "* x" }), "working");
  });

  test("of a calm agent excludes nothing: the screen may be ahead of it", () => {
    assert.equal(state(["~ (3s)", ...composer], { title: "- x" }), "working");
  });

  test("that is not known leaves a rule that needs it unheard: unknown, with all that is possible", () => {
    const { state: said, possible } = profile.read(screen(composer, { title: null }));
    assert.equal(said, "unknown");
    assert(possible.includes("working") && possible.includes("idle"));
  });

  test("that is not the agent's own counts as none: a busy one may have been forbidden to set its", () => {
    assert.equal(state(composer, { title: "devbox" }), "unknown");
    assert.equal(state(["~ (3s)", ...composer], { title: "devbox" }), "working");
  });
});

describe("the composer", () => {
  test("is the lowest place that has all of its frame", () => {
    const printed = ["=====", "> words that were printed", "====="];
    assert.equal(state([...printed, "", ...composer]), "idle");
    assert.equal(profile.read(screen(["> words", "====="])).composer, null);
  });

  test("is read without its frame, in all its lines, folded or faint", () => {
    const reading = profile.read(screen(["=====", "> one", "  two", "====="]));
    assert.deepEqual(reading.composer, { text: "one\ntwo", isFolded: false });
    assert.equal(reading.state, "draft");
    const folded = profile.read(screen(["=====", "> [Paste #1]", "====="])).composer;
    assert.deepEqual(folded, { text: "[Paste #1]", isFolded: true });
    const ansi = ["=====", "> \u001b[2mTry something\u001b[0m", "====="];
    const faint = profile.read(screen(["=====", "> Try something", "====="], { ansi }));
    assert.deepEqual(faint.composer, { text: "", isFolded: false });
    assert.equal(faint.state, "idle");
  });
});

describe("regions", () => {
  test("status is the last block above the composer, past what is only shown there", () => {
    assert.equal(state(["~ (3s)", "", ...composer]), "working");
    assert.equal(state(["~ (3s)", "", "! a warning", "", "! queued", "", ...composer]), "working");
    assert.equal(state(["~ (3s)", "", "words", "", ...composer]), "idle");
  });

  test("the footer is below the composer, and nowhere else", () => {
    assert.equal(state([...composer, "stop it with esc"]), "working");
    assert.equal(state(["stop it with esc", ...composer]), "idle");
  });

  test("an item is what came last in the turn: what was recovered from is over", () => {
    const red = "\u001b[31m";
    const end = "\u001b[0m";
    const error = [`@ ${red}error${end}`, "more"];
    const read = (ansi: readonly string[]) =>
      state(
        ansi.map((row) => row.replaceAll(red, "").replaceAll(end, "")),
        { ansi },
      );
    assert.equal(read(["> do", ...error, ...composer]), "failed");
    assert.equal(read(["> do", ...error, "@ done", ...composer]), "idle");
    assert.equal(read([...error, "> do", "@ done", ...composer]), "idle");
    assert.equal(read(["> do", "@ error", ...composer]), "idle", "words without the colour");
  });

  test("a dialog has the place of the composer; what is said to be none is none", () => {
    const asked = ["#####", "rm it?", "> 1. Yes", "  2. No"];
    const reading = profile.read(screen(["talk", ...asked]));
    assert.equal(reading.state, "asking_permission");
    assert.deepEqual(reading.dialog, {
      name: null,
      kind: "permission",
      says: "##### · rm it?",
      choices: [
        { key: "1", label: "Yes", isSelected: true },
        { key: "2", label: "No", isSelected: false },
      ],
      takesText: false,
    });
    assert.equal(state([...asked, ...composer]), "idle");
    assert.equal(state(["#####", "harmless", ...asked.slice(1)]), "unknown");
    assert.equal(state([...composer, "bye"]), "exited");
  });
});

test("a turn is what stands between the last prompt and the composer", () => {
  const rows = ["> first", "@ one", "> second", "@ two", "", "three", ...composer];
  assert.deepEqual(profile.read(screen(rows)).turn, ["@ two", "", "three"]);
  assert.deepEqual(profile.read(screen(["> first", "@ one"])).turn, []);
});

test("a limit is told with the words of its reset", () => {
  const ansi = ["> do", "@ \u001b[31ma limit, resets 8:40\u001b[0m", ...composer];
  const lines = ["> do", "@ a limit, resets 8:40", ...composer];
  const { state: said, until } = profile.read(screen(lines, { ansi }));
  assert.deepEqual([said, until], ["limited", "8:40"]);
});

test("a reading names its rule, and the row that it rests on", () => {
  assert.match(profile.read(screen(["~ (3s)", ...composer])).says, /rule works, row 1: “~ \(3s\)”/);
});
