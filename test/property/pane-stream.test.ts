/** What a program writes to its terminal, read for marks: cut anywhere, and of any kind. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PaneStream, type StreamMark } from "../../src/agents/tmux/pane-stream.ts";

function read(bytes: Buffer, cuts: readonly number[] = []): readonly StreamMark[] {
  const stream = new PaneStream();
  const ends = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  const marks: StreamMark[] = [];
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    marks.push(...stream.push(bytes.subarray(from, end)));
    from = end;
  }
  return marks;
}

const marksOf = (text: string) => read(Buffer.from(text));
const everywhere = (bytes: Buffer) => Array.from(bytes, (_, at) => at);
const title = (text: string): StreamMark => ({ type: "title", title: text });
const bell: StreamMark = { type: "bell" };

const piece = fc.constantFrom(
  ..."\u001b \u0007 \u0018 \u001a \u009c ] [ P X ^ _ k \\ ; ? h l m 0 2 9 2004 1049 title ä 🙂 \n".split(
    " ",
  ),
  " ",
  "\u001b]0;",
  "\u001b]2;✳ ä",
  "\u001b]9;4;1",
  "\u001b\\",
  "\u001b[?2026",
  "\u001bPtmux;\u001b\u001b]0;x\u0007",
);
const bytesOf = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(""))),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
/** Text of a title: no control characters. */
const words = fc
  .string({ unit: "grapheme", maxLength: 40 })
  .map((text) => text.replace(/\p{Cc}/gu, ""));

describe("the stream of a pane", () => {
  test("gives the same marks wherever it is cut, and never throws", () => {
    fc.assert(
      fc.property(bytesOf, fc.array(fc.nat(1_000), { maxLength: 12 }), (bytes, cuts) => {
        const whole = read(bytes);
        assert.deepEqual(read(bytes, cuts), whole);
        assert.deepEqual(read(bytes, everywhere(bytes)), whole);
      }),
      { numRuns: 1_000 },
    );
  });

  test("tells every title whatever its letters, ended by BEL or ST, cut within a letter too", () => {
    const end = fc.constantFrom("\u0007", "\u001b\\");
    fc.assert(
      fc.property(words, end, fc.constantFrom(0, 2), (text, ending, code) => {
        const bytes = Buffer.from(`before \u001b]${code};${text}${ending} after`);
        assert.deepEqual(read(bytes), [title(text)]);
        assert.deepEqual(read(bytes, everywhere(bytes)), [title(text)]);
      }),
      { examples: [["✳ Grüße 👩‍👩‍👧 e\u0301", "\u001b\\", 0]] },
    );
  });

  test("tells any other OSC with its number, without control characters", () => {
    assert.deepEqual(marksOf("\u001b]7501;state=idle:app=codex\u0007\u001b]9;a\u0001\nb\u001b\\"), [
      { type: "osc", code: 7501, data: "state=idle:app=codex" },
      { type: "osc", code: 9, data: "ab" },
    ]);
    assert.deepEqual(marksOf("\u001b]112\u0007\u001b]l;x\u0007\u001b];x\u0007"), [
      { type: "osc", code: 112, data: "" },
    ]);
  });

  test("tells bells, and takes none that ends an OSC for one", () => {
    assert.deepEqual(marksOf("a\u0007b\u001b]0;t\u0007c\u0007"), [bell, title("t"), bell]);
    // As terminals do, which carry a control character out in the middle of a sequence.
    assert.deepEqual(marksOf("\u001b[?20\u000704h"), [
      bell,
      { type: "mode", mode: 2004, isOn: true },
    ]);
  });

  test("tells private modes, several at once too, and no others", () => {
    assert.deepEqual(marksOf("\u001b[?2004h\u001b[?1049;2026l\u001b[4h\u001b[?25$p\u001b[31m"), [
      { type: "mode", mode: 2004, isOn: true },
      { type: "mode", mode: 1049, isOn: false },
      { type: "mode", mode: 2026, isOn: false },
    ]);
  });

  test("looks into no DCS, SOS, PM, APC or name of a window", () => {
    for (const kind of ["P", "X", "^", "_", "k"]) {
      const inside = `\u001b${kind}\u0007;?2004h ]0;no`;
      assert.deepEqual(marksOf(`${inside}\u001b\\\u001b]0;yes\u0007`), [title("yes")], kind);
    }
    // What a program tunnels through a DCS is not for this terminal.
    const tunnelled = "\u001bPtmux;\u001b\u001b]0;no\u0007\u001b\u001b[?2004h\u001b\\";
    assert.deepEqual(marksOf(`${tunnelled}\u001b]0;yes\u0007`), [title("yes")]);
  });

  test("is back to text after CAN and SUB, and after a sequence that another cuts off", () => {
    for (const end of ["\u0018", "\u001a"]) {
      for (const begin of ["\u001b]0;no", "\u001bPno", "\u001b_no", "\u001b[?20"]) {
        assert.deepEqual(marksOf(`${begin}${end}\u0007`), [bell], JSON.stringify(begin));
      }
    }
    assert.deepEqual(marksOf("\u001b]0;no\u001b]0;yes\u0007"), [title("yes")]);
    assert.deepEqual(marksOf("\u001b]0;no\u001b\u001b]2;yes\u0007"), [title("yes")]);
    assert.deepEqual(marksOf("\u001b]0;no\u001b\u001b2;no\u0007"), [bell]);
    assert.deepEqual(marksOf("\u001b[?20\u001b[?2004h"), [
      { type: "mode", mode: 2004, isOn: true },
    ]);
  });

  test("drops a sequence that is too long, holds no more of it, and reads on", () => {
    const stream = new PaneStream();
    const flood = Buffer.alloc(1024 * 1024, "x");
    stream.push(Buffer.from("\u001b]0;"));
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 4; at += 1) assert.deepEqual(stream.push(flood), []);
    // A held byte would be 8 bytes of an array here.
    assert(process.memoryUsage().heapUsed - before < 16 * 1024 * 1024);
    assert.deepEqual(stream.push(Buffer.from("\u0007\u001b]0;t\u0007")), [title("t")]);
    assert.deepEqual(marksOf(`\u001b[?${"1".repeat(100)}h\u0007`), [bell]);
  });
});
