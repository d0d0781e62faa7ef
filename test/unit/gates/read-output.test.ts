import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readOutput } from "../../../src/gates/parse/read-output.ts";
import { type Read, read } from "./fixtures.ts";

const readings: readonly Read[] = [
  {
    of: "cargo/build-broken.txt",
    tests: null,
    failures: [
      "src/main.rs:15 E0425 - | cannot find value `missing` in this scope: not found in this scope",
      "src/main.rs:8 E0277 - | a value of type `u64` cannot be made by summing an iterator over elements of type `u32`: value of type `u64` cannot be made by summing a `std::iter::Iterator<Item=u32>`",
      "src/main.rs:8 E0308 - | mismatched types: expected `u32`, found `u64`",
      "src/main.rs:13 E0308 - | mismatched types: expected `String`, found integer",
      "src/main.rs:14 E0560 - | struct `Account` has no field named `owner`: `Account` does not have this field",
    ],
  },
  {
    of: "cargo/build-missing.txt",
    tests: null,
    failures: [],
  },
  {
    of: "cargo/clippy.txt",
    tests: null,
    failures: [
      "src/lib.rs:5 clippy::needless_return - | unneeded `return` statement",
      "src/lib.rs:1 clippy::ptr_arg - | writing `&Vec` instead of `&[_]` involves a new object where a slice will do",
      "src/lib.rs:10 clippy::clone_on_copy - | using `clone` on type `u32` which implements the `Copy` trait: help: try dereferencing it: `*x.unwrap()`",
    ],
  },
  {
    of: "cargo/test-backtrace.txt",
    tests: [4, 3, 1],
    failures: [
      "src/lib.rs:34 - tests::panics | test did not panic as expected",
      "?:? - tests::reads_a_number | Error: ParseIntError { kind: InvalidDigit }",
      "src/lib.rs:23 - tests::adds_wrongly | assertion `left == right` failed: the sum is wrong /   left: 3 /  right: 4",
    ],
  },
  {
    of: "cargo/test-failed.txt",
    tests: [7, 5, 1],
    failures: [
      "src/lib.rs:34 - tests::panics | test did not panic as expected",
      "?:? - tests::reads_a_number | Error: ParseIntError { kind: InvalidDigit }",
      "src/lib.rs:23 - tests::adds_wrongly | assertion `left == right` failed: the sum is wrong /   left: 3 /  right: 4",
      "tests/whole.rs:4 - none_is_unwrapped | called `Option::unwrap()` on a `None` value",
      "src/lib.rs:5 - src/lib.rs - add (line 5) | assertion `left == right` failed /   left: 3 /  right: 4",
    ],
  },
  {
    of: "cargo/test-first-only.txt",
    tests: [4, 3, 1],
    failures: [
      "src/lib.rs:23 - tests::adds_wrongly | assertion `left == right` failed: the sum is wrong /   left: 3 /  right: 4",
      "src/lib.rs:34 - tests::panics | test did not panic as expected",
      "?:? - tests::reads_a_number | Error: ParseIntError { kind: InvalidDigit }",
    ],
  },
  {
    of: "cargo/test-none.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "cargo/test-passed.txt",
    tests: [1, 0, 0],
    failures: [],
  },
  {
    of: "tsc/config.txt",
    tests: null,
    failures: [
      "?:? TS6053 - | File '/home/project/nothing.ts' not found. /   The file is in the program because: /     Part of 'files' list in tsconfig.json",
      "tsconfig.json:1 TS5025 - | Unknown compiler option 'strcit'. Did you mean 'strict'?",
    ],
  },
  {
    of: "tsc/plain.txt",
    tests: null,
    failures: [
      "src/sum.ts:2 TS2322 - | Type 'string' is not assignable to type 'number'.",
      "src/sum.ts:10 TS2322 - | Type 'number' is not assignable to type 'string'.",
      "src/sum.ts:10 TS2322 - | Type 'string' is not assignable to type 'number'.",
      "src/sum.ts:11 TS2353 - | Object literal may only specify known properties, and 'high' does not exist in type '{ readonly wide: number; }'.",
      "src/sum.ts:12 TS2554 - | Expected 2 arguments, but got 3.",
      "src/use.ts:1 TS2305 - | Module '\"./sum\"' has no exported member 'product'.",
      "src/use.ts:3 TS2554 - | Expected 2 arguments, but got 1.",
      "src/use.ts:4 TS2304 - | Cannot find name 'missing'.",
    ],
  },
  {
    of: "tsc/pretty.txt",
    tests: null,
    failures: [
      "src/sum.ts:2 TS2322 - | Type 'string' is not assignable to type 'number'.",
      "src/sum.ts:10 TS2322 - | Type 'number' is not assignable to type 'string'.",
      "src/sum.ts:10 TS2322 - | Type 'string' is not assignable to type 'number'.",
      "src/sum.ts:11 TS2353 - | Object literal may only specify known properties, and 'high' does not exist in type '{ readonly wide: number; }'.",
      "src/sum.ts:12 TS2554 - | Expected 2 arguments, but got 3.",
      "src/use.ts:1 TS2305 - | Module '\"./sum\"' has no exported member 'product'.",
      "src/use.ts:3 TS2554 - | Expected 2 arguments, but got 1.",
      "src/use.ts:4 TS2304 - | Cannot find name 'missing'.",
    ],
  },
  {
    of: "tap/mocha.txt",
    tests: [3, 2, 2],
    failures: [
      "test/sum.js:7 - add wrong | Expected values to be strictly equal: / 3 !== 4 / AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: / 3 !== 4",
      "test/sum.js:11 - add deeper throws | no such account / Error: no such account",
    ],
  },
  {
    of: "tap/node-failed.txt",
    tests: [6, 4, 2],
    failures: [
      "sum.test.mjs:9 ERR_ASSERTION add > wrong | Expected values to be strictly equal: / 3 !== 4",
      "sum.test.mjs:13 - add > deeper > throws # with a hash | no such account",
      "sum.test.mjs:21 ERR_ASSERTION subtests > inner wrong | Expected values to be strictly deep-equal: / + actual - expected /   { /     a: 1, /     b: [ /       1,",
    ],
  },
  {
    of: "tap/node-import.txt",
    tests: [1, 1, 0],
    failures: ["import.test.mjs:1 - import.test.mjs | test failed"],
  },
  {
    of: "tap/node-no-files.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "tap/node-none.txt",
    tests: [1, 0, 0],
    failures: [],
  },
  {
    of: "tap/node-spec.txt",
    tests: [6, 4, 2],
    failures: [
      "sum.test.mjs:9 - wrong | AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: / 3 !== 4",
      "sum.test.mjs:13 - throws # with a hash | Error: no such account",
      "sum.test.mjs:21 - inner wrong | AssertionError [ERR_ASSERTION]: Expected values to be strictly deep-equal: / + actual - expected /   { /     a: 1, /     b: [ /       1,",
    ],
  },
  {
    of: "pytest/collection.txt",
    tests: [0, 0, 0],
    failures: [
      "test_import.py:1 - - | ModuleNotFoundError: No module named 'not_there'",
      "test_syntax.py:1 - - | def test_it(: / ^ / SyntaxError: invalid syntax",
    ],
  },
  {
    of: "pytest/failed-line.txt",
    tests: [7, 4, 1],
    failures: [
      "test_sum.py:13 - TestAdd > test_wrong | AssertionError: the sum is wrong",
      "test_sum.py:18 - test_each[2] | assert 2 == 1",
      "test_sum.py:22 - test_raises | ValueError: no such account",
      "test_sum.py:25 - test_missing_fixture | fixture 'account' not found",
    ],
  },
  {
    of: "pytest/failed-short.txt",
    tests: [7, 4, 1],
    failures: [
      "test_sum.py:13 - TestAdd > test_wrong | AssertionError: the sum is wrong / assert 3 == 4 / +  where 3 = add(1, 2)",
      "test_sum.py:18 - test_each[2] | assert 2 == 1",
      "test_sum.py:22 - test_raises | ValueError: no such account",
      "test_sum.py:25 - test_missing_fixture | fixture 'account' not found",
    ],
  },
  {
    of: "pytest/failed.txt",
    tests: [7, 4, 1],
    failures: [
      "test_sum.py:13 - TestAdd > test_wrong | AssertionError: the sum is wrong / assert 3 == 4 / +  where 3 = add(1, 2)",
      "test_sum.py:18 - test_each[2] | assert 2 == 1",
      "test_sum.py:22 - test_raises | ValueError: no such account",
      "test_sum.py:25 - test_missing_fixture | fixture 'account' not found",
    ],
  },
  {
    of: "pytest/none.txt",
    tests: [0, 0, 0],
    failures: [],
  },
  {
    of: "pytest/passed.txt",
    tests: [1, 0, 0],
    failures: [],
  },
];

describe("the output of a real tool becomes failures and counts", () => {
  for (const reading of readings) {
    test(reading.of, () => assert.deepEqual(read(reading.of), reading));
  }
});

const cwd = "/home/project";
const readText = (...lines: string[]) => readOutput({ text: lines.join("\n"), isCut: false, cwd });

test("a gate that calls several tools has the failures of all, and the sum of their tests", () => {
  const { failures, tests } = readText(
    "src/a.ts(1,2): error TS2322: Wrong.",
    "TAP version 13",
    "ok 1 - one",
    "1..1",
    "3 passed in 0.10s",
  );
  assert.deepEqual(
    failures.map(({ code }) => code),
    ["TS2322"],
  );
  assert.deepEqual(tests, { ran: 4, failed: 0, skipped: 0 });
});

test("colours, hyperlinks and carriage returns are no part of what is read", () => {
  const link = "\u001b]8;;https://example.org\u001b\\";
  const { failures } = readText(`50%\r\u001b[31msrc/a.ts\u001b[0m(1,2): error TS2322: ${link}No.`);
  assert.deepEqual(
    failures.map(({ file, message }) => [file, message]),
    [["src/a.ts", "No."]],
  );
});

test("paths are relative to the gate's folder; those outside stay, however they are written", () => {
  const files = ["/home/project/a.ts", "./b/../c.ts", "/elsewhere/d.ts", "/home/project-2/e.ts"];
  const { failures } = readText(...files.map((file) => `${file}(1,2): error TS1: Wrong.`));
  assert.deepEqual(
    failures.map(({ file }) => file),
    ["a.ts", "c.ts", "/elsewhere/d.ts", "/home/project-2/e.ts"],
  );
});

test("the same failure counts once, and there are at most 50", () => {
  const again = "src/a.ts(1,2): error TS1: Wrong.";
  assert.equal(readText(again, again).failures.length, 1);
  const many = Array.from({ length: 80 }, (_, n) => `src/a.ts(${n + 1},2): error TS1: Wrong.`);
  assert.equal(readText(...many).failures.length, 50);
});

test("plain TAP: places of Perl, todo and skip are no failures, and a bail out is one", () => {
  const { failures, tests } = readText(
    "1..5",
    "ok 1 - one",
    "not ok 2 - two",
    "#   Failed test 'two'",
    "#   at t/sum.t line 7.",
    "not ok 3 - three # TODO not yet",
    "ok 4 # skip no network",
    "Bail out! the disk is full",
  );
  assert.deepEqual(tests, { ran: 2, failed: 1, skipped: 2 });
  assert.deepEqual(
    failures.map(({ file, line, test: name, message }) => [file, line, name, message]),
    [
      ["t/sum.t", 7, "two", "Failed test 'two'"],
      [null, null, null, "Bail out! the disk is full"],
    ],
  );
});

test("TAP 14: a point that sums up its subtests counts as none", () => {
  const { failures, tests } = readText(
    "TAP version 14",
    "# Subtest: outer",
    "    ok 1 - good",
    "    not ok 2 - bad",
    "      ---",
    "      message: 'it''s wrong'",
    "      at:",
    "        file: lib/x.js",
    "      file: lib/x.js",
    "      line: 3",
    "      ...",
    "    1..2",
    "not ok 1 - outer",
    "1..1",
  );
  assert.deepEqual(tests, { ran: 2, failed: 1, skipped: 0 });
  assert.deepEqual(failures, [
    { file: "lib/x.js", line: 3, test: "outer > bad", code: null, message: "it's wrong" },
  ]);
});

test("sums over an output that was cut are not known, sums that the tool has made are", () => {
  const cargo =
    "running 1 test\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
  const node = "TAP version 13\nok 1 - one\n1..1\n# tests 9\n# pass 9\n# fail 0";
  const testsOf = (text: string) => readOutput({ text, isCut: true, cwd }).tests;
  assert.equal(testsOf(cargo), null);
  assert.deepEqual(testsOf(node), { ran: 9, failed: 0, skipped: 0 });
});

test("words that tools have in common are no test points", () => {
  for (const text of ["ok  \texample.org/sample/sum\t0.017s", "error: no such file", "1..2 done"]) {
    assert.deepEqual(readText(text), { failures: [], tests: null }, text);
  }
});
