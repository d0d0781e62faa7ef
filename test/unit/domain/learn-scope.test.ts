/** What the files of a brief tell of a task's scope. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { learnScope } from "../../../src/domain/learn-scope.ts";
import { draft, Project } from "./project.ts";

describe("a learnt scope", () => {
  test("is the paths of the brief's files, without the words about them", () => {
    const rows: readonly (readonly [string, readonly string[]])[] = [
      ["src/parser.ts", ["src/parser.ts"]],
      ["`src/lib/mod.rs` - the module", ["src/lib/mod.rs"]],
      ["src/a.ts:12-40 (the loop)", ["src/a.ts"]],
      ["./docs/guide.md: rewrite it", ["docs/guide.md"]],
      ["crates/**/tests/*.rs", ["crates/**/tests/*.rs"]],
      ["README.md", ["README.md"]],
      ["Makefile", ["Makefile"]],
      ["src/", ["src/"]],
      ["the parser, wherever it is", []],
      ["/etc/passwd", []],
      ["../other/file.ts", []],
      ["http://example.org/a.ts", []],
      ["", []],
    ];
    for (const [entry, paths] of rows) assert.deepEqual(learnScope([entry]), paths, entry);
    const many = Array.from({ length: 60 }, (_, n) => `src/${n}.ts`);
    assert.deepEqual(learnScope(many), [], "a tour of the repository is no scope");
  });

  test("keeps tasks apart as long as there is other work, and leaves no slot idle", () => {
    const project = new Project();
    project.run({ a: [], b: [] });
    project.add(
      draft("T-1", { learnt: ["src/a.ts"] }),
      draft("T-2", { learnt: ["src/**"] }),
      draft("T-3"),
    );
    assert.equal(project.holder("T-3"), "b");
    assert.equal(project.stateOf("T-2"), "queued");
    project.end("T-3", "blocked");
    assert.equal(project.holder("T-2"), "b", "nothing else was left");
  });

  test("is soft beside a given one, which is not", () => {
    const project = new Project();
    project.run({ a: [], b: [], c: [] });
    project.add(
      draft("T-1", { touches: ["src/**"] }),
      draft("T-2", { learnt: ["src/a.ts"] }),
      draft("T-3", { touches: ["src/a.ts"] }),
    );
    assert.equal(project.stateOf("T-2"), "running");
    assert.equal(project.stateOf("T-3"), "queued");
  });
});
