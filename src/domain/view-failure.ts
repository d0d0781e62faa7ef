/** A failure of a gate in one line. */

import type { Failure } from "./gate-output.ts";
import { oneLine } from "./view-text.ts";

/** `src/a.ts:3 TS2322 adds: Wrong.`, with what is known of it. */
export function failureLine({ file, line, test, code, message }: Failure): string {
  const place = file === null || line === null ? file : `${file}:${line}`;
  const subject = [place, code, test].filter((part) => part !== null).join(" ");
  return oneLine(subject === "" ? message : `${subject}: ${message}`, 240);
}
