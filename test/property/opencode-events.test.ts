import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { EventSplitter } from "../../src/agents/opencode/sse.ts";

const line = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .map((text) => text.replace(/[\r\n]/g, ""));
const event = fc.array(line, { minLength: 1, maxLength: 3 });
const end = fc.constantFrom("\n", "\r\n");
/** What a server may put between the lines of an event's data. */
const other = fc.constantFrom("", ": ping", "event: message", "id: 7", "retry: 10", "database: x");

describe("server-sent events", () => {
  it("come out whole and in order, wherever their bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, other), { maxLength: 6 }),
        end,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (events, newline, cuts) => {
          const text = events.map(([lines, between]) => {
            const data = lines.map((part) => `data: ${part}${newline}`);
            const comment = between === "" ? "" : `${between}${newline}`;
            return `${data.join(comment)}${newline}`;
          });
          const bytes = Buffer.from(`${text.join("")}data: never finished`);
          const splitter = new EventSplitter();
          const told: string[] = [];
          for (let at = 0, n = 0; at < bytes.length; n += 1) {
            const size = cuts[n % cuts.length] ?? 1;
            told.push(...splitter.push(bytes.subarray(at, at + size)));
            at += size;
          }
          assert.deepEqual(
            told,
            events.map(([lines]) => lines.join("\n")),
          );
        },
      ),
    );
  });

  it("are dropped whole where they are too long, and the next one is not", () => {
    const splitter = new EventSplitter(10);
    const long = "x".repeat(11);
    const texts = [`data: ${long}\n\n`, `data: 123456\ndata: 123456\n\n`, "data:short\n\n"];
    assert.deepEqual(splitter.push(Buffer.from(texts.join(""))), ["short"]);
  });
});
