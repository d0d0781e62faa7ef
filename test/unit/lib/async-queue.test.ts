/** A queue loses nothing between a writer and readers, one after the other. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AsyncQueue } from "../../../src/lib/async-queue.ts";

describe("AsyncQueue", () => {
  test("gives what was put in before and while it is read, then ends", async () => {
    const queue = new AsyncQueue<number | undefined>();
    queue.push(1);
    const read = Array.fromAsync(queue);
    await Promise.resolve();
    queue.push(2);
    queue.push(undefined);
    await Promise.resolve();
    queue.push(3);
    queue.end();
    assert.deepEqual(await read, [1, 2, undefined, 3]);
    assert.deepEqual(await Array.fromAsync(queue), []);
  });

  test("goes on for the next reader where the last one has left", async () => {
    const queue = new AsyncQueue<number>();
    for (const item of [1, 2, 3]) queue.push(item);
    for await (const item of queue) if (item === 2) break;
    queue.end();
    assert.deepEqual(await Array.fromAsync(queue), [3]);
  });

  test("refuses two readers at once, and items after its end", async () => {
    const queue = new AsyncQueue<number>();
    const first = Array.fromAsync(queue);
    await assert.rejects(Array.fromAsync(queue), /has a reader already/);
    queue.end();
    queue.end();
    assert.deepEqual(await first, []);
    assert.throws(() => queue.push(1), /has ended/);
  });
});
