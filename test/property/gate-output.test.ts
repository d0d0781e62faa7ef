/** Whatever a gate prints, it is read in short time to something that can be shown. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { loadMatchers } from "../../src/gates/matchers/load-matchers.ts";
import { readOutput } from "../../src/gates/parse/read-output.ts";
import type { Reading } from "../../src/gates/parse/reading.ts";

const parsers = await loadMatchers(path.join(tmpdir(), "no-matchers-of-ones-own"));
const folder = path.join(import.meta.dirname, "../fixtures/gate-output");
const realLines = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(?:txt|xml)$/.test(file))
  .flatMap((file) => readFileSync(path.join(folder, file), "utf8").split("\n"));

const read = (text: string): Reading =>
  readOutput({ text, isCut: false, cwd: "/home/project", parsers });

function assertSound({ failures, tests }: Reading): void {
  assert.ok(failures.length <= 50);
  for (const { file, line, test: name, code, message } of failures) {
    assert.ok(line === null || (Number.isSafeInteger(line) && line > 0));
    assert.ok(message.length <= 600 && message.isWellFormed());
    for (const text of [file, name, code]) assert.ok(text === null || text.length <= 300);
  }
  if (tests === null) return;
  const { ran, failed, skipped } = tests;
  for (const number of [ran, failed, skipped]) assert.ok(Number.isSafeInteger(number));
  assert.ok(0 <= failed && failed <= ran && skipped >= 0, JSON.stringify(tests));
}

const word = fc.constantFrom(
  ...[
    "error",
    "TS1: ",
    "FAILED",
    "not ok",
    "ok ",
    "1..",
    "---",
    "...",
    "    ",
    "\t",
    "(",
    "):",
    ":1:2",
  ],
  ...[
    "# SKIP",
    "thread 'a' panicked at ",
    "test result: ok. ",
    "= ",
    "_____ ",
    "E   ",
    "99999999999999",
  ],
  ...[
    "<testcase",
    "\u001b[31m",
    "\u0000",
    "\r",
    "file:///%zz",
    "/home/project/",
    "at x (",
    "● ",
    "✖ ",
  ],
);
const anyLine = fc.oneof(
  fc.constantFrom(...realLines),
  fc
    .array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 8 })
    .map((words) => words.join("")),
);

test("any mixture of lines is read to sound failures and counts", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 60 }), (lines) =>
      assertSound(read(lines.join("\n"))),
    ),
    { numRuns: 1_000 },
  );
});

/** What is kept of a flood (`command-gate.ts`). */
const keptBytes = (256 + 1024) * 1024;
/** Generous: the slowest takes a tenth of it on a machine that is at work. */
const longestMs = 10_000;

describe("a flood that is made to be slow to read", () => {
  const heads = [
    "",
    " FAIL ",
    "  ● ",
    "  1) ",
    "[ERROR] ",
    "--- FAIL: ",
    "/",
    "not ok ",
    "error: ",
    "____ ",
  ];
  const units = ["a", " ", "1:", "(", "a(1,2): ", " - ", " > a > "];
  for (const unit of units) {
    test(JSON.stringify(unit), () => {
      const known = [
        "Tests:  1",
        " RUN  v1",
        "BUILD x",
        "✖ 1 problem (",
        "  1 passing (",
        "FAIL\tx",
        "# x",
      ];
      const lines = [
        ...known,
        "[INFO] BUILD FAILURE",
        "Checked 1 file in ",
        "Found 1 error.",
        "1..1",
      ];
      let bytes = 0;
      for (let n = 0; bytes < keptBytes; n += 1) {
        const line = (heads[n % heads.length] ?? "") + unit.repeat(500);
        lines.push(line.slice(0, 500));
        bytes += 500;
      }
      const begun = performance.now();
      assertSound(read(lines.join("\n")));
      const tookMs = performance.now() - begun;
      assert.ok(tookMs < longestMs, `${tookMs} ms`);
    });
  }
});

test("a million empty lines are read as quickly", () => {
  const begun = performance.now();
  assertSound(read("\n".repeat(keptBytes)));
  assert.ok(performance.now() - begun < longestMs);
});
