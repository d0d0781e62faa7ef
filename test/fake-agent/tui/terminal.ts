/**
 * The terminal that the program runs in: raw bytes in, sequences out, and its size.
 */

import type { Size } from "./view.ts";

export interface Terminal {
  write(text: string): void;
  /** Resolves when the terminal has taken what was written. */
  drained(): Promise<void>;
  size(): Size;
}

/** On a smaller one the pictures are cut off (chosen). */
const leastCols = 60;
const leastRows = 16;

export const terminal: Terminal = {
  write: (text) => {
    process.stdout.write(text);
  },
  drained: () => new Promise((resolve) => process.stdout.write("", () => resolve())),
  size: () => ({
    cols: Math.max(leastCols, process.stdout.columns || 80),
    rows: Math.max(leastRows, process.stdout.rows || 24),
  }),
};

/** Before anything can be typed: what comes earlier is kept by the kernel until it is read. */
export function beginInput(read: (bytes: Buffer) => void): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.on("data", read);
}
