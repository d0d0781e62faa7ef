import assert from "node:assert/strict";
import { test } from "node:test";
import { allEnded } from "../../../src/lib/all-ended.ts";

test("all values come, in the order of the list", async () => {
  assert.deepEqual(await allEnded([Promise.resolve("a"), 2]), ["a", 2]);
});

test("a rejection comes when nothing goes on any more, with the first reason of the list", async () => {
  const slow = Promise.withResolvers<string>();
  const failed = Promise.reject(new Error("first"));
  const caught: string[] = [];
  const waited = allEnded([slow.promise, failed]).catch((error: Error) => {
    caught.push(error.message);
  });
  await new Promise(setImmediate);
  assert.deepEqual(caught, []);
  slow.resolve("late");
  await waited;
  assert.deepEqual(caught, ["first"]);
});
