import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { loadMatchers } from "../../../src/gates/matchers/load-matchers.ts";
import { readOutput } from "../../../src/gates/parse/read-output.ts";
import { type Read, read } from "./fixtures.ts";

const scratch = await mkdtemp(path.join(tmpdir(), "matchers-"));
after(() => rm(scratch, { recursive: true }));
const shipped = await loadMatchers(path.join(scratch, "nothing"));

const readings: readonly Read[] = [
  {
    of: "biome/ci.txt",
    tests: null,
    failures: [
      "use.js:3 lint/suspicious/noDoubleEquals - | Using == may be unsafe if you are relying on type coercion.",
      "use.js:4 lint/suspicious/noDebugger - | This is an unexpected use of the debugger statement.",
      "use.js:? format - | File content differs from formatting output",
    ],
  },
  {
    of: "biome/lint.txt",
    tests: null,
    failures: [
      "use.js:3 lint/suspicious/noDoubleEquals - | Using == may be unsafe if you are relying on type coercion.",
      "use.js:4 lint/suspicious/noDebugger - | This is an unexpected use of the debugger statement.",
    ],
  },
  {
    of: "eslint/stylish.txt",
    tests: null,
    failures: [
      "syntax.js:1 - - | Parsing error: Unexpected token =",
      "use.js:1 no-unused-vars - | 'unused' is assigned a value but never used",
      "use.js:2 no-undef - | 'missing' is not defined",
      "use.js:3 no-undef - | 'missing' is not defined",
    ],
  },
  {
    of: "gcc/broken.txt",
    tests: null,
    failures: [
      "sum.c:3 - - | conflicting types for ‘sum’; have ‘int(int,  int)’",
      "sum.c:6 - - | ‘missing’ undeclared (first use in this function)",
      "sum.c:9 - - | expected ‘;’ before ‘}’ token",
    ],
  },
  {
    of: "gcc/link.txt",
    tests: null,
    failures: ["?:? - - | main.c:(.text+0x5): undefined reference to `helper'"],
  },
  {
    of: "go/build-broken.txt",
    tests: null,
    failures: [
      'main.go:3 - - | imported and not used: "fmt"',
      'main.go:6 - - | cannot use "a" (untyped string constant) as int value in variable declaration',
      "main.go:7 - - | undefined: missing",
    ],
  },
  {
    of: "go/test-build.txt",
    tests: null,
    failures: [
      'main.go:3 - - | imported and not used: "fmt"',
      'main.go:6 - - | cannot use "a" (untyped string constant) as int value in variable declaration',
      "main.go:7 - - | undefined: missing",
    ],
  },
  {
    of: "go/test-failed.txt",
    tests: null,
    failures: [
      "boom/boom_test.go:7 - TestBoom | panic: runtime error: index out of range [3] with length 0 [recovered]",
      "sum_test.go:12 - TestWrong | Add(1, 2) = 3, want 4",
      "?:? - TestTable | --- FAIL: TestTable (0.00s)",
      "sum_test.go:19 - TestTable > two | two is wrong",
    ],
  },
  {
    of: "go/test-no-run.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "go/test-none.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "go/test-passed.txt",
    tests: null,
    failures: [],
  },
  {
    of: "go/test-verbose.txt",
    tests: [6, 4, 1],
    failures: [
      "boom/boom_test.go:7 - TestBoom | panic: runtime error: index out of range [3] with length 0 [recovered]",
      "?:? - TestWrong | --- FAIL: TestWrong (0.00s)",
      "?:? - TestTable | --- FAIL: TestTable (0.00s)",
      "?:? - TestTable > two | --- FAIL: TestTable/two (0.00s)",
    ],
  },
  {
    of: "go/vet.txt",
    tests: null,
    failures: ['main.go:6 - - | fmt.Printf format %d has arg "a" of wrong type string'],
  },
  {
    of: "jest/failed.txt",
    tests: [3, 2, 2],
    failures: [
      "sum.test.js:6 - add > wrong | expect(received).toBe(expected) // Object.is equality / Expected: 4 / Received: 3",
      "sum.test.js:10 - add > deeper > throws | no such account",
      "import.test.js:1 - - | Test suite failed to run / Cannot find module './gone' from 'import.test.js'",
    ],
  },
  {
    of: "jest/no-tests-passed.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "jest/none.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "jest/passed.txt",
    tests: [1, 0, 4],
    failures: [],
  },
  {
    of: "maven/compile.txt",
    tests: null,
    failures: [
      "src/main/java/sample/Sum.java:5 - - | cannot find symbol",
      "src/main/java/sample/Sum.java:6 - - | incompatible types: java.lang.String cannot be converted to int",
    ],
  },
  {
    of: "maven/test-failed.txt",
    tests: [3, 2, 1],
    failures: [
      "SumTest.java:21 - raises(sample.SumTest) | java.lang.IllegalStateException: no such account",
      "SumTest.java:16 - wrong(sample.SumTest) | java.lang.AssertionError: the sum is wrong expected:<4> but was:<3>",
    ],
  },
  {
    of: "maven/test-passed.txt",
    tests: [1, 0, 0],
    failures: [],
  },
  {
    of: "mocha/failed.txt",
    tests: [3, 2, 2],
    failures: [
      "test/sum.js:7 - add > wrong | AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: / 3 !== 4",
      "test/sum.js:11 - add > deeper > throws | Error: no such account",
    ],
  },
  {
    of: "mocha/none.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "mocha/passed.txt",
    tests: [1, 0, 0],
    failures: [],
  },
  {
    of: "ruff/concise.txt",
    tests: null,
    failures: [
      "syntax.py:1 invalid-syntax - | Expected a parameter or the end of the parameter list",
      "syntax.py:2 invalid-syntax - | unexpected EOF while parsing",
      "use.py:1 F401 - | `os` imported but unused",
      "use.py:6 F841 - | Local variable `x` is assigned to but never used",
    ],
  },
  {
    of: "ruff/full.txt",
    tests: null,
    failures: [
      "syntax.py:1 invalid-syntax - | Expected a parameter or the end of the parameter list",
      "syntax.py:1 invalid-syntax - | unexpected EOF while parsing",
      "use.py:1 F401 - | `os` imported but unused",
      "use.py:6 F841 - | Local variable `x` is assigned to but never used",
    ],
  },
  {
    of: "vitest/failed.txt",
    tests: [3, 2, 2],
    failures: [
      "sum.test.js:8 - add > wrong | AssertionError: expected 3 to be 4 // Object.is equality / - Expected / + Received / - 4 / + 3",
      "sum.test.js:12 - add > deeper > throws | Error: no such account",
      "import.test.js:1 - - | Error: Cannot find module './missing.js' imported from /home/project/import.test.js",
    ],
  },
  {
    of: "vitest/no-tests-passed.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "vitest/none.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "vitest/passed.txt",
    tests: [1, 0, 4],
    failures: [],
  },
];

describe("the output of a real tool becomes failures and counts by its matcher", () => {
  for (const reading of readings) {
    test(reading.of, () => assert.deepEqual(read(reading.of, shipped), reading));
  }
});

let dirs = 0;

/** Loads matchers of a person's own. */
async function load(files: Readonly<Record<string, string>>) {
  dirs += 1;
  const dir = path.join(scratch, String(dirs));
  await mkdir(dir);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text);
  return loadMatchers(dir);
}

const own = `
name: check-links
when: ['^check-links ']
failures:
  - begin: '^(?<file>\\S+) has (?<code>dead) links:$'
    after: ['^ - line (?<line>\\d{1,7}): (?<message>.+)$']
    each: true
counts:
  - { match: '^(?<passed>\\d{1,7}) good, (?<failed>\\d{1,7}) dead$' }
`;

test("a person's own matcher is read beside the shipped ones", async () => {
  const parsers = await load({ "links.yaml": own, "README.md": "no matcher" });
  const text =
    "check-links 1.0\na.md has dead links:\n - line 3: x\n - line 9: y\n5 good, 2 dead\n";
  const { failures, tests } = readOutput({ text, isCut: false, cwd: "/home/project", parsers });
  assert.deepEqual(failures, [
    { file: "a.md", line: 3, test: null, code: "dead", message: "x" },
    { file: "a.md", line: 9, test: null, code: "dead", message: "y" },
  ]);
  assert.deepEqual(tests, { ran: 7, failed: 2, skipped: 0 });
});

test("a person's own matcher stands in the place of the shipped one of its name", async () => {
  const parsers = await load({ "any.yaml": "name: eslint\nwhen: ['^never$']\n" });
  assert.deepEqual(read("eslint/stylish.txt", parsers).failures, []);
  assert.equal(parsers.length, shipped.length);
});

test("all problems of a matcher are told, each with its place and what is seen there", async () => {
  const wrong = `
name: Wrong Name
whn: ['^x']
when: ['x', '^(a+)+$', '^a.*b.*c.*d']
failures:
  - begin: '^(?<fiel>x)'
    each: perhaps
counts: []
`;
  await assert.rejects(load({ "wrong.yaml": wrong }), (error: Error) => {
    for (const says of [
      /whn: is no key of a matcher; did you mean when\?/,
      /name: must be a short name, as `go-test`, but is "Wrong Name"/,
      /when\.0: must begin with `\^`/,
      /when\.1: must not repeat what is repeated already/,
      /when\.2: must have at most 2 repetitions without an end/,
      /failures\.0\.begin: must have only the groups file, line, test, code, message, not `fiel`/,
      /failures\.0\.each: must be `true` or `false`, but is "perhaps"/,
      /counts: must be a list of 1 to 20, but is \[\]/,
    ]) {
      assert.match(error.message, says);
    }
    return true;
  });
  await assert.rejects(load({ "no.yaml": "{" }), /no\.yaml is no YAML/);
  await assert.rejects(load({ "empty.yaml": "" }), /empty\.yaml is wrong:\n {2}the file: must be/);
});
