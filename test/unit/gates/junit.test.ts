import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { JunitReader } from "../../../src/gates/parse/junit.ts";
import { readOutput } from "../../../src/gates/parse/read-output.ts";
import { fixture, type Read, read, short } from "./fixtures.ts";

const readings: readonly Read[] = [
  {
    of: "junit/node.xml",
    tests: [5, 3, 2],
    failures: [
      "sum.test.mjs:9 - add > wrong | Expected values to be strictly equal: / 3 !== 4",
      "sum.test.mjs:13 - add.deeper > throws # with a hash | no such account",
      "sum.test.mjs:21 - subtests > inner wrong | Expected values to be strictly deep-equal: / + actual - expected /   { /     a: 1, /     b: [ /       1,",
    ],
  },
  {
    of: "junit/pytest.xml",
    tests: [6, 4, 2],
    failures: [
      "test_sum.py:13 - test_sum.TestAdd > test_wrong | AssertionError: the sum is wrong / assert 3 == 4 /  +  where 3 = add(1, 2)",
      "test_sum.py:18 - test_sum > test_each[2] | assert 2 == 1",
      "test_sum.py:22 - test_sum > test_raises | ValueError: no such account",
      "?:? - test_sum > test_missing_fixture | failed on setup with \"file /home/project/test_sum.py, line 25 /   def test_missing_fixture(account): / E       fixture 'account' not found / >       available fixtures: capfd, capfdbinary, caplog, capsys, capsysbinary, doctest_namespace, monkeypatch, pytestconfig, record_property, record_testsuite_property, record_xml_attribute, recwarn, tmp_path, tmp_path_factory, tmpdir, tmpdir_factory / >       use 'pytest --fixtures [testpath]' for help on them. / /home/project/test_sum.py:25\"",
    ],
  },
  {
    of: "junit/surefire.xml",
    tests: [3, 2, 1],
    failures: [
      "SumTest.java:21 - sample.SumTest > raises | no such account",
      "SumTest.java:16 - sample.SumTest > wrong | the sum is wrong expected:<4> but was:<3>",
    ],
  },
];

describe("JUnit XML of a real tool becomes failures and counts", () => {
  for (const reading of readings) {
    test(reading.of, () => assert.deepEqual(read(reading.of), reading));
  }
});

function readXml(...pieces: string[]) {
  const reader = new JunitReader();
  for (const piece of pieces) reader.push(piece);
  return reader.end();
}

test("a report is read alike however it is cut into pieces", () => {
  const text = fixture("junit/pytest.xml");
  const whole = readXml(text);
  for (const size of [1, 7, 100]) {
    assert.deepEqual(readXml(...(text.match(new RegExp(`.{1,${size}}`, "gs")) ?? [])), whole);
  }
});

test("colours that a report writes as references are no fault of it", () => {
  const text = `<testsuite><testcase name="a&#x1B;[1m"><failure message="&#27;[31mred&#0;&#27;[0m"/></testcase>
<testcase name="b"><error>&#x1b;[31mwrong&#27;[0m</error></testcase></testsuite>`;
  for (const size of [1, 7, text.length]) {
    const found = readXml(...(text.match(new RegExp(`.{1,${size}}`, "gs")) ?? []));
    assert.equal(found?.broken, null);
    assert.deepEqual(found?.tests, { ran: 2, failed: 2, skipped: 0 });
    const { failures } = readOutput({ text: "", isCut: false, cwd: "/", report: found });
    assert.deepEqual(
      failures.map((one) => [one.test, one.message]),
      [
        ["a", "red"],
        ["b", "wrong"],
      ],
    );
  }
});

test("a report in the middle of an output is read, and its tests count once", () => {
  const text = `compiling\n${fixture("junit/surefire.xml")}\nall done\n1 passed in 0.1s\n`;
  const { failures, tests } = readOutput({ text, isCut: false, cwd: "/home/project" });
  assert.equal(failures.length, 2);
  assert.deepEqual(tests, { ran: 4, failed: 2, skipped: 1 });
});

test("with a report of its own the output adds only what is about no test", () => {
  const report = readXml(fixture("junit/surefire.xml"));
  const text = "a.ts(1,2): error TS1: Wrong.\nTAP version 13\nnot ok 1 - x\n1..1\n";
  const { failures, tests } = readOutput({ text, isCut: false, cwd: "/home/project", report });
  assert.deepEqual(
    failures.map(({ code, test: name }) => code ?? name),
    ["sample.SumTest > raises", "sample.SumTest > wrong", "TS1"],
  );
  assert.deepEqual(tests, { ran: 3, failed: 2, skipped: 1 });
});

describe("of a report that cannot be trusted no test is counted", () => {
  const green = '<testcase name="a"/>';
  const lol =
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>';
  const broken: Readonly<Record<string, string>> = {
    "cut in the middle": `<testsuite>${green}<testcase name="b"`,
    "not closed": `<testsuite>${green}`,
    "entities of its own": `${lol}<testsuite>${green}<testcase name="&b;"/></testsuite>`,
    "a file as an entity": `${lol}<testsuite>${green}<testcase name="&f;"/></testsuite>`,
    "nested without end": `<testsuite>${"<a>".repeat(1_000_000)}`,
    "an attribute without end": `<testsuite>${green}<testcase name="${"x".repeat(10_000_000)}"/></testsuite>`,
    "two roots and rubbish": `<testsuite>${green}</testsuite><<<`,
  };
  for (const [claim, text] of Object.entries(broken)) {
    test(claim, () => {
      const reading = readXml(...(text.match(/.{1,65536}/gs) ?? []));
      assert.equal(reading?.tests, null);
      assert.notEqual(reading?.broken, null);
    });
  }
});

test("of what is wrong in each character the first is told, and references to controls cost little", () => {
  const begun = process.cpuUsage();
  for (const text of [
    `<testsuite>${"</b>".repeat(2_500_000)}`,
    `<testsuite><!${"binary".repeat(20_000)}`,
    `<testsuite><testcase name="a"><failure>${"&#27;[31m".repeat(100_000)}</failure></testcase></testsuite>`,
  ]) {
    assert.notEqual(readXml(...(text.match(/.{1,65536}/gs) ?? [])), null);
  }
  const { user, system } = process.cpuUsage(begun);
  assert.ok(user + system < 8_000_000, `${(user + system) / 1_000} ms of processor`);
});

test("what is no report is none", () => {
  for (const text of ["", "hello", "<html><body/></html>", "\u0000\u0001"]) {
    assert.equal(readXml(text), null, text);
  }
});

test("a report of 100 MB is read piece by piece, and only its first failures are kept", () => {
  const one = `<testcase name="n"><failure message="m">${"x".repeat(9_900)}</failure></testcase>`;
  const piece = one.repeat(10);
  const pieces = Math.ceil(100_000_000 / piece.length);
  const reader = new JunitReader();
  reader.push("<testsuite>");
  for (let n = 0; n < pieces; n += 1) reader.push(piece);
  reader.push("</testsuite>");
  const reading = reader.end();
  assert.equal(reading?.tests?.failed, pieces * 10);
  assert.ok((reading?.failures.length ?? 0) <= 200);
});

test("a failure of a class is named with it, and its place is that of its stack", () => {
  const xml = `<testsuite><testcase classname="a.B" name="c" file="x.rb" line="4">
    <error>boom\n\nat lib/x.js:3:4</error></testcase></testsuite>`;
  assert.deepEqual(short("", readXml(xml) ?? { failures: [], tests: null }), {
    of: "",
    tests: [1, 1, 0],
    failures: ["lib/x.js:3 - a.B > c | boom / at lib/x.js:3:4"],
  });
});
