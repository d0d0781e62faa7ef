import assert from "node:assert/strict";
import { test } from "node:test";
import { isDiskFull, saysDiskFull } from "../../../src/lib/disk-full.ts";

const said: readonly (readonly [text: string, full: boolean])[] = [
  ["write: No space left on device", true],
  ["error: Disk quota exceeded", true],
  ["fatal: Out of diskspace", true],
  ["mkdir: Read-only file system", true],
  ["fatal: not a git repository", false],
  ["", false],
];

for (const [text, full] of said) {
  test(`"${text}" ${full ? "tells" : "does not tell"} of a full disk`, () => {
    assert.equal(saysDiskFull(text), full);
    assert.equal(isDiskFull(new Error(text)), full);
    // The message of a program that failed may be its last line only.
    assert.equal(isDiskFull(Object.assign(new Error("it failed"), { stderr: text })), full);
  });
}

test("the system's own codes tell of a full disk, and nothing else does", () => {
  assert.ok(isDiskFull(Object.assign(new Error("write"), { code: "ENOSPC" })));
  assert.ok(!isDiskFull(Object.assign(new Error("write"), { code: "EACCES" })));
  assert.ok(!isDiskFull("No space left on device"));
});
