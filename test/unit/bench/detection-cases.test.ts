import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { readCases } from "../../../bench/detection-cases.ts";

async function stage(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(path.join(tmpdir(), "temoin-cases-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

const idle = '{ "state": "idle", "title": "✳ x", "also": ["draft", "asleep"], "cols": 80 }';

test("a case needs a screen and its truth; all else may be missing or odd", async () => {
  await using cases = await stage({
    "claude/text-only/screen.txt": "one\r\ntwo\r\n",
    "claude/text-only/meta.json": `\uFEFF${idle}`,
    "claude/ansi-only/screen.ansi": "\u001b[1mone\u001b[0m\ntwo\n",
    "claude/ansi-only/meta.json": '{ "state": "failed", "title": 5, "cursor": [], "rows": -1 }',
  });
  const { cases: read, problems } = await readCases(cases.root);
  assert.deepEqual(problems, []);
  const [ansiOnly, textOnly] = read;
  assert.deepEqual(ansiOnly?.screen.lines, ["one", "two", ""]);
  assert.deepEqual([ansiOnly?.screen.title, ansiOnly?.screen.cursor], [null, null]);
  assert.deepEqual(textOnly?.screen.lines, ["one", "two", ""]);
  assert.deepEqual(textOnly?.screen.ansi, []);
  assert.deepEqual(textOnly?.truth, { label: "idle", also: ["draft"], isTellable: true });
});

test("a case that cannot be read is a sentence, and the others are read", async () => {
  await using cases = await stage({
    "claude/good/screen.txt": "",
    "claude/good/meta.json": idle,
    "claude/no-json/screen.txt": "",
    "claude/no-json/meta.json": "{",
    "claude/no-state/screen.txt": "",
    "claude/no-state/meta.json": '{ "state": "asleep" }',
    "claude/no-meta/screen.txt": "",
    "claude/no-screen/meta.json": idle,
    "claude/folder/screen.txt/x": "",
    "claude/folder/meta.json": idle,
  });
  await symlink("/nowhere", path.join(cases.root, "dangling"));
  const { cases: read, problems } = await readCases(cases.root);
  assert.deepEqual(
    read.map((one) => one.name),
    ["claude/good"],
  );
  for (const name of ["no-json", "no-state", "no-meta", "no-screen", "folder", "dangling"]) {
    assert(
      problems.some((problem) => problem.includes(name) && problem.includes("left out")),
      name,
    );
  }
  assert.equal(problems.length, 6);
});

test("a folder that is not there is a sentence", async () => {
  const { cases, problems } = await readCases("/nowhere/at/all");
  assert.deepEqual(cases, []);
  assert.match(problems.join(), /left out/);
});
