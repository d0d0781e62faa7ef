/** docs/threat-model.md names for each threat the test that shows what holds it: each must exist. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.join(import.meta.dirname, "..", "..", "..");
const page = readFileSync(path.join(root, "docs", "threat-model.md"), "utf8");

test("every test that the threat model names exists, and holds tests", () => {
  const named = [...new Set(page.match(/\btest\/[\w./-]+\.ts\b/g))];
  assert.ok(named.length > 20, `${named.length} are named`);
  for (const file of named) {
    assert.ok(existsSync(path.join(root, file)), file);
    assert.match(readFileSync(path.join(root, file), "utf8"), /\b(?:test|testQueue|it)\(/, file);
  }
});

test("every threat has its test, in its own row", () => {
  const rows = page.split("\n").filter((line) => /^\| (?!threat|---)/.test(line));
  assert.ok(rows.length > 20);
  for (const row of rows) {
    const cells = row.split(/(?<!\\)\|/).slice(1, -1);
    assert.equal(cells.length, 3, row);
    assert.match(cells[2] ?? "", /\btest\/[\w./-]+\.ts\b/, row);
  }
});
