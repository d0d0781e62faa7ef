/** Bytes into text, or an AppError that says which byte is in the way. */

import { isUtf8 } from "node:buffer";
import { AppError } from "../lib/app-error.ts";

/** Chosen: fifty times the longest plan that was met, and still read within seconds. */
const maxPlanBytes = 5 * 1024 * 1024;

const replacement = "\uFFFD";

/**
 * The text without its byte order mark, with `\n` as the only end of line. Throws an AppError
 * (`failed`) for what is too large, binary, or not UTF-8.
 */
export function decodePlan(file: string, content: Uint8Array): string {
  if (content.length > maxPlanBytes) {
    throw new AppError(
      "failed",
      `Cannot read the plan \`${file}\`: it has ${content.length} bytes, more than ${maxPlanBytes} (5 MiB).`,
      { hint: "Split it into several files and import each." },
    );
  }
  const order = byteOrderMark(content);
  if (order !== null) {
    throw new AppError("failed", `Cannot read the plan \`${file}\`: it is ${order}, not UTF-8.`, {
      hint: "Save it as UTF-8 and import it again.",
    });
  }
  const nul = content.indexOf(0);
  if (nul >= 0) {
    throw new AppError(
      "failed",
      `Cannot read the plan \`${file}\`: it is binary, byte ${nul} is 0x00.`,
      { hint: "Give a Markdown file, or a task queue in JSON." },
    );
  }
  if (!isUtf8(content)) {
    const offset = firstInvalidByte(content);
    const value = (content[offset] ?? 0).toString(16).padStart(2, "0");
    throw new AppError(
      "failed",
      `Cannot read the plan \`${file}\`: it is not UTF-8, byte ${offset} is 0x${value}.`,
      { hint: "Save it as UTF-8 and import it again." },
    );
  }
  return new TextDecoder("utf-8").decode(content).replace(/\r\n?/g, "\n");
}

function byteOrderMark(content: Uint8Array): string | null {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return "UTF-16 (little endian)";
  if (first === 0xfe && second === 0xff) return "UTF-16 (big endian)";
  return null;
}

/** Up to the first invalid byte, decoded text and bytes run side by side. */
function firstInvalidByte(content: Uint8Array): number {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
  let from = 0;
  let offset = 0;
  for (;;) {
    const at = text.indexOf(replacement, from);
    if (at < 0) return offset;
    offset += Buffer.byteLength(text.slice(from, at));
    const isWritten = Buffer.compare(
      content.subarray(offset, offset + 3),
      Buffer.from(replacement),
    );
    if (isWritten !== 0) return offset;
    offset += 3;
    from = at + 1;
  }
}
