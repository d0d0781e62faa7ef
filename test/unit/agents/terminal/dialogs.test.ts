import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ShownDialog } from "../../../../src/agents/profile/profile.ts";
import {
  advanceAnswer,
  beginAnswer,
  type DialogStep,
  findChoice,
} from "../../../../src/agents/terminal/dialogs.ts";
import { dialog } from "./readings.ts";

/** A dialog as a program plays it. */
interface Play {
  readonly labels: readonly string[];
  /** A digit answers at once, only selects, or does nothing; `null`: there are none. */
  readonly digits: "answer" | "select" | "nothing" | null;
  readonly arrows: "move" | "wrap" | "nothing";
  readonly isEnterLost: boolean;
  readonly selected: number;
}

const plain: Play = {
  labels: ["Yes", "Always", "No"],
  digits: "answer",
  arrows: "move",
  isEnterLost: false,
  selected: 0,
};

/** Answers it, and says what was chosen and which keys it took. */
function play(game: Play, label: string) {
  let { selected } = game;
  let chosen: string | null = null;
  const keys: string[] = [];
  const show = (): ShownDialog => dialog(game.labels, { selected, hasKeys: game.digits !== null });
  let answering = beginAnswer(show(), label, 0);
  for (let now = 0; ; now += 100) {
    const shown = chosen === null ? show() : null;
    const { step, answering: next } = advanceAnswer(answering, shown, now);
    answering = next;
    if (step.do === "taken" || step.do === "give_up") return { step, chosen, keys };
    if (step.do === "wait") continue;
    keys.push(step.key);
    if (step.key === "Enter") {
      if (!game.isEnterLost) chosen = game.labels[selected] ?? null;
    } else if (step.isText) {
      if (game.digits !== "nothing") selected = Number(step.key) - 1;
      if (game.digits === "answer") chosen = game.labels[selected] ?? null;
    } else {
      selected = moved(game, selected, step);
    }
  }
}

function moved({ arrows, labels }: Play, selected: number, step: DialogStep): number {
  if (arrows === "nothing" || step.do !== "press") return selected;
  const next = selected + (step.key === "Down" ? 1 : -1);
  if (arrows === "wrap") return (next + labels.length) % labels.length;
  return Math.min(labels.length - 1, Math.max(0, next));
}

describe("the answer to a dialog", () => {
  const cases: readonly (readonly [string, Partial<Play>, readonly string[]])[] = [
    ["a digit where that is enough", {}, ["3"]],
    ["a digit and Enter where it only selects", { digits: "select" }, ["3", "Enter"]],
    ["arrows where digits do nothing", { digits: "nothing" }, ["3", "Down", "Down", "Enter"]],
    ["arrows where there are no digits", { digits: null }, ["Down", "Down", "Enter"]],
    [
      "arrows upwards",
      { digits: null, labels: ["No", "Always", "Yes"], selected: 2 },
      ["Up", "Up", "Enter"],
    ],
  ];
  for (const [what, game, keys] of cases) {
    test(`is ${what}`, () => {
      const played = play({ ...plain, ...game }, "No");
      assert.deepEqual(played.step, { do: "taken" });
      assert.equal(played.chosen, "No");
      assert.deepEqual(played.keys, keys);
    });
  }

  test("is given up where the dialog stays although Enter was pressed on the choice", () => {
    const played = play({ ...plain, digits: null, isEnterLost: true }, "Yes");
    assert(played.step.do === "give_up");
    assert.match(played.step.why, /still there/);
    assert.deepEqual(played.keys, ["Enter"]);
  });

  test("is given up where the arrows do not move", () => {
    const played = play({ ...plain, digits: null, arrows: "nothing" }, "No");
    assert.equal(played.step.do, "give_up");
    assert(!played.keys.includes("Enter"));
  });

  test("is given up where another dialog has come before any key", () => {
    const answering = beginAnswer(dialog(["Yes", "No"]), "No", 0);
    const other = dialog(["Yes", "No"], { says: "Delete everything?" });
    assert.equal(advanceAnswer(answering, other, 0).step.do, "give_up");
    assert.equal(advanceAnswer(answering, null, 0).step.do, "give_up");
  });

  test("is given up where no choice is seen to be selected", () => {
    const shown = dialog(["Yes", "No"], { selected: -1, hasKeys: false });
    assert.equal(advanceAnswer(beginAnswer(shown, "No", 0), shown, 0).step.do, "give_up");
  });

  test("presses Enter on the wanted choice or not at all, whatever the dialog does", () => {
    const game = fc.record({
      labels: fc.uniqueArray(fc.constantFrom("Yes", "Always", "No", "Later", "Quit"), {
        minLength: 1,
      }),
      digits: fc.constantFrom("answer", "select", "nothing", null),
      arrows: fc.constantFrom("move", "wrap", "nothing"),
      isEnterLost: fc.boolean(),
      selected: fc.nat(4),
    });
    fc.assert(
      fc.property(game, fc.nat(4), (made, at) => {
        const selected = made.selected % made.labels.length;
        const label = made.labels[at % made.labels.length] ?? "";
        const { step, chosen } = play({ ...made, selected }, label);
        if (chosen !== null) assert.equal(chosen, label);
        assert.equal(step.do, chosen === null ? "give_up" : "taken");
      }),
    );
  });
});

describe("a choice", () => {
  const shown = dialog(["Yes", "Yes, and do not ask again", "No"]);

  test("is found by its label, in any case of letters, and by its key", () => {
    assert.equal(findChoice(shown, "Yes")?.key, "1");
    assert.equal(findChoice(shown, " no ")?.key, "3");
    assert.equal(findChoice(shown, "2")?.label, "Yes, and do not ask again");
  });

  test("is not found where none is meant", () => {
    assert.equal(findChoice(shown, "Maybe"), null);
    assert.equal(findChoice(dialog(["Go", "go"]), "GO"), null);
  });
});
