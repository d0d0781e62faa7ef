import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptOutput } from "../../../src/gates/kept-output.ts";
import { createMask } from "../../../src/lib/mask.ts";

const secret = "a-secret-of-some-length";
const mask = createMask([{ name: "TOKEN", value: secret }]);
const mebibyte = 1024 * 1024;

/** A line after the other, each with its number and a secret, in pieces that cut them anywhere. */
function flood(bytes: number) {
  const output = new KeptOutput(mask);
  const piece = 65_521;
  let left = Buffer.alloc(0);
  let pushed = 0;
  for (let n = 0; pushed < bytes; ) {
    const lines: string[] = [];
    for (let size = left.length; size < piece; size += 40) {
      lines.push(`${String(n).padStart(12, "0")} ${secret}\n`);
      n += 1;
    }
    const all = Buffer.concat([left, Buffer.from(lines.join(""))]);
    const next = all.subarray(0, Math.min(piece, bytes - pushed));
    output.push(next);
    pushed += next.length;
    left = Buffer.from(all.subarray(next.length));
  }
  return output.end();
}

for (const mebibytes of [0.1, 1, 16, 17, 17.1, 30]) {
  test(`of ${mebibytes} MiB the begin and the end are kept without a secret, and the rest is counted`, () => {
    const { head, tail, cutBytes } = flood(Math.round(mebibytes * mebibyte));
    assert.ok(head.length <= 256 * 1024 && tail.length <= mebibyte);
    const text = Buffer.concat([head, Buffer.from("\n"), tail]).toString("latin1");
    const lines = text.split("\n").filter((line) => line !== "");
    // The first of the tail and the last may be cut; a secret that was cut is none any more.
    assert.equal(text.includes(secret), false);
    const whole = lines.filter((line) => /^\d{12} \[masked TOKEN\]$/.test(line));
    assert.ok(lines.length - whole.length <= 4, `${lines.length - whole.length} lines are broken`);
    const last = Number(whole.at(-1)?.slice(0, 12));
    assert.ok(Math.abs(last - (mebibytes * mebibyte) / 37) < 3, String(last));
    assert.equal(cutBytes > 0, mebibytes > 2);
  });
}
