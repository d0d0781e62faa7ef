import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyOf, orphansOf } from "../../../../src/agents/opencode/orphans.ts";
import type { ProcessRow } from "../../../../src/lib/process-table.ts";

describe("what the commands of a turn have left", () => {
  it("is what has lost its parent since the turn began", () => {
    const server = row(10, 1);
    const old = row(20, 1);
    const helper = row(30, 10);
    const command = row(40, 10);
    const daemon = row(50, 1);
    const child = row(60, 50);
    const before = new Set([server, old, helper].map(keyOf));
    const members = [server, old, helper, command, daemon, child];
    assert.deepEqual(orphansOf(members, before), [daemon]);
    // The pid of one that was there is given to another.
    const another = { ...old, startedAt: "later" };
    assert.deepEqual(orphansOf([server, another], before), [another]);
  });
});

function row(pid: number, parent: number): ProcessRow {
  return { pid, parent, group: pid, session: pid, startedAt: "then", name: "sleep" };
}
