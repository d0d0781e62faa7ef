/**
 * What an output says is wrong, and how many tests it says ran: all parsers look at it, since a gate
 * may call several tools after each other.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Failure, TestCount } from "../../domain/gate-output.ts";
import { plainText } from "../../lib/process-text.ts";
import { readCargoBuild } from "./cargo-build.ts";
import { readCargoTest } from "./cargo-test.ts";
import { readJunit } from "./junit.ts";
import { readNodeSpec } from "./node-spec.ts";
import { readPytest } from "./pytest.ts";
import { addCounts, outputOf, type Parser, type Reading } from "./reading.ts";
import { readTap } from "./tap.ts";
import { readTsc } from "./tsc.ts";

/** Chosen: more than anybody mends at once; the proof has them all. */
const mostFailures = 50;
const longestMessage = 600;
const longestName = 300;

const builtIn: readonly Parser[] = [
  readCargoBuild,
  readCargoTest,
  readTsc,
  readPytest,
  readTap,
  readNodeSpec,
  readJunit,
];

export interface OutputRequest {
  /** As the gate printed it; colours may be in it. */
  readonly text: string;
  /** Something of it is missing. */
  readonly isCut: boolean;
  /** Paths are made relative to it. */
  readonly cwd: string;
  readonly parsers?: readonly Parser[];
  /** What a file for programs says of its tests; the output then counts none a second time. */
  readonly report?: Reading | null;
}

/** Never throws. */
export function readOutput(request: OutputRequest): Reading {
  const { isCut, cwd, parsers = [], report = null } = request;
  const output = outputOf(plainText(request.text), isCut);
  const readings = [...builtIn, ...parsers].flatMap((parse) => parse(output) ?? []);
  let tests: TestCount | null = report?.tests ?? null;
  if (report === null) {
    for (const reading of readings) tests = addCounts(tests, reading.tests);
  }
  const told = readings.flatMap(({ failures }) => failures);
  const failures =
    report === null ? told : [...report.failures, ...told.filter(({ test }) => test === null)];
  return { failures: distinct(failures, cwd), tests };
}

function distinct(failures: readonly Failure[], cwd: string): readonly Failure[] {
  const byText = new Map<string, Failure>();
  for (const found of failures) {
    if (byText.size >= mostFailures) break;
    const one = tidy(found, cwd);
    const key = JSON.stringify(one);
    if (!byText.has(key)) byText.set(key, one);
  }
  return [...byText.values()];
}

function tidy({ file, line, test, code, message }: Failure, cwd: string): Failure {
  return {
    file: file === null ? null : plain(relativeFile(file, cwd), longestName),
    line: line !== null && Number.isSafeInteger(line) && line > 0 ? line : null,
    test: test === null ? null : plain(test, longestName),
    code: code === null ? null : plain(code, 80),
    message: plain(message, longestMessage).trim(),
  };
}

/** A report may hold what an output has lost by now: colours and control characters. */
function plain(text: string, length: number): string {
  return plainText(text.slice(0, length)).toWellFormed();
}

/** A path outside stays as it is. */
function relativeFile(named: string, cwd: string): string {
  const file = named.startsWith("file://") ? pathOf(named) : named;
  if (!path.isAbsolute(file)) return path.posix.normalize(file);
  const relative = path.relative(cwd, file);
  return relative === "" || relative.startsWith("..") ? file : relative;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    // Of another host, or with a `%` that stands for nothing.
    return url;
  }
}
