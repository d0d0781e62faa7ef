/** The examples of docs/plans.md are read as tasks. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { loadMarkdown } from "../../../src/plans/markdown.ts";
import { read, saysOf } from "./read.ts";

const docs = path.join(import.meta.dirname, "../../../docs/plans.md");

test("every example of the documentation is a plan without a warning", async () => {
  const parse = await loadMarkdown();
  const examples = parse(readFileSync(docs, "utf8")).blocks.flatMap((block) =>
    block.kind === "code" ? [{ lang: block.lang, text: block.value }] : [],
  );
  const counts: string[] = [];
  for (const { lang, text } of examples) {
    const plan = await read(text, `example.${lang === "json" ? "json" : "md"}`);
    assert.deepEqual(saysOf(plan), []);
    counts.push(`${lang} ${plan.tasks.length}`);
  }
  assert.deepEqual(counts, ["markdown 1", "markdown 2", "markdown 4", "json 1"]);
});
