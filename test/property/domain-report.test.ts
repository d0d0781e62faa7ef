/** Reading reports from anything: never an error, never the report of another task. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareReport, readReports } from "../../src/domain/report.ts";

const piece = fc.constantFrom(
  "### ",
  "T-1",
  "T-12",
  "TODO-T-1",
  ": ",
  "COMPLETED",
  "BLOQUÉ ",
  "✅",
  "**Files**: ",
  "**Tests**",
  "- ",
  "`",
  "[x]",
  "_",
  "XX",
  "(",
  "```",
  "\r",
);
const line = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(piece, { maxLength: 8 }).map((all) => all.join("")),
  fc.array(piece, { maxLength: 4 }).map((all) => `### T-1: ${all.join("")}`),
);

test("any lines under any names give reports or none, and never an error", () => {
  let reports = 0;
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.oneof(piece, fc.string())), (lines, others) => {
      const names = ["T-1", ...others];
      for (const report of readReports(lines, names)) {
        reports += 1;
        compareReport(report, { changed: lines });
      }
    }),
    { numRuns: 2_000 },
  );
  assert(reports > 50, `only ${reports} reports were read`);
});

test("a report of another task is never taken", () => {
  const name = fc.stringMatching(/^[A-Z]{1,3}-[0-9]{1,3}$/);
  fc.assert(
    fc.property(name, name, fc.constantFrom("COMPLETED", "DONE", "BLOCKED"), (own, other, word) => {
      const lines = [`### ${other}: ${word} ✅`, "**Notes**: words"];
      assert.equal(readReports(lines, [own]).length, own === other ? 1 : 0);
    }),
  );
});

test("a line of a hundred thousand characters is read in linear time", () => {
  for (const part of ["[!]", "**", "(", "- ", ": ", "_a", "XX ", "### "]) {
    const long = part.repeat(100_000 / part.length);
    const lines = [`### T-1: ${long}`, "### T-1: DONE", `**Files**: ${long}`, long];
    const started = process.cpuUsage().user;
    readReports(lines, ["T-1"]);
    const spentMs = (process.cpuUsage().user - started) / 1_000;
    assert(spentMs < 1_000, `${part} took ${spentMs} ms`);
  }
});
