import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { variables } from "../../../src/config/environment.ts";
import { laterKeys, laterValues } from "../../../src/config/not-yet.ts";
import { knownKeys } from "../../../src/config/schema.ts";
import { schemaFile } from "../../../src/config/write.ts";
import { makeScratch } from "./scratch.ts";

const page = await readFile(new URL("../../../docs/configuration.md", import.meta.url), "utf8");

describe("docs/configuration.md", () => {
  it("lists every key of this version", () => {
    const keys = Object.entries(knownKeys).flatMap(([pattern, names]) =>
      names.map((name) => (pattern === "" ? name : `${pattern}.${name}`)),
    );
    // Maps are told by their keys, goal items and rules in words.
    const inWords = /^(?:goal|policy\.(?:allow|deny))\.\*/;
    const told = keys.filter((key) => knownKeys[key] === undefined && !inWords.test(key));
    assert.ok(told.length > 20);
    for (const key of told) assert.ok(page.includes(`| \`${key}\` |`), key);
  });

  it("lists every variable with its key", () => {
    for (const { variable, path } of variables) {
      assert.ok(page.includes(`| \`${variable}\` | \`${path.join(".")}\` |`), variable);
    }
  });

  it("lists what is not yet built, and what is accepted all the same", () => {
    const later = page.slice(page.indexOf("| not yet |"), page.indexOf("## Where a value"));
    for (const { pattern, accepts } of laterKeys) {
      const row = later.split("\n").find((line) => line.includes(`\`${pattern}\``)) ?? "";
      const accepted = row.split("|")[2]?.trim();
      const shown = (accepts ?? []).map(
        (value) => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``,
      );
      assert.equal(accepted, shown.join(", "), pattern);
    }
    for (const value of laterValues.flatMap(({ values }) => values))
      assert.match(later, new RegExp(`\\b${value}\``));
  });

  it("names the file of the schema", () => {
    assert.ok(page.includes(`$schema=${schemaFile}`));
  });

  it("shows an example that can be used as it stands", async () => {
    const example = /```yaml\n(version: 1[\s\S]*?)```/.exec(page)?.[1] ?? assert.fail("no example");
    await using scratch = await makeScratch(example);
    await scratch.write("repository/prompt.liquid", "{{ prompt }}");
    assert.equal((await scratch.load()).config.gates.length, 2);
  });
});
