/** The output of pytest: its short summary, the blocks of what failed, and the sums of its last line. */

import type { Failure, TestCount } from "../../domain/gate-output.ts";
import { type Frame, isForeign } from "./frame.ts";
import { addCounts, failure, type Output, type Reading, within } from "./reading.ts";

const sessionBegin = /^=+ test session starts =+$/;
const sectionBegin = /^=+ (.+?) =+$/;
const last = /^(?:=+ )?((?:\d{1,9} [a-z]+(?:, )?)+|no tests ran) in [\d.]+s/;
const sum = /(\d{1,9}) (passed|failed|errors?|skipped|xfailed|xpassed)/g;
const summary = /^(FAILED|ERROR) ([^\s:]\S*?)(?:::(.+?))?(?: - (.*))?$/;
const blockBegin = /^_{3,} (?:ERROR (?:at (?:setup|teardown) of|collecting) )?(\S.*?) _{3,}$/;
const place = /^(\S.*?):(\d{1,7}): (?:in )?\S/;
const bare = /^(\/\S+\.py):(\d{1,7})$/;
const errorLine = /^E {3,}(.*)$/;
const syntaxPlace = /^File "(.+)", line (\d{1,7})$/;
const messageLines = 6;

interface Block {
  readonly title: string;
  readonly lines: string[];
}

export function readPytest({ lines }: Output): Reading | null {
  const tests = countOf(lines);
  if (tests === null && !lines.some((line) => sessionBegin.test(line))) return null;
  const blocks = blocksOf(lines);
  const told = lines.flatMap((line) => {
    const [, kind, file, test, says] = summary.exec(line) ?? [];
    return kind === undefined || file === undefined ? [] : [{ file, test, says }];
  });
  const places = oneLinePlaces(lines);
  const failures = told.map(({ file, test, says }) => {
    const title = test === undefined ? file : test.replaceAll("::", ".");
    const block = blocks.find((one) => one.title === title);
    const found = block === undefined ? null : detailOf(block);
    const place = found?.frame ?? places.find(({ message }) => message === says)?.frame;
    return failure({
      file: place?.file ?? file,
      line: place?.line ?? null,
      test: test === undefined ? null : test.replaceAll("::", within),
      message: found?.message ?? says ?? "failed",
    });
  });
  // Without a summary (`--no-summary`) the blocks have all there is.
  return { failures: told.length > 0 ? failures : blocks.map(failureOf), tests };
}

function failureOf(block: Block): Failure {
  const { frame, message } = detailOf(block);
  const where = { file: frame?.file ?? null, line: frame?.line ?? null };
  return failure({ ...where, test: block.title, message: message ?? "failed" });
}

function countOf(lines: readonly string[]): TestCount | null {
  let count: TestCount | null = null;
  const isInterrupted = lines.some((line) =>
    /^!+ Interrupted: .* during collection !+$/.test(line),
  );
  for (const line of lines) {
    const [, sums] = last.exec(line) ?? [];
    if (sums === undefined) continue;
    const told = new Map<string, number>();
    for (const [, number, word = ""] of sums.matchAll(sum)) told.set(word, Number(number));
    const of = (...words: string[]) => words.reduce((n, word) => n + (told.get(word) ?? 0), 0);
    // An error of the collection is no test.
    const failed = of("failed") + (isInterrupted ? 0 : of("error", "errors"));
    const ran = of("passed", "xfailed", "xpassed") + failed;
    count = addCounts(count, { ran, failed, skipped: of("skipped") });
  }
  return count;
}

/** Under FAILURES and ERRORS. */
function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  let isIn = false;
  let block: Block | null = null;
  for (const line of lines) {
    const [, section] = sectionBegin.exec(line) ?? [];
    if (section !== undefined) {
      isIn = section === "FAILURES" || section === "ERRORS";
      block = null;
      continue;
    }
    if (!isIn) continue;
    const [, title] = blockBegin.exec(line) ?? [];
    if (title === undefined) block?.lines.push(line);
    else {
      block = { title, lines: [] };
      blocks.push(block);
    }
  }
  return blocks;
}

interface Detail {
  readonly frame: Frame | null;
  readonly message: string | null;
}

/** The last place in code of the project: there it was raised. */
function detailOf({ lines }: Block): Detail {
  let frame: Frame | null = null;
  const said: string[] = [];
  for (const line of lines) {
    const [, error] = errorLine.exec(line) ?? [];
    if (error !== undefined && said.length < messageLines) said.push(error.trim());
    const [, file, number] =
      syntaxPlace.exec(error?.trim() ?? "") ?? place.exec(line) ?? bare.exec(line) ?? [];
    if (file !== undefined && !isForeign(file)) frame = { file, line: Number(number) };
  }
  const message = said.filter((line) => !syntaxPlace.test(line) && line !== "").join("\n");
  return { frame, message: message === "" ? null : message };
}

/** With `--tb=line` each failure is one line. */
function oneLinePlaces(lines: readonly string[]) {
  return lines.flatMap((line) => {
    const [, file, number, message] = /^(\S.*?\.py):(\d{1,7}): (.+)$/.exec(line) ?? [];
    return file === undefined ? [] : [{ frame: { file, line: Number(number) }, message }];
  });
}
