/** Outputs of real tools (`test/fixtures/gate-output/README.md`), and readings in a short form. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { readOutput } from "../../../src/gates/parse/read-output.ts";
import type { Parser, Reading } from "../../../src/gates/parse/reading.ts";

export interface Read {
  /** A file under `test/fixtures/gate-output/`. */
  readonly of: string;
  /** Ran, failed, skipped. */
  readonly tests: readonly [number, number, number] | null;
  /** `file:line code test | message`. */
  readonly failures: readonly string[];
}

export function fixture(of: string): string {
  const folder = path.join(import.meta.dirname, "../../fixtures/gate-output");
  return readFileSync(path.join(folder, of), "utf8");
}

export function read(of: string, parsers: readonly Parser[] = []): Read {
  const text = fixture(of);
  return short(of, readOutput({ text, isCut: false, cwd: "/home/project", parsers }));
}

export function short(of: string, { tests, failures }: Reading): Read {
  return {
    of,
    tests: tests === null ? null : [tests.ran, tests.failed, tests.skipped],
    failures: failures.map(({ file, line, code, test, message }) => {
      const says = message.split("\n").join(" / ");
      return `${file ?? "?"}:${line ?? "?"} ${code ?? "-"} ${test ?? "-"} | ${says}`;
    }),
  };
}
