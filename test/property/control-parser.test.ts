/** The stream of a tmux client in control mode, cut anywhere, holding anything. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type ControlMessage, ControlParser } from "../../src/agents/tmux/control-parser.ts";

/** As tmux 3.3a writes the bytes of a pane. */
function asTmuxWrites(bytes: Uint8Array): Buffer {
  const parts = [...bytes].map((byte) =>
    byte < 0x20 || byte === 0x5c
      ? Buffer.from(`\\${byte.toString(8).padStart(3, "0")}`)
      : Buffer.from([byte]),
  );
  return Buffer.concat(parts);
}

function parse(stream: Buffer, cuts: readonly number[] = []): readonly ControlMessage[] {
  const parser = new ControlParser();
  const ends = cuts.map((cut) => cut % (stream.length + 1)).toSorted((a, b) => a - b);
  const messages: ControlMessage[] = [];
  let from = 0;
  for (const end of [...ends, stream.length]) {
    // The parser must keep no part of a buffer that it does not own.
    const chunk = Buffer.from(stream.subarray(from, end));
    messages.push(...parser.push(chunk));
    chunk.fill(0x21);
    from = end;
  }
  return messages;
}

const line = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\n", "")),
  fc.constantFrom(
    "",
    "%begin 1700000000 7 1",
    "%begin 1700000000 8 1",
    "%end 1700000000 7 1",
    "%end 1700000000 8 1",
    "%end 1700000001 7 1",
    "%error 1700000000 7 1",
    "%output %3 h\\303\\244llo\\015\\012",
    "%output %3",
    "%output",
    "%extended-output %3 12 : x\\033[m",
    "%extended-output %3 12",
    "%pause %3",
    "%exit",
    "%exit detached",
    "%window-close @3",
    "%subscription-changed dead $0 @1 1 %1 : 1",
    "%",
  ),
);
const stream = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.uint8Array({ maxLength: 20 }))
  .map(([lines, tail]) =>
    Buffer.concat([Buffer.from(lines.map((text) => `${text}\n`).join("")), tail]),
  );
const cuts = fc.array(fc.nat(4_000), { maxLength: 12 });

describe("a control-mode stream", () => {
  test("gives the same messages wherever it is cut", () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, where) => {
        const whole = parse(bytes);
        assert.deepEqual(parse(bytes, where), whole);
        const everywhere = Array.from(bytes, (_, at) => at);
        assert.deepEqual(parse(bytes, everywhere), whole);
      }),
      { numRuns: 300 },
    );
  });

  test("gives back any bytes of a pane as they were, raw or with their age", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(1e6), (bytes, age) => {
        const escaped = asTmuxWrites(bytes);
        const expected = { type: "output", pane: "%12", bytes: Buffer.from(bytes) };
        for (const head of ["%output %12 ", `%extended-output %12 ${age} : `]) {
          const whole = Buffer.concat([Buffer.from(head), escaped, Buffer.from("\n")]);
          assert.deepEqual(parse(whole), [expected]);
        }
      }),
      { examples: [[new Uint8Array([0x20, 0x3a, 0x20, 0x5c, 0x0a, 0xff, 0x00]), 0]] },
    );
  });

  test("takes for a reply all that stands between its two guards, whatever it looks like", () => {
    const guard = "1700000000 9 1";
    const inner = line.filter((text) => text !== `%end ${guard}` && text !== `%error ${guard}`);
    fc.assert(
      fc.property(fc.array(inner, { maxLength: 12 }), fc.boolean(), (lines, isOk) => {
        const text = [`%begin ${guard}`, ...lines, `%${isOk ? "end" : "error"} ${guard}`, "%exit"];
        assert.deepEqual(parse(Buffer.from(`${text.join("\n")}\n`)), [
          { type: "reply", isOk, isOurs: true, lines: lines.map((each) => each.toWellFormed()) },
          { type: "exit", reason: "" },
        ]);
      }),
      {
        examples: [
          [["%end 1700000000 8 1", "%begin 1700000000 10 1", "%output %1 x", "%exit"], true],
        ],
      },
    );
  });

  test("tells what was asked for from what tmux ran by itself", () => {
    const [attach] = parse(Buffer.from("%begin 5 1 0\n%end 5 1 0\n"));
    assert.deepEqual(attach, { type: "reply", isOk: true, isOurs: false, lines: [] });
  });

  test("that has no line end is refused before it fills the memory", () => {
    const parser = new ControlParser();
    const chunk = Buffer.alloc(64 * 1024, "a");
    let pushed = 0;
    assert.throws(() => {
      for (; pushed < 64 * 1024 * 1024; pushed += chunk.length) parser.push(chunk);
    }, /line without an end/);
    assert(pushed <= 4 * 1024 * 1024, `${pushed} bytes were kept`);
  });

  test("keeps a line that comes in a hundred thousand single bytes", () => {
    const parser = new ControlParser();
    const byte = Buffer.from("a");
    for (let at = 0; at < 100_000; at += 1) parser.push(byte);
    const [message] = parser.push(Buffer.from("\n%exit\n"));
    assert.deepEqual(message, { type: "exit", reason: "" });
  });
});
