/** Plans that are brought in by several at once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openScratch } from "./scratch-project.ts";

const items = Array.from({ length: 40 }, (_, n) => `- [ ] SHOP-${n + 1}: Sell bread ${n + 1}`);

test("of several who import one plan at once each task comes in once, and nobody is refused", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await scratch.write("plan.md", `${items.join("\n")}\n- [ ] Sell cake\n`);
  const all = await Promise.all(
    Array.from({ length: 5 }, () => scratch.temoin("import", "plan.md", "--json")),
  );
  const told = all.map(({ code, stdout, stderr }) => {
    assert.equal(code, 0, stderr);
    const { added, same } = JSON.parse(stdout);
    return [added.length, same].join(" ");
  });
  assert.deepEqual(told.toSorted(), ["0 41", "0 41", "0 41", "0 41", "41 0"]);
  const { tasks } = await scratch.json("ls");
  assert.equal(tasks.length, 41);
});

test("of several who accept what their plans propose at once no proposal is lost", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  const names = ["a", "b", "c", "d"];
  for (const name of names) {
    const goal = `## Definition of done\n\n- \`npm run check-${name}\` passes\n`;
    await scratch.write(`${name}.md`, `- [ ] ${name.toUpperCase()}-1: Sell ${name}\n\n${goal}`);
  }
  const all = await Promise.all(
    names.map((name) => scratch.temoin("import", `${name}.md`, "--accept")),
  );
  for (const { code, stderr } of all) assert.equal(code, 0, stderr);
  const written = await scratch.read("temoin.yaml");
  for (const name of names) assert.match(written, new RegExp(`npm run check-${name}\\b`));
});
