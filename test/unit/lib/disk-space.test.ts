import assert from "node:assert/strict";
import { statfs } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { freeBytesAt } from "../../../src/lib/disk-space.ts";

test("a folder that is not there yet has the room of where it will lie", async () => {
  const free = await freeBytesAt(path.join(os.tmpdir(), "not-there", "nor-this"));
  const { blocks, bsize } = await statfs(os.tmpdir());
  assert.ok(free > 0 && free <= blocks * bsize);
});
