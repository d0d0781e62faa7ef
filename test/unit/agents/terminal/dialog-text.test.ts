import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { advanceWriting, beginWriting } from "../../../../src/agents/terminal/dialog-text.ts";
import { type DialogMore, dialog } from "./readings.ts";

const labels = ["Red", "Blue", "Type something."];

/** A dialog as a program plays it: where words are written, and whether Enter opens that place. */
interface Play {
  readonly labels: readonly string[];
  readonly hasKeys: boolean;
  /** Words are taken once Enter was pressed on the choice. */
  readonly isOpenedByEnter: boolean;
  /** Words are drawn on the screen. */
  readonly isEchoing: boolean;
}

const plain: Play = { labels, hasKeys: true, isOpenedByEnter: false, isEchoing: true };

function play(game: Play, text: string, more: DialogMore = {}) {
  const isText = (at: number): boolean => /Type/.test(game.labels[at] ?? "");
  let { selected = 0 } = more;
  let isOpen = game.labels.length === 0;
  let typed = "";
  let given: string | null = null;
  const show = () => dialog(game.labels, { ...more, selected, hasKeys: game.hasKeys });
  let writing = beginWriting(show(), text, 0);
  for (let now = 0; ; now += 100) {
    const shown = given === null ? show() : null;
    const screen = game.isEchoing ? `Which colour? ${typed}` : "Which colour?";
    const { step, writing: next } = advanceWriting(writing, { now, shown, screen });
    writing = next;
    if (step.do === "taken" || step.do === "give_up") return { step, given };
    if (step.do === "wait") continue;
    if (step.key === "Enter") {
      const isPlace = isText(selected) || game.labels.length === 0;
      if (isPlace && !isOpen && game.isOpenedByEnter) isOpen = true;
      else given = isPlace && typed !== "" ? typed : (game.labels[selected] ?? typed);
    } else if (!step.isText) {
      selected += step.key === "Down" ? 1 : -1;
    } else if (/^\d$/.test(step.key)) {
      selected = Number(step.key) - 1;
    } else if (isOpen || (isText(selected) && !game.isOpenedByEnter)) {
      typed += step.key;
    }
  }
}

describe("words for a dialog", () => {
  test("are written into the choice that takes them", () => {
    const played = play(plain, "the colour of the sky");
    assert.deepEqual(played, { step: { do: "taken" }, given: "the colour of the sky" });
  });

  test("are written by arrows, and behind an Enter that opens the place", () => {
    const played = play({ ...plain, hasKeys: false, isOpenedByEnter: true }, "sky blue");
    assert.deepEqual(played, { step: { do: "taken" }, given: "sky blue" });
  });

  test("are written at once where there is no choice", () => {
    const played = play({ ...plain, labels: [] }, "sky\nblue");
    assert.deepEqual(played, { step: { do: "taken" }, given: "sky blue" });
  });

  test("are never given where no choice says that it takes them", () => {
    const played = play({ ...plain, labels: ["Yes", "No"] }, "rather not", { selected: 1 });
    assert.equal(played.step.do, "give_up");
    assert.equal(played.given, null);
  });

  test("are not given unseen, also where the same words stand on the screen already", () => {
    for (const text of ["sky blue", "colour"]) {
      const played = play({ ...plain, labels: [], isEchoing: false }, text);
      assert.equal(played.step.do, "give_up", text);
      assert.equal(played.given, null);
    }
  });

  test("are seen among the same words that stood on the screen before", () => {
    const played = play({ ...plain, labels: [] }, "colour");
    assert.deepEqual(played, { step: { do: "taken" }, given: "colour" });
  });
});
