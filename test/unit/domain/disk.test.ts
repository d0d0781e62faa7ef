import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesText, type DiskReading, judgeDisk } from "../../../src/domain/disk.ts";
import { why } from "../../../src/domain/why.ts";
import { draft, Project, typesOf } from "./project.ts";

const leastBytes = 1_000;

function reading(...free: readonly number[]): DiskReading {
  const spaces = free.map((freeBytes, place) => ({ dir: `/disk-${place}`, freeBytes }));
  return { spaces, leastBytes };
}

const cases: readonly (readonly [string, DiskReading, boolean, string])[] = [
  ["room everywhere", reading(5_000, 1_000), false, "same"],
  ["one disk below", reading(5_000, 999), false, "low"],
  ["still below", reading(5_000, 999), true, "same"],
  ["just above again", reading(5_000, 1_099), true, "same"],
  ["a tenth above again", reading(5_000, 1_100), true, "enough"],
  ["no disk that tells", reading(), true, "same"],
  ["nobody looks any more", { ...reading(0), leastBytes: 0 }, true, "enough"],
  ["nobody looks", { ...reading(0), leastBytes: 0 }, false, "same"],
];
for (const [what, given, wasLow, is] of cases) {
  test(`${what}, ${wasLow ? "low" : "enough"} before: ${is}`, () => {
    assert.equal(judgeDisk(given, wasLow).is, is);
  });
}

test("the disk with the least room is told", () => {
  const verdict = judgeDisk(reading(900, 100, 500), false);
  assert(verdict.is === "low");
  assert.equal(verdict.disk.dir, "/disk-1");
});

test("nothing begins while a disk is low, what is at work ends and lands, and it goes on", () => {
  const project = new Project();
  project.run({ a: [], b: [] });
  project.add(draft("T-1"));
  const low = project.control({ type: "disk_read", ...reading(10) });
  assert.deepEqual(typesOf(low), ["disk_low", "inbox_added"]);
  assert.deepEqual(typesOf(project.control({ type: "disk_read", ...reading(9) })), []);
  project.add(draft("T-2"));
  assert.equal(project.stateOf("T-2"), "queued", "slot b is free, and is given nothing");
  project.end("T-1", "verified");
  project.land("T-1");
  assert.equal(project.stateOf("T-1"), "done");
  assert.deepEqual(project.outlook, { kind: "working" }, "it waits, and is not over");
  const told = why(project.state, "T-2", project.now)?.because.map(({ says }) => says) ?? [];
  assert.ok(told.some((says) => /only 10 bytes are free under \/disk-0/.test(says)));
  const again = project.control({ type: "disk_read", ...reading(5_000) });
  assert.deepEqual(typesOf(again).slice(0, 2), ["disk_enough", "inbox_cleared"]);
  assert.equal(project.stateOf("T-2"), "running");
  assert.equal(project.state.inbox.size, 0);
});

test("a run that begins on a full disk hands out nothing", () => {
  const project = new Project();
  project.add(draft("T-1"));
  project.control({ type: "disk_read", ...reading(10) });
  project.run({ a: [] });
  assert.equal(project.stateOf("T-1"), "queued");
  assert.equal(project.exitCode, null);
});

test("sizes are rounded down", () => {
  const told = [0, 1_023, 1_024, 268_435_455, 1.5 * 1024 ** 3].map(bytesText);
  assert.deepEqual(told, ["0 bytes", "1023 bytes", "1 KiB", "255 MiB", "1.5 GiB"]);
});
