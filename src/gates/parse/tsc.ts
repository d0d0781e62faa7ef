/** Errors of the TypeScript compiler, as lines for programs and as it prints them for people. */

import type { Failure } from "../../domain/gate-output.ts";
import { failure, type Output, type Reading } from "./reading.ts";

const plain = /^(\S.*?)\((\d{1,7}),\d{1,7}\): error (TS\d{1,6}): (.+)$/;
const pretty = /^(\S.*?):(\d{1,7}):\d{1,7} - error (TS\d{1,6}): (.+)$/;
const global = /^error (TS\d{1,6}): (.+)$/;
/** `Overload 1 of 2 …`: what it says in more detail is set off by spaces. */
const more = /^ {2,}\S/;
const moreLines = 3;

export function readTsc({ lines }: Output): Reading | null {
  const failures: Failure[] = [];
  for (const [at, line] of lines.entries()) {
    if (!line.includes("error TS")) continue;
    const [, file = null, number, code, says] = plain.exec(line) ?? pretty.exec(line) ?? [];
    const [, globalCode = null, globalSays = ""] = global.exec(line) ?? [];
    if (code === undefined && globalCode === null) continue;
    failures.push(
      failure({
        file,
        line: file === null ? null : Number(number),
        code: code ?? globalCode,
        message: [says ?? globalSays, ...detailAfter(lines, at)].join("\n"),
      }),
    );
  }
  return failures.length === 0 ? null : { failures, tests: null };
}

function detailAfter(lines: readonly string[], at: number): readonly string[] {
  const rest = lines.slice(at + 1, at + 1 + moreLines);
  const end = rest.findIndex((line) => !more.test(line));
  return end < 0 ? rest : rest.slice(0, end);
}
