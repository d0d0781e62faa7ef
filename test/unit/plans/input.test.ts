/** What is no plan is refused or warned of; what is hostile is read in bounded time. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "../../../src/lib/app-error.ts";
import { createPlanReader } from "../../../src/plans/read-plan.ts";
import { idsOf, read, saysOf } from "./read.ts";

const reader = createPlanReader();

const refused: readonly (readonly [what: string, content: Uint8Array, says: RegExp])[] = [
  [
    "a binary file",
    Buffer.from("PK\u0003\u0004\u0000\u0000"),
    /`p\.md`: it is binary, byte 4 is 0x00/,
  ],
  ["Latin-1", Buffer.from("T\u00e2che \u00e9", "latin1"), /not UTF-8, byte 1 is 0xe2/],
  ["a character cut in two", Buffer.from([0x61, 0xef, 0xbf]), /not UTF-8, byte 1 is 0xef/],
  [
    "a bad byte after a replacement character that was written",
    Buffer.concat([Buffer.from("é\uFFFDa"), Buffer.from([0xff])]),
    /not UTF-8, byte 6 is 0xff/,
  ],
  ["UTF-16", Buffer.from("\uFEFF- [ ] x", "utf16le"), /it is UTF-16 \(little endian\), not UTF-8/],
  ["20 MB", Buffer.alloc(20_000_000, "x"), /it has 20000000 bytes, more than 5242880 \(5 MiB\)/],
];

for (const [what, content, says] of refused) {
  test(`${what} is refused with the value seen and the next step`, async () => {
    await assert.rejects(reader.read("p.md", content), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.match(error.message, says);
      assert.match(error.hint ?? "", /Save it as UTF-8|Split it|Give a Markdown file/);
      return true;
    });
  });
}

test("a document without a task is a plan without one, and says what is understood", async () => {
  for (const text of ["", " \n\n", "\uFEFF", "# Notes\n\nOnly words.\n"]) {
    const plan = await read(text);
    assert.deepEqual(plan.tasks, []);
    assert.match(
      saysOf(plan).join(),
      /^1: (?:This document is empty|No task was found).*`- \[ \] title`/,
    );
  }
});

test("a byte order mark and Windows ends of line change nothing", async () => {
  const text = "# Plan\n\n## A-1: x\n**Agent**: amp\n**Priority**: low\n\n- [ ] y\n";
  const plan = await read(`\uFEFF${text.replaceAll("\n", "\r\n")}`);
  assert.deepEqual(plan, await read(text));
  assert.deepEqual(idsOf(plan), ["A-1"]);
});

test("front matter is no part of the document", async () => {
  const plan = await read("---\ntitle: x\n# no heading\n---\n- [ ] real\n");
  assert.deepEqual(
    plan.tasks.map((task) => [task.title, task.source.line]),
    [["real", 5]],
  );
});

test("lines are those of the file however long it is, also within one table and one list", async () => {
  const filler = "Some words.\n\n".repeat(300);
  const list = Array.from({ length: 400 }, (_, n) => `- [ ] L-${n}: x\n`).join("");
  const rows = Array.from({ length: 400 }, (_, n) => `| R-${n} | y | amp |\n`).join("");
  const text = `${filler}${list}\n${filler}| ID | Task | Agent |\n|---|---|---|\n${rows}`;
  const { tasks } = await read(text);
  assert.equal(tasks.length, 800);
  const lines = text.split("\n");
  for (const { id, source } of tasks) {
    assert.match(lines[source.line - 1] ?? "", new RegExp(`(?:- \\[ \\] |\\| )${id}[: ]`));
  }
});

test("a fence and a comment are whole however long they are", async () => {
  const inside = "## A-1: no\n**Agent**: amp\n- [ ] no task\n\n".repeat(1000);
  assert.deepEqual(idsOf(await read(`\`\`\`\n${inside}\`\`\`\n- [ ] B-1: yes\n`)), ["B-1"]);
  assert.deepEqual(idsOf(await read(`<!--\n${inside}-->\n\n- [ ] B-1: yes\n`)), ["B-1"]);
});

test("a list below one item keeps all its tasks, and says where it was taken apart", async () => {
  const text = `- House\n${"    - [ ] door of `oak` (role: docs)\n".repeat(6000)}`;
  const plan = await read(text);
  assert.equal(plan.tasks.length, 6000);
  assert.ok(
    plan.tasks.every(
      ({ title, role, deps }) => title === "door of `oak`" && role === "docs" && deps.length === 0,
    ),
  );
  assert.match(saysOf(plan).join(), /^2001: The list that holds this line is too long/);
});

test("a document of 100,000 lines is read to its end, and nothing of it is cut", async () => {
  const section = "## Part\n\nSome words, `code` and more words.\n\n- a point\n\n";
  const text = `${section.repeat(16_600)}${"- [ ] last (depends on #1)\n".repeat(400)}`;
  assert.equal(text.split("\n").length, 100_001);
  const { tasks, warnings } = await read(text);
  assert.equal(tasks.length, 400);
  assert.equal(tasks.at(-1)?.source.line, 100_000);
  assert.deepEqual(warnings, [{ line: 99_601, says: "plan-1 depends on itself." }]);
});

const hostile: Readonly<Record<string, string>> = {
  "10,000 lists on one line": `${"- ".repeat(10_000)}[ ] x`,
  "10,000 levels of quotes": `${">".repeat(10_000)} x`,
  "1,500 nested lists": lines(1500, (n) => `${" ".repeat(2 * n)}- [ ] x`),
  "100,000 opening brackets": "[".repeat(100_000),
  "200,000 brackets that match": "[".repeat(100_000) + "]".repeat(100_000),
  "brackets on every line": lines(5000, () => "[".repeat(40) + "]".repeat(40)),
  "unclosed links": "[a](".repeat(50_000),
  "unclosed emphasis": lines(500, () => "**a *b __c ".repeat(50)),
  "emphasis in one long line": lines(40, () => `${"*a".repeat(4_900)}\n`),
  "emphasis in one long paragraph": lines(2000, () => "_a ~b *c".repeat(30)),
  "a family of signs in the midst of a heading": `## Task ${"👩‍👩‍👧".repeat(60)}x`,
  "a row of signs that ends in the midst of a heading": `## A-1: x${"\ufffd".repeat(9_000)}y`,
  "signs without end in every title": lines(200, () => `- [ ] a${"👩‍👩‍👧 ".repeat(900)}b`),
  "unclosed fences": lines(20_000, () => "```x"),
  "fences that never balance": "```x\n```y\n```\n".repeat(10_000),
  "a fence left open in a list": `- a\n  \`\`\`x\n${"## Part\n\n- [ ] b\n\n".repeat(3000)}`,
  "200,000 tags in a prompt": `## A-1: x\n**Agent**: amp\n\`\`\`\n${"<task>".repeat(200_000)}\n\`\`\`\n`,
  "9,000 parentheses": `- [ ] x ${"(".repeat(9000)}${")".repeat(9000)}`,
  "2 MB of blanks in a title": `- [ ] x${" ".repeat(2_000_000)}y`,
  "JSON of 200,000 levels": `${'{"a":'.repeat(200_000)}`,
  "closed JSON of 100,000 levels": `{"task_queue":{"pending":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
  "YAML of 100,000 levels": `- [ ] x\n\n  \`\`\`yaml task\n  brief: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n  \`\`\`\n`,
};

function lines(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => line(n)).join("\n");
}

for (const [what, text] of Object.entries(hostile)) {
  // What never ends is ended by the runner's own patience.
  test(`hostile input ends: ${what}`, async () => {
    const plan = await read(text);
    assert.ok(plan.warnings.length <= 101);
  });
}

test("what is cut because no person writes it is told by its line", async () => {
  const plan = await read(`- [ ] x${"y".repeat(20_000)}\n${" ".repeat(500)}- z\n`);
  assert.deepEqual(saysOf(plan), [
    "1: This line has 20007 characters; the first 10000 are read.",
    "2: Nesting beyond 20 levels is read as if it ended.",
  ]);
  assert.equal(plan.tasks[0]?.title.length, 300);
});

const pieces = fc.constantFrom(
  "# ", "## A-1: x\n", "## Phase 1 (A-1)\n", "- [ ] ", "- [x] ", "  ", "    ", "\t", "\n", "\n\n",
  "```\n", "```md\n", "~~~\n", "> ", "1. ", "**Agent**: amp\n", "**Status**: BLOCKED\n", "**ID**: #1\n",
  "| ID | Task | Agent |\n|---|---|---|\n", "| 1 | x | amp |\n", "(depends on #1)", "(id: A-1)", "@amp",
  "!high", "[", "]", "(", ")", "<task>", "</task>", "CONTEXT:\n", "=== TESTS ===\n", "<!--", "-->", "---\n",
  "{", "}", '{"task_queue":{"pending":[', "\\", "`", "*", "_", "é", "🔴", "TODO-", "x", "\r\n", "\r", "&#0;",
); // biome-ignore format: one list

test("whatever the text, reading gives a plan whose ids are valid and whose tasks are distinct", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ maxLength: 8 })), {
        maxLength: 40,
      }),
      async (parts) => {
        const text = parts.join("").replaceAll("\u0000", "");
        const plan = await read(text);
        const ids = idsOf(plan);
        const lineCount = text.split(/\r\n?|\n/).length;
        assert.equal(new Set(ids.map((id) => id.toUpperCase())).size, ids.length);
        for (const task of plan.tasks) {
          assert.match(task.id, /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/);
          assert.ok(!task.deps.includes(task.id));
          assert.ok(task.source.line >= 1 && task.source.line <= lineCount);
          assert.notEqual(task.title, "");
        }
        const listed = plan.phases.flatMap((phase) => phase.tasks);
        assert.equal(new Set(listed).size, listed.length);
        assert.ok(listed.every((id) => ids.includes(id)));
      },
    ),
    { numRuns: 1000 },
  );
});

test("whatever the bytes, reading gives a plan or an AppError", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      try {
        const plan = await reader.read("p.md", bytes);
        assert.ok(Array.isArray(plan.tasks));
      } catch (error) {
        assert.ok(error instanceof AppError);
        assert.match(error.message, /^Cannot read the plan `p\.md`: /);
      }
    }),
  );
});
