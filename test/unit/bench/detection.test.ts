/** What `npm run bench -- detection --cases DIR --json` prints, which scripts rely on. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const screens = path.join(root, "test", "fixtures", "screens");

async function stage(cases: readonly string[]) {
  const folder = await mkdtemp(path.join(tmpdir(), "temoin-detection-"));
  for (const name of cases) {
    await cp(path.join(screens, name), path.join(folder, name), { recursive: true });
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

function detect(folder: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const args = [path.join(root, "bench", "run.ts"), "detection", "--cases", folder, "--json"];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

test("cases of another folder are classified: as JSON each case, and what comes of all of them", async () => {
  const recorded = ["claude/after-compact", "codex/streaming-lies-80", "opencode/retry-500-120"];
  await using cases = await stage(recorded);
  // A truth that no screen shows: what is said does not come from it.
  const meta = path.join(cases.folder, "opencode/retry-500-120/meta.json");
  const truth = JSON.parse(await readFile(meta, "utf8"));
  await writeFile(meta, JSON.stringify({ ...truth, state: "limited", also: [] }));
  const { code, stdout } = await detect(cases.folder);
  assert.equal(code, 0);
  const result = JSON.parse(stdout);
  assert.deepEqual(Object.keys(result).toSorted(), [
    "busyCalledIdle",
    "byAgent",
    "cases",
    "confusion",
  ]);
  assert.deepEqual(result.cases, [
    { case: "claude/after-compact", label: "idle", said: "idle" },
    { case: "codex/streaming-lies-80", label: "working", said: "working" },
    { case: "opencode/retry-500-120", label: "limited", said: "retrying" },
  ]);
  assert.deepEqual(result.confusion, {
    idle: { idle: 1 },
    working: { working: 1 },
    limited: { retrying: 1 },
  });
  assert.equal(result.busyCalledIdle, 0);
  assert.deepEqual(Object.keys(result.byAgent), ["claude", "codex", "opencode"]);
  const { tellable, states } = result.byAgent.opencode;
  assert.deepEqual(tellable, { cases: 1, right: 0, share: 0 });
  assert.deepEqual(states.retrying, { cases: 0, said: 1, precision: 0, recall: null });
  assert.deepEqual(states.limited, { cases: 1, said: 0, precision: null, recall: 0 });
});

test("a busy agent that is called idle is counted, and a folder that is not there is no success", async () => {
  await using cases = await stage(["claude/after-compact"]);
  const meta = path.join(cases.folder, "claude/after-compact/meta.json");
  const truth = JSON.parse(await readFile(meta, "utf8"));
  await writeFile(meta, JSON.stringify({ ...truth, state: "working" }));
  assert.equal(JSON.parse((await detect(cases.folder)).stdout).busyCalledIdle, 1);
  const nowhere = await detect(path.join(cases.folder, "none"));
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /none is left out/);
});
