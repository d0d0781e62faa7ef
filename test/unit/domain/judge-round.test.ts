/** What a round of gates leads to, as a table; and that no attempt goes on for ever. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { judgeRound, type Round } from "../../../src/domain/judge-round.ts";

const guilty = { name: "test", why: "It failed.", isExcused: false };
const excused = { name: "lint", why: "It failed.", isExcused: true };
const nothing: Round = {
  round: 0,
  feedbackRounds: 2,
  red: [],
  missing: [],
  missingTold: false,
  doubts: [],
};
const missing = ["docs/a.md is a deliverable, and is not there"];
const doubts = ["test ran 1 tests where 3 ran before"];

describe("a round", () => {
  for (const [what, parts, kind] of [
    ["all green", {}, "green"],
    ["one red", { red: [guilty] }, "feedback"],
    ["one red, at the last round", { red: [guilty], round: 2 }, "red"],
    ["one red, and none to be given", { red: [guilty], feedbackRounds: 0 }, "red"],
    ["red as before", { red: [excused] }, "green"],
    ["red as before, and one of its own", { red: [excused, guilty] }, "feedback"],
    ["a deliverable missing", { missing }, "feedback"],
    ["a deliverable missing again", { missing, missingTold: true, round: 1 }, "doubt"],
    ["a deliverable missing, no round left", { missing, round: 2 }, "doubt"],
    [
      "a deliverable missing and one red",
      { missing, missingTold: true, red: [guilty] },
      "feedback",
    ],
    ["green and not believed", { doubts }, "doubt"],
    ["red as before and not believed", { red: [excused], doubts }, "doubt"],
  ] as const) {
    test(`${what}: ${kind}`, () => {
      assert.equal(judgeRound({ ...nothing, ...parts }).kind, kind);
    });
  }

  test("gives back no more than feedbackRounds, whatever it finds, and then ends", () => {
    const list = fc.array(fc.constantFrom(guilty, excused), { maxLength: 3 });
    const words = fc.array(fc.constant("a word"), { maxLength: 2 });
    const found = fc.record({ red: list, missing: words, doubts: words });
    fc.assert(
      fc.property(fc.nat(5), fc.array(found, { minLength: 7, maxLength: 7 }), (most, rounds) => {
        let given = 0;
        let missingTold = false;
        for (const one of rounds) {
          const round = { ...one, round: given, feedbackRounds: most, missingTold };
          if (judgeRound(round).kind !== "feedback") return;
          given += 1;
          missingTold ||= one.missing.length > 0;
          assert.ok(given <= most);
        }
        assert.fail("it goes on for ever");
      }),
    );
  });
});
