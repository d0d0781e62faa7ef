/** A reporter for programs: one JSON object, when all is over. */

import type { TestEvent } from "node:test/reporters";

export interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
  /** Absolute paths of the files with a failure, in no order. */
  readonly failedFiles: readonly string[];
}

/** Node asks for a default export of a reporter. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const failedFiles = new Set<string>();
  let [passed, failed] = [0, 0];
  for await (const { type, data } of events) {
    if (type === "test:fail" && data.file !== undefined) failedFiles.add(data.file);
    if (type !== "test:summary") continue;
    const { file, success, counts } = data;
    if (!success && file !== undefined) failedFiles.add(file);
    // The one without a file is of all of them.
    if (file === undefined) {
      passed = counts.passed;
      failed = counts.tests - counts.passed - counts.skipped;
    }
  }
  const outcome: TestOutcome = { passed, failed, failedFiles: [...failedFiles] };
  yield JSON.stringify(outcome);
}
