/** The reporter `spec` of Node, preceded in its summary by the files that took longest. */

import path from "node:path";
import { Readable } from "node:stream";
import type { TestEvent } from "node:test/reporters";
import { spec } from "node:test/reporters";

/** How many are named, and what is too fast to be named (both chosen). */
const longest = 5;
const namedFromMs = 1_000;

interface Timing {
  readonly file: string;
  readonly durationMs: number;
}

/** Node asks for a default export of a reporter. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const timings: Timing[] = [];
  const seen = (async function* () {
    for await (const event of events) {
      if (event.type === "test:summary" && event.data.file !== undefined) {
        timings.push({ file: event.data.file, durationMs: event.data.duration_ms });
      }
      yield event;
    }
  })();
  for await (const chunk of Readable.from(seen).compose(spec())) {
    const text = String(chunk);
    if (text.includes("ℹ tests ")) yield describe(timings);
    yield text;
  }
}

function describe(timings: readonly Timing[]): string {
  return timings
    .filter(({ durationMs }) => durationMs >= namedFromMs)
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, longest)
    .map(({ file, durationMs }) => {
      return `${(durationMs / 1_000).toFixed(1)} s  ${path.relative(process.cwd(), file)}\n`;
    })
    .join("");
}
