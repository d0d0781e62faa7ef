/**
 * JUnit XML, as test runners of all languages write it, read piece by piece: of a report of any
 * size only the first failures are kept. Its sums are those of its test cases; what its suites claim
 * is not believed. Entities that it declares itself are not known, and an element that is nested
 * without end is not followed: such a report is broken.
 */

import sax, { type SAXParser } from "sax";
import type { Failure, TestCount } from "../../domain/gate-output.ts";
import { firstFrame } from "./frame.ts";
import { failure, type Output, type Reading, within } from "./reading.ts";

/** Chosen: more than are shown, as some may say the same. */
const mostFailures = 200;
/** Chosen: suites in suites in suites have six. */
const deepest = 50;
const longestText = 4 * 1024;
/** Chosen: with the message of one failure in it, a tag has some kilobytes. */
const longestTag = 1024 * 1024;
/** Chosen: after each piece it is seen whether the parser is lost in a declaration. */
const pieceLength = 4 * 1024;
const messageLines = 6;
/** What node:test calls the class of tests that are in none. */
const noClass = "test";

export interface JunitReading extends Reading {
  /** Why it could not be read to its end; its tests are not known then. */
  readonly broken: string | null;
}

interface Case {
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
  isSkipped: boolean;
  /** The first of its failures. */
  red: { readonly said: string; text: string } | null;
}

export class JunitReader {
  readonly #parser: SAXParser;
  readonly #failures: Failure[] = [];
  #tests = { ran: 0, failed: 0, skipped: 0 };
  #hasSuite = false;
  #depth = 0;
  #case: Case | null = null;
  /** Of the failure that is open: its text is taken. */
  #isInRed = false;
  #broken: string | null = null;
  /** So much was pushed since something was told. */
  #untold = 0;

  constructor() {
    this.#parser = sax.parser(true, { trim: false, position: false });
    this.#parser.onerror = (error) => {
      if (namesControl(this.#parser)) this.#parser.resume();
      // It would go on, with an error for each character that follows.
      else throw error;
    };
    this.#parser.onopentag = (tag) => this.#open(tag.name, tag.attributes);
    this.#parser.onclosetag = (name) => this.#close(name);
    this.#parser.ontext = (text) => this.#take(text);
    this.#parser.oncdata = (text) => this.#take(text);
  }

  /** Never throws; after what is broken nothing more is read. */
  push(text: string): void {
    for (let at = 0; at < text.length && this.#broken === null; at += pieceLength) {
      const piece = text.slice(at, at + pieceLength);
      this.#untold += piece.length;
      this.#guarded(() => this.#parser.write(piece));
      if (this.#untold > longestTag) this.#break("one of its tags does not end");
      if (isLost(this.#parser)) this.#break("one of its declarations does not end");
    }
  }

  /** `null`: it holds no test suite. */
  end(): JunitReading | null {
    this.#guarded(() => this.#parser.close());
    if (!this.#hasSuite) return null;
    const tests: TestCount | null = this.#broken === null ? this.#tests : null;
    return { failures: this.#failures, tests, broken: this.#broken };
  }

  get isBroken(): boolean {
    return this.#broken !== null;
  }

  #guarded(step: () => void): void {
    if (this.#broken !== null) return;
    // The parser makes an error of each reference to a control character: 40 µs, most of it its stack.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      step();
    } catch (error) {
      this.#break(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  #break(says: string): void {
    this.#broken ??= says.slice(0, 200);
  }

  #open(name: string, attributes: Readonly<Record<string, unknown>>): void {
    this.#untold = 0;
    if (this.#broken !== null) return;
    this.#depth += 1;
    if (this.#depth > deepest) {
      this.#break(`it is nested more than ${deepest} times`);
      return;
    }
    const of = (key: string) => {
      const value = attributes[key];
      return typeof value === "string" ? withControls(value) : "";
    };
    if (name === "testsuite" || name === "testsuites") this.#hasSuite = true;
    if (name === "testcase") this.#case = begin(of);
    if (this.#case === null) return;
    if (name === "skipped") this.#case.isSkipped = true;
    if (name !== "failure" && name !== "error") return;
    this.#isInRed = this.#case.red === null;
    this.#case.red ??= { said: of("message").slice(0, longestText), text: "" };
  }

  #close(name: string): void {
    this.#untold = 0;
    if (this.#broken !== null) return;
    this.#depth -= 1;
    if (name === "failure" || name === "error") this.#isInRed = false;
    if (name !== "testcase" || this.#case === null) return;
    const { isSkipped, red } = this.#case;
    if (isSkipped) this.#tests.skipped += 1;
    else this.#tests.ran += 1;
    if (!isSkipped && red !== null) {
      this.#tests.failed += 1;
      if (this.#failures.length < mostFailures) this.#failures.push(failureOf(this.#case, red));
    }
    this.#case = null;
  }

  #take(text: string): void {
    this.#untold = 0;
    const red = this.#case?.red;
    if (!this.#isInRed || red === null || red === undefined) return;
    red.text += withControls(text.slice(0, longestText - red.text.length));
  }
}

/**
 * Has it stopped at a reference to a control character? XML knows none, and reports have them all
 * the same where a message has colours (surefire writes `&#27;[31m`).
 */
function namesControl(parser: SAXParser): boolean {
  // What it holds while it reads a reference is not among its published types.
  const { entity } = parser as SAXParser & { readonly entity?: unknown };
  return typeof entity === "string" && controlName.test(entity);
}

/** For each character of a declaration (`<!…`) it looks at all of it: that takes the square of its length. */
function isLost(parser: SAXParser): boolean {
  // As above.
  const { sgmlDecl } = parser as SAXParser & { readonly sgmlDecl?: unknown };
  return typeof sgmlDecl === "string" && sgmlDecl.length >= pieceLength;
}

const controlName = /^#(?:0*(?:[0-9]|[12][0-9]|3[01])|x0*1?[0-9a-f])$/i;
const controlReference = /&#(?:0{0,4}(?:[0-9]|[12][0-9]|3[01])|x0{0,4}1?[0-9a-f]);/gi;

/** Such references as what they stand for; colours are taken out of a failure later. */
function withControls(text: string): string {
  return text.replace(controlReference, (reference) => {
    const name = reference.slice(2, -1).toLowerCase();
    return String.fromCodePoint(Number(name.startsWith("x") ? `0${name}` : name));
  });
}

function begin(of: (key: string) => string): Case {
  const group = of("classname");
  const name = of("name");
  const line = Number(of("line"));
  return {
    name: group === "" || group === noClass ? name : `${group}${within}${name}`,
    file: of("file") === "" ? null : of("file"),
    line: Number.isSafeInteger(line) && line > 0 ? line : null,
    isSkipped: false,
    red: null,
  };
}

function failureOf(of: Case, red: { readonly said: string; readonly text: string }): Failure {
  const lines = red.text.split("\n");
  const frame = firstFrame(lines);
  const said = red.said.trim() === "" ? lines : red.said.split("\n");
  const told = said.filter((line) => line.trim() !== "").slice(0, messageLines);
  return failure({
    file: frame?.file ?? of.file,
    line: frame?.line ?? of.line,
    test: of.name === "" ? null : of.name,
    message: told.length === 0 ? "failed" : told.join("\n"),
  });
}

/** A report in the output itself, whatever stands before and after it. */
export function readJunit({ text, isCut }: Output): Reading | null {
  const begun = /^.{0,200}?<testsuites?[\s>]/m.exec(text);
  if (begun === null) return null;
  const from = text.indexOf("<testsuite", begun.index);
  const root = text.startsWith("<testsuites", from) ? "</testsuites>" : "</testsuite>";
  const end = text.lastIndexOf(root);
  const reader = new JunitReader();
  reader.push(text.slice(from, end < from ? undefined : end + root.length));
  const reading = reader.end();
  return reading === null ? null : { ...reading, tests: isCut ? null : reading.tests };
}
