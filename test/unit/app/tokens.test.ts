import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { Tokens } from "../../../src/app/tokens.ts";
import { parseAgentName, slotId } from "../../../src/domain/id.ts";

function slot(n: number) {
  const agent = parseAgentName("claude");
  assert(agent !== null);
  return slotId(agent, n);
}

async function scratch() {
  const directory = await mkdtemp(path.join(tmpdir(), "temoin-tokens-"));
  return {
    file: path.join(directory, "tokens.json"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

test("a slot keeps its token from one temoin to the next, and nobody else can read it", async () => {
  await using stage = await scratch();
  const first = await Tokens.open(stage.file, [slot(1)]);
  const second = await Tokens.open(stage.file, [slot(1), slot(2)]);
  assert.equal(second.of(slot(1)), first.of(slot(1)));
  assert.equal(second.slotOf(second.of(slot(2))), slot(2));
  assert.equal(second.slotOf("no token"), null);
  assert.equal((await stat(stage.file)).mode & 0o777, 0o600);
});

test("the token of a slot that is gone speaks for nobody", async () => {
  await using stage = await scratch();
  const before = await Tokens.open(stage.file, [slot(1), slot(2)]);
  const after = await Tokens.open(stage.file, [slot(1)]);
  assert.equal(after.slotOf(before.of(slot(2))), null);
});

test("a file that is not as temoin writes it is replaced", async () => {
  await using stage = await scratch();
  for (const text of ["{", "[]", '{"claude-1":"short"}', "null"]) {
    await writeFile(stage.file, text);
    const tokens = await Tokens.open(stage.file, [slot(1)]);
    assert.match(tokens.of(slot(1)), /^[\w-]{32}$/, text);
  }
});

test("a link in its place is not followed, and a folder is a sentence", async () => {
  await using stage = await scratch();
  const other = `${stage.file}.other`;
  await writeFile(other, "mine");
  await symlink(other, stage.file);
  await Tokens.open(stage.file, [slot(1)]);
  assert.equal(await readFile(other, "utf8"), "mine");
  await rm(stage.file);
  await mkdir(stage.file);
  await assert.rejects(Tokens.open(stage.file, [slot(1)]), { code: "disk" });
});
