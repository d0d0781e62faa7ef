/** Where a branch may have been when an agent checked it out. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CommitSha, parseSha } from "../../../src/domain/id.ts";
import { placesOf, type RefMove, readMoves } from "../../../src/workspaces/came-from.ts";

function sha(letter: string): CommitSha {
  const found = parseSha(letter.repeat(40));
  assert.ok(found !== null);
  return found;
}

const [a, b, c, d] = [sha("a"), sha("b"), sha("c"), sha("d")];
const none = sha("0");

function move(from: CommitSha, to: CommitSha, at: number): RefMove {
  return { from, to, at };
}

describe("the log of a ref", () => {
  test("tells each move with its time; what is no line of it is left out", () => {
    const log = [
      `${a} ${b} Pat <p@q> 1700000000 +0100\tcheckout: moving from x to main`,
      `${b} ${c} <> 1700000001 -0330`,
      "garbage",
      `${b} ${c} Pat <p@q> soon +0000\tcommit: x`,
      `${c} short Pat <p@q> 1700000002 +0000\tcommit: x`,
      `${c} ${d} A > B <p@q> 1700000003 +0000\t> 5 +0000\tx`,
      "",
    ].join("\n");
    assert.deepEqual(readMoves(log), [
      move(a, b, 1_700_000_000),
      move(b, c, 1_700_000_001),
      move(c, d, 1_700_000_003),
    ]);
  });
});

describe("the places of a branch while it was checked out", () => {
  test("are where HEAD's log says, and where it had moved from shortly before", () => {
    const moves = [move(a, b, 100), move(b, c, 165), move(c, d, 170)];
    assert.deepEqual(placesOf(move(none, d, 170), moves), [d, c, b]);
    assert.deepEqual(placesOf(move(none, c, 170), moves), [c, b]);
  });

  test("are one where the branch has long been there, or has no such log", () => {
    assert.deepEqual(placesOf(move(none, b, 161), [move(a, b, 100)]), [b]);
    assert.deepEqual(placesOf(move(none, b, 100), []), [b]);
    assert.deepEqual(placesOf(move(none, b, 100), [move(a, c, 100)]), [b]);
  });

  test("leave out that the branch was not there, and are twenty at most", () => {
    assert.deepEqual(placesOf(move(none, b, 100), [move(none, b, 100)]), [b]);
    const many = Array.from({ length: 99 }, (_, at) =>
      move(sha(at % 2 === 0 ? "1" : "2"), sha(at % 2 === 0 ? "2" : "1"), 100),
    );
    assert.equal(placesOf(move(none, sha("2"), 100), many).length, 2);
    const different = Array.from({ length: 99 }, (_, at): RefMove => {
      const name = (one: number) => parseSha(one.toString(16).padStart(40, "e")) ?? a;
      return move(name(at), name(at + 1), 100);
    });
    const last = different.at(-1) ?? move(a, b, 100);
    assert.equal(placesOf(last, different).length, 20);
  });
});
