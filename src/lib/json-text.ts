/**
 * JSON that others have written, read so that nothing that is done with it later can fail: a value
 * that is nested without end can be read, and neither written nor compared again.
 */

/** Chosen: what a program means is some ten deep, and a stack ends at some thousands. */
const deepest = 500;

/** `undefined`: it is no JSON, or nested too deep. */
export function parseJson(text: string): unknown {
  if (!isShallow(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // As said above.
    return undefined;
  }
}

/** An object of JSON, whose keys are texts. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value as one line, with its end. Readers differ in what ends a line (node's own takes U+2028 for
 * an end, which JSON lets stand as it is): here nothing but the end does.
 */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replace(/[\u2028\u2029]/g, (letter) =>
    letter === "\u2028" ? "\\u2028" : "\\u2029",
  );
  return `${text}\n`;
}

const quote = 0x22;
const backslash = 0x5c;

/** Counts what is open; within a string nothing is. */
function isShallow(text: string): boolean {
  if (text.length <= deepest) return true;
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (isString) {
      if (letter === backslash) at += 1;
      else if (letter === quote) isString = false;
    } else if (letter === quote) isString = true;
    // `[` and `{`, `]` and `}`: each pair differs by one bit.
    else if ((letter | 0x20) === 0x7b) {
      depth += 1;
      if (depth > deepest) return false;
    } else if ((letter | 0x20) === 0x7d) depth -= 1;
  }
  return true;
}
