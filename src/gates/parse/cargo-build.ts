/** Errors of rustc and clippy, as cargo prints them. Warnings are none. */

import type { Failure } from "../../domain/gate-output.ts";
import { failure, type Output, type Reading } from "./reading.ts";

const begin = /^error(?:\[([A-Z]+\d+)\])?: (.+)$/;
const nextBegin = /^(?:error|warning)(?:\[[A-Z]+\d+\])?: /;
const place = /^ {0,8}--> (.+):(\d+):(\d+)$/;
/** What cargo says of its own work; other tools print `error: …` too. */
const ofCargo =
  /^ {2,11}(?:Compiling|Checking|Finished|Running|Updating|Downloading|Locking|Building|Blocking|Documenting) /;
/** Sums of what was told before. */
const sums =
  /^(?:could not compile|aborting due to|test failed, to rerun|doctest failed, to rerun|\d+ targets? failed)/;
/** Chosen: the longest that was seen has 40 lines. */
const longestBlock = 100;

export function readCargoBuild({ lines }: Output): Reading | null {
  const isCargo = lines.some((line) => ofCargo.test(line));
  const failures = lines.flatMap((line, at) => {
    const [head, code = null, says = ""] = begin.exec(line) ?? [];
    if (head === undefined || sums.test(says)) return [];
    return diagnostic({ code, says, block: blockAfter(lines, at), isCargo });
  });
  return isCargo || failures.length > 0 ? { failures, tests: null } : null;
}

interface Diagnostic {
  readonly code: string | null;
  readonly says: string;
  readonly block: readonly string[];
  readonly isCargo: boolean;
}

function diagnostic({ code, says, block, isCargo }: Diagnostic): readonly Failure[] {
  const at = block.findIndex((line) => place.test(line));
  const [, file, line] = place.exec(block[at] ?? "") ?? [];
  if (file === undefined) return isCargo ? [failure({ code, message: says })] : [];
  const label = labelOf(block.slice(at));
  return [
    failure({
      file,
      line: Number(line),
      code: code ?? lintOf(block),
      message: label === null ? says : `${says}: ${label}`,
    }),
  ];
}

/** Up to the empty line at its end. */
function blockAfter(lines: readonly string[], at: number): readonly string[] {
  const rest = lines.slice(at + 1, at + 1 + longestBlock);
  const end = rest.findIndex((line) => line === "" || nextBegin.test(line));
  return end < 0 ? rest : rest.slice(0, end);
}

/** What stands beside the first `^^^`. */
function labelOf(block: readonly string[]): string | null {
  const row = block.find((line) => /^ *\| .*\^/.test(line));
  const label = row?.slice(row.lastIndexOf("^") + 1).trim() ?? "";
  return /^[-\s|]*$/.test(label) ? null : label;
}

/** Lints have no number but a name: `-D clippy::needless-return`, `#[deny(unused_must_use)]`. */
function lintOf(block: readonly string[]): string | null {
  for (const line of block) {
    const [, byFlag, byAttribute] =
      /`-[DF] ([\w:-]+)`|`#!?\[(?:deny|forbid)\(([\w:]+)/.exec(line) ?? [];
    const name = byFlag ?? byAttribute;
    if (name !== undefined && name !== "warnings") return name.replaceAll("-", "_");
  }
  return null;
}
