/** Places in the source as stack traces name them. */

export interface Frame {
  readonly file: string;
  readonly line: number;
}

const forms: readonly RegExp[] = [
  // JavaScript: `at add (file:///project/sum.mjs:9:12)`, `at sum.mjs:9:12`
  /^ *(?:async )?(?:at )?(?:[^()]{0,200}\()?((?:file:\/\/)?[^\s():][^():]{0,400}):(\d{1,7}):\d{1,7}\)?$/,
  // Python: `test_sum.py:13: AssertionError`
  /^(\S{1,400}\.py):(\d{1,7}): /,
  // Java: `at sample.SumTest.wrong(SumTest.java:17)`
  /^\s*at [\w.$<>/@]{1,300}\((\w{1,100}\.(?:java|kt|scala|groovy)):(\d{1,7})\)$/,
];
/** What a person cannot mend: the runtime's own code, and that of others. */
const foreign =
  /^node:|^internal\/|(?:^|\/)node_modules\/|^\/usr\/(?:lib|share|local\/lib)\/|\/site-packages\/|^\/rustc\/|^<|^\w+:\/\/(?!\/)/;
/** Of the libraries that tests in Java call. */
const foreignCall = /^\s*at (?:org\.junit|org\.opentest4j|java|jdk|sun|kotlin|scala)\./;

/** The first place in code of the project; `null`: there is none. */
export function firstFrame(lines: Iterable<string>): Frame | null {
  for (const line of lines) {
    const frame = frameOf(line);
    if (frame !== null && !isForeign(frame.file)) return frame;
  }
  return null;
}

export function isForeign(file: string): boolean {
  return foreign.test(file);
}

function frameOf(line: string): Frame | null {
  if (foreignCall.test(line)) return null;
  for (const form of forms) {
    const [, file, number] = form.exec(line) ?? [];
    if (file !== undefined) return { file, line: Number(number) };
  }
  return null;
}
