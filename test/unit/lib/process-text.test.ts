/** What programs print becomes plain lines. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { asText, endWords, LastLine, plainLine, plainText } from "../../../src/lib/process-text.ts";

describe("plainLine", () => {
  test("drops colours, titles and control characters", () => {
    assert.equal(
      plainLine("\u001b]0;title\u0007\u001b[1;31m red\u001b[0m\tand\u0000plain \r"),
      "red and plain",
    );
  });

  test("any text becomes a short, well-formed line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const line = plainLine(text);
        assert(line.length <= 200 && line.isWellFormed());
        assert.doesNotMatch(line, /\p{Cc}/u);
      }),
    );
  });
});

test("plainText keeps lines and tabs and makes line ends alike", () => {
  assert.equal(plainText("a\tb\r\n\u001b[32mc\u001b[0m\rd\u0007\n"), "a\tb\nc\nd\n");
});

describe("LastLine", () => {
  const piece = fc.constantFrom("a", "bé", "\n", "\r", "\r\n", " ", "\u001b[31m", "🙂");

  test("is the last line that is not empty, however the output is cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(6)), (pieces, sizes) => {
        const output = new LastLine();
        let rest = Buffer.from(pieces.join(""));
        for (const size of sizes) {
          output.push(rest.subarray(0, size));
          rest = rest.subarray(size);
        }
        output.push(rest);
        const lines = pieces
          .join("")
          .split(/[\r\n]/)
          .map((line) => plainLine(line));
        assert.equal(output.text, lines.findLast((line) => line !== "") ?? "");
      }),
    );
  });

  test("a chunk tells only lines that it has finished", () => {
    const output = new LastLine();
    assert.equal(output.push(Buffer.from("one\ntwo\nthr")), "two");
    assert.equal(output.push(Buffer.from("ee")), null);
    assert.equal(output.text, "three");
    assert.equal(output.push(Buffer.from("\n\n \n")), "three");
    assert.equal(output.push(Buffer.from("\n\n")), null);
  });

  test("a line without end costs no memory", () => {
    const output = new LastLine();
    const chunk = Buffer.alloc(65_536, "x");
    for (let n = 0; n < 100; n += 1) assert.equal(output.push(chunk), null);
    assert.equal(output.text, "x".repeat(200));
  });
});

test("the last line of a program is the reason of its end, unless somebody ended it, or gave it that line", () => {
  const exited = { exitCode: 3, signal: null } as const;
  const aborted = { exitCode: null, signal: "SIGABRT" } as const;
  const killed = { exitCode: null, signal: "SIGKILL" } as const;
  assert.equal(endWords(exited, "no such model"), "it exited with 3: no such model");
  assert.equal(endWords(aborted, "out of memory"), "it was ended by SIGABRT: out of memory");
  assert.equal(endWords(killed, "reads a file"), "it was ended by SIGKILL");
  const given = "# Your role\n\n  You are the conductor: a, term 1.\n";
  assert.equal(endWords(exited, "You are the conductor: a, term 1.", given), "it exited with 3");
});

test("bytes are handed on as text with whole letters, wherever they are cut", () => {
  let text = "";
  const take = asText((told) => {
    text += told;
  });
  for (const byte of Buffer.from("é 🙂")) take(Uint8Array.of(byte));
  assert.equal(text, "é 🙂");
});
