/** Reports that agents write by themselves: which sections count, and what is held against facts. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareReport, type FoundReport, readReports } from "../../../src/domain/report.ts";

const names = ["AUTO-001", "TODO-AUTO-001"];

function read(text: string, ids: readonly string[] = names): readonly FoundReport[] {
  return readReports(text.split("\n"), ids);
}

describe("a report", () => {
  const headings: readonly (readonly [string, "done" | "blocked" | null])[] = [
    ["### TODO-AUTO-001: COMPLETED ✅", "done"],
    ["### AUTO-001: COMPLETED", "done"],
    ["## TODO-AUTO-001 COMPLETED", "done"],
    ["# todo-auto-001 : complete", "done"],
    ["#### **TODO-AUTO-001**: **TERMINÉ** ✅", "done"],
    ["### ✅ TODO-AUTO-001 — Terminée", "done"],
    ["### `AUTO-001` Complétée", "done"],
    ["### [x] AUTO-001: done", "done"],
    ["### AUTO-001: FINI 🎉", "done"],
    ["### AUTO-001 (OAuth refresh): COMPLETED ✅", "done"],
    ["### AUTO-001: OAuth refresh - DONE", "done"],
    ["### TODO-AUTO-001: BLOCKED ⛔", "blocked"],
    ["### AUTO-001 : BLOQUÉE", "blocked"],
    ["### TODO-AUTO-0011: COMPLETED ✅", null],
    ["### TODO-AUTO-001-B: COMPLETED ✅", null],
    ["### AUTO-001.2: COMPLETED", null],
    ["### TODO-AUTO-002: COMPLETED ✅", null],
    ["### TODO-AUTO-XXX: COMPLETED ✅", null],
    ["### After TODO-AUTO-001: COMPLETED", null],
    ["### AUTO-001: NOT COMPLETED", null],
    ["### AUTO-001: pas terminé", null],
    ["### AUTO-001: EN COURS", null],
    ["### AUTO-001", null],
    ["### AUTO-001: what is to be done", null],
    ["AUTO-001: COMPLETED", null],
    ["#AUTO-001: COMPLETED", null],
    ["    ### AUTO-001: COMPLETED", null],
  ];
  for (const [heading, kind] of headings) {
    test(`"${heading.trim()}" is ${kind ?? "none"}`, () => {
      assert.deepEqual(
        read(`${heading}\n**Notes**: all well`).map((one) => one.kind),
        kind === null ? [] : [kind],
      );
    });
  }

  test("gives its files, tests and notes, in French and with lists", () => {
    const [report] = read(
      [
        "### TODO-AUTO-001: COMPLETED ✅",
        "**Date**: 2026-01-26 14:05",
        "**Agent**: Codex",
        "**Fichiers créés**: ",
        "- src/persistence.rs (CRUD)",
        "- `tests/persistence test.rs` - four tests",
        "**Fichiers modifiés**: oauth.rs, ./config.rs, **lib.rs**\r",
        "",
        "**Tests**: 12 tests PASSING",
        "- **Notes:** the cache was there already",
        "and one more line",
        "---",
        "## The next heading",
        "**Files**: other.rs",
      ].join("\n"),
    );
    assert.deepEqual(report, {
      kind: "done",
      text: "the cache was there already\nand one more line",
      files: ["src/persistence.rs", "tests/persistence test.rs", "oauth.rs", "config.rs", "lib.rs"],
      tests: "12 tests PASSING",
    });
  });

  test("gives its files in English, and none where it says none", () => {
    const [report] = read(
      "## AUTO-001 DONE\n**Files changed**: a.ts; src/b.ts: the loop\n**Files created**: none",
    );
    assert.deepEqual(report?.files, ["a.ts", "src/b.ts"]);
  });

  test("that is blocked says why, and without a word its heading is all it says", () => {
    assert.equal(read("### AUTO-001: BLOCKED\n**Raison**: no key")[0]?.text, "no key");
    assert.equal(read("### AUTO-001: BLOQUÉ par la clé")[0]?.text, "AUTO-001: BLOQUÉ par la clé");
  });

  for (const value of ["[Xm Ys]", "XXm", "2026-01-26 HH:MM", "XX tests PASSING", "[Codex|AMP]"]) {
    test(`that still says "${value}" is a template`, () => {
      assert.deepEqual(read(`### AUTO-001: COMPLETED ✅\n**Agent**: Codex\n**Key**: ${value}`), []);
    });
  }

  test("with a link, a check mark or a word like XXE is no template", () => {
    const text = "### AUTO-001: DONE\n**Notes**: [x] see [the log](log.md), XXE is closed";
    assert.equal(read(text).length, 1);
  });

  test("is read once per section, of the given task only", () => {
    const text = [
      "### AUTO-001: BLOCKED",
      "**Notes**: first",
      "### AUTO-002: COMPLETED",
      "**Notes**: of another",
      "### TODO-AUTO-001: COMPLETED",
      "**Notes**: second",
      "```",
      "**Notes**: beyond the fence",
    ].join("\n");
    assert.deepEqual(
      read(text).map((one) => [one.kind, one.text]),
      [
        ["blocked", "first"],
        ["done", "second"],
      ],
    );
  });
});

describe("a claim", () => {
  const done: FoundReport = { kind: "done", text: "", files: [], tests: null };
  const red = { name: "test", verdict: "failed", why: "exit code 1" } as const;

  test("that it is done is doubted when nothing changed", () => {
    assert.deepEqual(compareReport(done, { changed: [] }), [
      "it says that it is done, but no file changed",
    ]);
    assert.deepEqual(compareReport({ ...done, kind: "blocked" }, { changed: [] }), []);
  });

  test("about files is doubted for those that did not change", () => {
    const files = ["src/a.ts", "b.ts", "lib", "src/gone.ts", "CLAUDE.md", "four files", "src/*.ts"];
    const doubts = compareReport(
      { ...done, files },
      { changed: ["src/a.ts", "src/b.ts", "lib/c"] },
    );
    assert.deepEqual(doubts, ["it names files that did not change: src/gone.ts"]);
  });

  for (const tests of [
    "12 passed",
    "OK",
    "tous les tests passent",
    "14/14 PASSED, 0 failed",
    "✅",
  ]) {
    test(`"${tests}" is doubted when a gate is red`, () => {
      const facts = { changed: ["a"], gates: [red, { ...red, name: "lint", verdict: "passed" }] };
      assert.deepEqual(compareReport({ ...done, tests }, facts as never), [
        `it says of its tests "${tests}", but gate test is red: exit code 1`,
      ]);
    });
  }

  for (const tests of ["FAILED", "3 passed, 2 failed", "not run", "les tests ne passent pas"]) {
    test(`"${tests}" claims nothing that a red gate would contradict`, () => {
      assert.deepEqual(compareReport({ ...done, tests }, { changed: ["a"], gates: [red] }), []);
    });
  }
});
