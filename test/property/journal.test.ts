import assert from "node:assert/strict";
import { appendFile, readFile, truncate, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import fc from "fast-check";
import { numbersIn, Stage, story, upTo } from "../unit/journal/stage.ts";

const length = 12;
const { events } = story(length);

describe("the log, whatever cut it short", () => {
  it("becomes the same to the byte again, wherever its end was torn off", async () => {
    await using stage = await Stage.set();
    await stage.tell(events.slice(0, -1));
    const before = await readFile(stage.logFile);
    await stage.tell(events);
    const whole = await readFile(stage.logFile);
    await fc.assert(
      fc.asyncProperty(fc.nat(before.length), async (bytes) => {
        await writeFile(stage.logFile, before);
        await truncate(stage.logFile, bytes);
        await stage.tell(events);
        assert.deepEqual(await readFile(stage.logFile), whole);
      }),
      { numRuns: 150, examples: [[0], [1], [before.length - 1], [before.length]] },
    );
  });

  it("holds each row once and in order, whatever a person adds between tears", async () => {
    const words = fc.constantFrom(
      "",
      "a note\n",
      "no line end",
      "| my | row |\n",
      "\n\n",
      "| torn",
    );
    const step = fc.record({
      upTo: fc.integer({ min: 1, max: length }),
      tornBytes: fc.nat(200),
      words,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        await using stage = await Stage.set();
        let told = 0;
        for (const one of steps) {
          told = Math.max(told, one.upTo);
          await stage.tell(events.slice(0, told));
          const { length: bytes } = await readFile(stage.logFile);
          await truncate(stage.logFile, Math.max(0, bytes - one.tornBytes));
          await appendFile(stage.logFile, one.words);
        }
        await stage.tell(events);
        assert.deepEqual(numbersIn(await stage.log()), upTo(length));
      }),
      { numRuns: 60 },
    );
  });
});
