/** For which task, attempt and turn a prompt is, told by its words and those before it. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { placeOf } from "../../fake-agent/tui/place.ts";

const keys = ["T-1/1", "T-10", "*"];

/** A conversation; `null` empties the context. Places as the keys of a script have them. */
function placesOf(...prompts: readonly (string | null)[]): readonly string[] {
  const places: ReturnType<typeof placeOf>[] = [];
  let isCleared = false;
  for (const prompt of prompts) {
    if (prompt !== null) places.push(placeOf(prompt, keys, { places, isCleared }));
    isCleared = prompt === null;
  }
  return places.map(({ task, attempt, turn }) => `${task}/${attempt}/${turn}`);
}

describe("the place of a prompt", () => {
  test("is told by the branch, for any task, and kept by prompts that name none", () => {
    const task = "You are on the branch `temoin/DOC-7/3` (attempt 3).";
    assert.deepEqual(placesOf(task, "Gate `test` failed", null, task), [
      "DOC-7/3/1",
      "DOC-7/3/2",
      "DOC-7/3/3",
    ]);
  });

  test("is a task of the script that is named as a whole word", () => {
    assert.deepEqual(placesOf("Do T-10 now", "(T-1)", "XT-1", "T-1-b"), [
      "T-10/1/1",
      "T-1/1/1",
      "T-1/1/2",
      "T-1/1/3",
    ]);
  });

  test("is a new attempt when the context was emptied after a prompt for the task", () => {
    assert.deepEqual(placesOf(null, "T-1", "go on", null, "T-1", null, "T-10", "T-1"), [
      "T-1/1/1",
      "T-1/1/2",
      "T-1/2/1",
      "T-10/1/1",
      "T-1/2/2",
    ]);
  });

  test("is counted from the first prompt where nothing names a task", () => {
    assert.deepEqual(placesOf("Prompt 1", "Prompt 2"), ["task/1/1", "task/1/2"]);
  });

  test("is that of the file when a prompt only names a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "place-"));
    try {
      const file = join(directory, "a prompt.md");
      await writeFile(file, "On the branch `temoin/T-4/2`.");
      const past = { places: [], isCleared: false };
      const place = placeOf(`Read the file ${file} and do what it says.`, keys, past);
      assert.deepEqual(place, { task: "T-4", attempt: "2", turn: "1" });
      const missing = placeOf(`Read the file ${file}x and do what it says.`, keys, past);
      assert.equal(missing.task, "task");
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
