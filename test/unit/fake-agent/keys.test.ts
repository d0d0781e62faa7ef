/** Bytes of a terminal become keys, texts and pastes, wherever they are cut. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Input, KeyReader } from "../../fake-agent/tui/keys.ts";

test("a paste arrives exactly as it was sent, wherever the bytes are cut", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 }).filter((one) => one.isWellFormed());
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 120 })), (pasted, cuts) => {
      fc.pre(!pasted.includes("\u001b[201~"));
      const inputs = readCut(`a\u001b[200~${pasted}\u001b[201~\r`, cuts);
      assert.deepEqual(joined(inputs), [
        { type: "text", text: "a" },
        { type: "paste", text: pasted },
        { type: "key", name: "enter" },
      ]);
    }),
  );
});

test("keys are told apart from text, wherever the bytes are cut", () => {
  const typed = "é1\u001b[A\u001bOB\u0003\u0015\u007f\t\n日本\u001b[1;5C\r";
  const names = ["up", "down", "ctrl-c", "ctrl-u", "backspace", "tab", "newline", "right", "enter"];
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 })), (cuts) => {
      const inputs = joined(readCut(typed, cuts));
      assert.deepEqual(
        inputs.flatMap((input) => (input.type === "key" ? input.name : [])),
        names,
      );
      assert.deepEqual(
        inputs.flatMap((input) => (input.type === "text" ? input.text : [])),
        ["é1", "日本"],
      );
    }),
  );
});

test("an ESC is a key once it is clear that nothing follows", () => {
  const reader = new KeyReader();
  assert.deepEqual(reader.read(Buffer.from("\u001b")), []);
  assert.equal(reader.isUndecided, true);
  assert.deepEqual(reader.decide(), [{ type: "key", name: "escape" }]);
  assert.equal(reader.isUndecided, false);
  assert.deepEqual(reader.read(Buffer.from("\u001b1")), [
    { type: "key", name: "escape" },
    { type: "text", text: "1" },
  ]);
});

function readCut(text: string, cuts: readonly number[]): readonly Input[] {
  const bytes = Buffer.from(text);
  const places = [
    0,
    ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b),
    bytes.length,
  ];
  const reader = new KeyReader();
  return places.slice(1).flatMap((end, n) => reader.read(bytes.subarray(places[n], end)));
}

/** Text that was cut is text. */
function joined(inputs: readonly Input[]): readonly Input[] {
  const whole: Input[] = [];
  for (const input of inputs) {
    const last = whole.at(-1);
    if (input.type === "text" && last?.type === "text") {
      whole.splice(-1, 1, { type: "text", text: last.text + input.text });
    } else {
      whole.push(input);
    }
  }
  return whole;
}
