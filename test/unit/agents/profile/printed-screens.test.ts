/**
 * The worst lie: an agent prints a whole screen of its own kind, dialog or composer and all, as the
 * last thing that it says. It stands in the transcript, indented as what agents say is.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Case, readCases } from "../../../../bench/detection-cases.ts";
import { loadProfile } from "../../../../src/agents/profile/load-profile.ts";
import type { Screen } from "../../../../src/agents/screen.ts";

const folder = fileURLToPath(new URL("../../../fixtures/screens", import.meta.url));
const { cases } = await readCases(folder);

interface Looks {
  /** Before the first row of what is said, and before the others. */
  readonly first: string;
  readonly more: string;
  /** The first row of the composer; `next`: the one after it. */
  readonly isComposer: (row: string, next: string) => boolean;
}

const looks: Readonly<Record<string, Looks>> = {
  claude: {
    first: "● ",
    more: "  ",
    isComposer: (row, next) => /^─{10}/.test(row) && /^[❯!]/.test(next),
  },
  codex: { first: "• ", more: "  ", isComposer: (row) => /^[›!](?: |$)/.test(row) },
  gemini: { first: "✦ ", more: "  ", isComposer: (row) => /^─{10}/.test(row) },
  opencode: {
    first: "     ",
    more: "     ",
    isComposer: (row, next) => row.trim() === "" && /^ *┃$/.test(next),
  },
};

/** Each tenth of the others, another tenth for each: all of them are printed somewhere. */
const everyTenth = 10;

function isBusy({ truth: { label } }: Case): boolean {
  return label === "working" || label === "retrying";
}

/** Where the transcript ends: above the composer, and above the line of status of a busy agent. */
function endOfTranscript(one: Case, { isComposer }: Looks): number {
  const { lines } = one.screen;
  let at = lines.findLastIndex((row, place) => isComposer(row, lines[place + 1] ?? ""));
  const isBlank = (place: number): boolean => (lines[place - 1] ?? "").trim() === "";
  const blocks = isBusy(one) ? 3 : 0;
  for (let block = 0; block <= blocks && at > 0; block += 1) {
    while (at > 0 && isBlank(at)) at -= 1;
    if (block < blocks) while (at > 0 && !isBlank(at)) at -= 1;
  }
  return at;
}

function print(words: readonly string[], screen: Screen, at: number): Screen {
  const into = (rows: readonly string[], said: readonly string[]): readonly string[] =>
    [...rows.slice(0, at), ...said, ...rows.slice(at)].slice(said.length);
  const plain = words.map((row) => `\u001b[0m${row}`);
  const ansi = screen.ansi.length < screen.lines.length ? [] : into(screen.ansi, plain);
  return { ...screen, lines: into(screen.lines, words), ansi };
}

for (const [agent, look] of Object.entries(looks)) {
  test(`a screen that ${agent} prints changes nothing of what its own screen shows`, async () => {
    const profile = await loadProfile({ profile: agent, root: "/" });
    const own = cases.filter((one) => one.agent === agent);
    let printed = 0;
    for (const [place, one] of own.entries()) {
      const before = profile.read(one.screen).state;
      const at = endOfTranscript(one, look);
      if (at < 3 || !["idle", "working", "retrying", "draft"].includes(before)) continue;
      for (const other of own.filter((_, index) => (place + index) % everyTenth === 0)) {
        const rows = other.screen.lines.join("\n").trimEnd().split("\n").slice(-16);
        const said = rows.map((row, index) => (index === 0 ? look.first : look.more) + row.trim());
        const words = ["", ...said.map((row) => row.slice(0, one.screen.cols)), ""];
        const after = profile.read(print(words, one.screen, at));
        assert.equal(after.state, before, `${one.name} that prints ${other.name}: ${after.says}`);
        printed += 1;
      }
    }
    assert(printed >= 50, `${printed} of ${agent}`);
  });
}
