import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenWork } from "../../../src/lib/open-work.ts";

test("open work is over when the last of it has ended, and what has ended is not kept", async () => {
  const work = new OpenWork();
  await work.over();
  const [slow, quick] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  work.track(slow.promise);
  work.track(quick.promise);
  let isOver = false;
  const over = work.over().then(() => {
    isOver = true;
  });
  quick.resolve();
  await quick.promise;
  assert.equal(isOver, false);
  slow.resolve();
  await over;
  assert.equal(isOver, true);
});
