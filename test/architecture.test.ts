/** Holds src/ to its floors, and holds the check itself to seeing what is planted. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { findViolations } from "./architecture.ts";

const src = path.join(import.meta.dirname, "..", "src");

test("every file of src/ keeps to its floor and to the rules of the house", () => {
  const files = globSync("**/*.ts", { cwd: src }).map(
    (file) => [file.split(path.sep).join("/"), readFileSync(path.join(src, file), "utf8")] as const,
  );
  assert.deepEqual(findViolations(new Map(files)), []);
});

test("finding no files is a violation", () => {
  assert.deepEqual(findViolations(new Map()), ["there are no files to look at"]);
});

const clean: readonly (readonly [file: string, text: string])[] = [
  ["domain/task.ts", 'import type { Id } from "./id.ts";\nexport const at = new Date(0);'],
  ["lib/clock.ts", 'import { setTimeout } from "node:timers/promises";\nDate.now();'],
  ["store/sqlite.ts", 'import { DatabaseSync } from "node:sqlite";\nimport "../domain/id.ts";'],
  ["runner/land.ts", 'import type {\n  Gate,\n  Verdict,\n} from "../gates/gate.ts";'],
  ["operations/add.ts", 'import { claim } from "../control/claim.ts";'],
  ["cli/add.ts", 'const { add } = await import("../operations/add.ts");'],
  ["app.ts", 'import { openStore } from "./store/sqlite.ts";'],
  ["main.ts", 'import { app } from "./app.ts";\nimport { program } from "./cli/program.ts";'],
  ["lib/lock.ts", "// Date.now() would lie here\nconst a = 1; // and setTimeout(f) too\n"],
];

for (const [file, text] of clean) {
  test(`nothing is held against a clean ${file}`, () => {
    assert.deepEqual(findViolations(new Map([[file, text]])), []);
  });
}

const planted: readonly (readonly [file: string, text: string, seen: RegExp])[] = [
  ["domain/a.ts", 'import { now } from "../lib/clock.ts";', /imports lib\/clock\.ts/],
  ["domain/a.ts", 'import { join } from "node:path";', /pure but imports node:path/],
  ["domain/a.ts", 'import type { Z } from "zod";', /pure but imports zod/],
  ["domain/a.ts", "export async function decide() {}", /not pure/],
  ["domain/a.ts", 'const dir = process.env["HOME"];', /not pure/],
  ["domain/a.ts", "if (broken) process.exit(1);", /not pure/],
  ["domain/a.ts", "const id = Math.random();", /not pure/],
  ["lib/a.ts", 'import type { Task } from "../domain/task.ts";', /imports domain\/task\.ts/],
  ["store/a.ts", 'import { run } from "../gates/gate.ts";', /imports gates\/gate\.ts/],
  ["agents/a.ts", 'export { x } from "../control/control.ts";', /imports control\/control\.ts/],
  ["runner/a.ts", 'import {\n  x,\n} from "../store/sqlite.ts";', /imports store\/sqlite\.ts/],
  ["runner/a.ts", 'import { x } from "../control/control.ts";', /imports control\/control\.ts/],
  ["control/a.ts", 'import { x } from "../runner/run.ts";', /imports runner\/run\.ts/],
  ["control/a.ts", 'const x = await import("../store/sqlite.ts");', /imports store\/sqlite\.ts/],
  ["control/a.ts", 'type X = import("../store/sqlite.ts").X;', /imports store\/sqlite\.ts/],
  ["operations/a.ts", 'import "../agents/command.ts";', /imports agents\/command\.ts/],
  ["operations/a.ts", 'import { program } from "../cli/program.ts";', /imports cli\/program\.ts/],
  ["cli/a.ts", 'import { control } from "../control/control.ts";', /imports control\/control\.ts/],
  ["main.ts", 'import { add } from "./operations/add.ts";', /imports operations\/add\.ts/],
  ["main.ts", "const x = 1;\n".repeat(26), /has 26 lines, more than 25/],
  ["lib/a.ts", "const x = 1;\n".repeat(401), /has 401 lines, more than 400/],
  ["runner/a.ts", "const at = Date.now();", /reads the clock/],
  ["runner/a.ts", "const read = Date.now;", /reads the clock/],
  ["cli/a.ts", "const at = new Date();", /reads the clock/],
  ["cli/a.ts", "setTimeout(() => {}, 10);", /sets a timer/],
  ["lib/a.ts", "setInterval(look, 10);", /sets a timer/],
  ["lib/a.ts", 'import { setTimeout as sleep } from "node:timers/promises";', /sets a timer/],
  ["lib/a.ts", "await fetch(url, { signal: AbortSignal.timeout(5) });", /sets a timer/],
  ["lib/a.ts", "export default 1;", /default export/],
  ["lib/a.ts", 'export * from "./b.ts";', /barrel/],
  ["lib/a.ts", 'const fs = require("fs");', /uses require/],
  ["lib/a.ts", "const x = await import(name);", /cannot be read here/],
  ["lib/a.ts", "export function renew(leaseId: string) {}", /no word of the vocabulary/],
  ["lib/string-utils.ts", "", /named `utils`/],
  ["domain/types.ts", "", /named `types`/],
  ["agents/manager/start.ts", "", /named `manager`/],
  ["lib/fileLock.ts", "", /kebab-case/],
  ["engine/run.ts", "", /engine is not on the map/],
];

for (const [file, text, seen] of planted) {
  test(`a planted violation is seen: ${file} with ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.match(findViolations(new Map([[file, text]])).join("\n"), seen);
  });
}
