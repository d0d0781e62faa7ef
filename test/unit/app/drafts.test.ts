import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { Drafts } from "../../../src/app/drafts.ts";
import { AppError } from "../../../src/lib/app-error.ts";

/** Judges each when the test lets it, and keeps what was judged last. */
async function openDesk() {
  const folder = await mkdtemp(path.join(tmpdir(), "temoin-drafts-"));
  const file = path.join(folder, "draft.md");
  const begun: string[] = [];
  const doors = new Map<string, PromiseWithResolvers<void>>();
  const arrived = new Map<string, PromiseWithResolvers<void>>();
  const of = (map: typeof doors, text: string): PromiseWithResolvers<void> => {
    const known = map.get(text) ?? Promise.withResolvers<void>();
    map.set(text, known);
    return known;
  };
  let last = "";
  const drafts = new Drafts({
    file,
    judge: async (text) => {
      begun.push(text);
      of(arrived, text).resolve();
      await of(doors, text).promise;
      last = text;
      return { complete: true, tasks: 1, findings: [] };
    },
  });
  return {
    file,
    drafts,
    begun,
    last: () => last,
    kept: () => readFile(file, "utf8"),
    arrives: (text: string) => of(arrived, text).promise,
    open: (text: string) => of(doors, text).resolve(),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

describe("drafts that are handed in at once", () => {
  it("are judged one after the other: the last one counts, however long the first takes", async () => {
    await using desk = await openDesk();
    const taken = ["first", "second", "third"].map((text) => desk.drafts.take(text));
    desk.open("third");
    desk.open("second");
    await desk.arrives("first");
    assert.deepEqual(desk.begun, ["first"]);
    desk.open("first");
    await Promise.all(taken);
    assert.deepEqual([desk.last(), await desk.kept()], ["third", "third"]);
  });

  it("are refused once its turns are over, those that wait too", async () => {
    await using desk = await openDesk();
    const first = desk.drafts.take("first");
    const second = desk.drafts.take("second");
    await desk.arrives("first");
    const over = desk.drafts[Symbol.asyncDispose]();
    desk.open("first");
    await first;
    const late = (error: unknown) =>
      error instanceof AppError && /comes too late/.test(error.message);
    await assert.rejects(second, late);
    await over;
    await assert.rejects(desk.drafts.take("third"), late);
    assert.deepEqual([desk.last(), await desk.kept()], ["first", "first"]);
  });
});

describe("a draft that cannot be kept", () => {
  it("is refused with the reason, and is not judged", async () => {
    await using desk = await openDesk();
    await mkdir(desk.file);
    await assert.rejects(
      desk.drafts.take("first"),
      (error: unknown) =>
        error instanceof AppError &&
        error.code === "disk" &&
        /^Cannot keep the draft in .*draft\.md: Error: EISDIR/.test(error.message),
    );
    assert.deepEqual(desk.begun, []);
  });
});
