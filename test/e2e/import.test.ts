/** Plans that are brought in: what is shown of them, and by several at once. */

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

test("nothing of a plan is run unseen: each check is shown beforehand, and told when it comes in", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  const long = `node --test ${"test/very/long/".repeat(40)}a.test.ts`;
  const plan = (check: string): string =>
    [
      `- [ ] A-1: Sell bread (verify: ${check})`,
      "",
      "  **Answers**:",
      "  - May I drop the old table? yes",
      "",
      `- [ ] A-2: Sell cake (verify: ${check}) (verify: rm\u200b -rf work)`,
      "- [x] A-3: Count (verify: never-run)",
      "",
    ].join("\n");
  await scratch.write("plan.md", plan(long));
  const shown = (await scratch.temoin("import", "plan.md", "--dry-run")).stdout;
  const [first = "", second = ""] = shown.split(/^(?=\+ {2}A-[23])/m);
  assert.ok(first.includes("\n    is answered unasked: May I drop the old table? yes\n"), shown);
  assert.ok(first.includes(`\n    runs: ${long}\n`), shown);
  assert.ok(second.includes(`\n    runs: ${long}\n    runs: rm<U+200B> -rf work\n`), shown);
  assert.ok(!shown.includes("never-run"), shown);

  const told = (await scratch.temoin("import", "plan.md")).stdout;
  assert.ok(told.includes(`checked when verified: A-1, A-2\n    runs: ${long}\n`), told);
  assert.ok(!told.includes("never-run"), told);

  await scratch.write("plan.md", plan("npm test"));
  const changed = (await scratch.temoin("import", "plan.md", "--dry-run")).stdout;
  assert.match(changed, /^~ A-1: .*\n {4}verify: .*\n {4}runs: npm test$/m);
  const came = (await scratch.temoin("import", "plan.md")).stdout;
  assert.match(came, /^checked when verified: A-1, A-2\n {4}runs: npm test$/m);
});

test("what a plan proposes for temoin.yaml is shown beforehand, and written by --accept alone", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  const config = await scratch.read("temoin.yaml");
  const goal = "## Definition of done\n\n- `npm run check-a` passes\n";
  await scratch.write("plan.md", `- [ ] A-1: Sell bread\n\n${goal}`);
  const asked = await scratch.temoin("import", "plan.md", "--dry-run");
  assert.match(asked.stdout, /^would be for you: plan\.md proposes the goal .*npm run check-a/m);
  const shown = await scratch.temoin("import", "plan.md", "--dry-run", "--accept");
  assert.match(shown.stdout, /^temoin\.yaml would have: .*npm run check-a/m);
  assert.doesNotMatch(shown.stdout, /for you/);
  assert.match(shown.stderr, /^next: temoin import plan\.md --accept$/m);
  assert.equal(await scratch.read("temoin.yaml"), config);
  const written = await scratch.temoin("import", "plan.md", "--accept");
  assert.match(written.stdout, /^temoin\.yaml has now: .*npm run check-a/m);
  assert.match(await scratch.read("temoin.yaml"), /npm run check-a/);
});
