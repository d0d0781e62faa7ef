/** Secrets in text: however it is cut, none of them comes through. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createMask, type Mask, type Secret } from "../../src/lib/mask.ts";
import { tokenShapes } from "../../src/lib/token-shapes.ts";

function pass(mask: Mask, bytes: Buffer, cuts: readonly number[]): string {
  const stream = mask.stream();
  const ends = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  const shown: Buffer[] = [];
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    shown.push(stream.push(bytes.subarray(from, end)));
    from = end;
  }
  shown.push(stream.end());
  return Buffer.concat(shown).toString("utf8");
}

const everywhere = (bytes: Buffer) => Array.from(bytes, (_, at) => at);

/** Of few letters, so that they begin and end like each other. */
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 8, maxLength: 14 }),
  fc.string({ unit: "grapheme", minLength: 8, maxLength: 12 }),
  fc.constantFrom("sk-ant-abcdefgh", "p[a.s*s](w|o$rd\\", "[masked A", "pässwörter🙂"),
);
const secrets = fc
  .array(value, { minLength: 1, maxLength: 5 })
  .map((values) => values.map((own, n): Secret => ({ name: "ABCDE".charAt(n), value: own })));
const token = fc.constantFrom(...tokenShapes).chain(({ prefix, rest, least }) =>
  fc
    .string({
      unit: fc.constantFrom(..."AZ09").filter((letter) => new RegExp(rest).test(letter)),
      minLength: least,
      maxLength: least + 30,
    })
    .map((end) => prefix + end),
);

/** Text that is full of the secrets, of their begins and of what looks like a token. */
const scene = secrets.chain((all) =>
  fc.record({
    secrets: fc.constant(all),
    pieces: fc.array(
      fc.oneof(
        fc.constantFrom(...all.map((one) => one.value)),
        fc
          .constantFrom(...all.map((one) => one.value))
          .chain((own) => fc.nat(own.length).map((end) => own.slice(0, end))),
        fc.constantFrom(..."a b - \n ] [ sk- ghp_ ghp_ab AKIA eyJ ä 🙂".split(" "), " "),
        token,
      ),
      { maxLength: 14 },
    ),
  }),
);
const cuts = fc.array(fc.nat(2_000), { maxLength: 12 });

describe("masking a stream", () => {
  test("gives the same wherever the text is cut", () => {
    fc.assert(
      fc.property(scene, cuts, (of, at) => {
        const mask = createMask(of.secrets);
        const bytes = Buffer.from(of.pieces.join(""));
        const whole = pass(mask, bytes, []);
        assert.equal(pass(mask, bytes, at), whole);
        assert.equal(pass(mask, bytes, everywhere(bytes)), whole);
      }),
      { numRuns: 500 },
    );
  });

  test("lets no value through, wherever the text is cut", () => {
    fc.assert(
      fc.property(scene, cuts, (of, at) => {
        // A value that is a part of our own words would always be seen in them.
        fc.pre(of.secrets.every((one) => !"[masked A][masked B]".includes(one.value)));
        const shown = pass(createMask(of.secrets), Buffer.from(of.pieces.join("")), at);
        const left = shown.replaceAll(/\[masked [^\]]*\]/g, "\u0000");
        for (const one of of.secrets) assert.equal(left.includes(one.value), false, shown);
      }),
      { numRuns: 500 },
    );
  });

  test("lets no token through that can be told by its looks", () => {
    fc.assert(
      fc.property(token, fc.constantFrom("", " ", "=", '"', "\n", "/"), cuts, (own, before, at) => {
        const text = `${before}${own} and more`;
        const shown = pass(createMask([]), Buffer.from(text), at);
        assert.match(shown, /\[masked [^\]]+\]/);
        assert.equal(shown.includes(own.slice(0, 24)), false, shown);
      }),
      { numRuns: 500 },
    );
  });

  test("leaves bytes of any kind as they are where nothing is secret", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, at) => {
        const stream = createMask([{ name: "A", value: "never to be seen" }]).stream();
        const ends = at.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
        let from = 0;
        const shown = [...ends, bytes.length].map((end) => {
          const piece = stream.push(bytes.subarray(from, end));
          from = end;
          return piece;
        });
        assert.deepEqual(Buffer.concat([...shown, stream.end()]), Buffer.from(bytes));
      }),
    );
  });
});

describe("masking a text", () => {
  test("finds a value that a screen has broken into rows, and keeps the rows", () => {
    const secret = "s3cr3t-of-the-environment-0123456789";
    const frames = fc.constantFrom("", "  ", "│ ");
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 30 }), frames, (width, frame) => {
        const mask = createMask([{ name: "MY_KEY", value: secret }]);
        const parts = secret.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
        const rows = ["first", ...parts.map((part) => `${frame}${part}  `), "last"];
        const shown = mask.text(rows.join("\n"));
        assert.match(shown, /\[masked MY_KEY\]/);
        assert.equal(shown.split("\n").length, rows.length);
        for (const part of parts) assert.equal(part.length > 3 && shown.includes(part), false);
      }),
    );
  });

  test("finds what is left of a value where the text was cut in the middle of it", () => {
    const key = "s3cr3t-of-the-environment-0123456789";
    const longer = `${key}-and-more`;
    const mask = createMask([
      { name: "KEY", value: key },
      { name: "LONGER", value: longer },
    ]);
    for (let end = 8; end < longer.length; end += 1) {
      const shown = mask.text(`May it run \`curl -H ${longer.slice(0, end)}`);
      assert.match(shown, /^May it run `curl -H \[masked (KEY|LONGER)\]/);
      assert.equal(shown.includes("s3cr3t"), false, shown);
    }
    assert.equal(mask.text("s3cr3t-"), "s3cr3t-", "too short to be told from words");
    assert.equal(mask.text(`${key.slice(0, 20)} is all`), `${key.slice(0, 20)} is all`);
  });

  test("finds a value in base64, with an end of line or without", () => {
    for (const value of ["12345678", "s3cr3t-of-the-environment-01234", "ä-pässwort-🙂"]) {
      const mask = createMask([{ name: "KEY", value }]);
      for (const text of [value, `${value}\n`, `${value}:x`]) {
        const shown = mask.text(`so: ${Buffer.from(text).toString("base64")}`);
        assert.match(shown, /^so: \[masked KEY\].{0,8}$/);
      }
    }
  });
});
