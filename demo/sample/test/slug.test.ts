import assert from "node:assert/strict";
import { test } from "node:test";
import { slugify } from "../src/slug.ts";

test("words are joined by hyphens", () => {
  assert.equal(slugify("Hello, World!"), "hello-world");
});

test("letters keep their place when they lose their accents", () => {
  assert.equal(slugify("Un été à Paris"), "un-ete-a-paris");
});
