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

export const terminal: Terminal = {
  write: (text) => {
    process.stdout.write(text);
  },
  drained: () => new Promise((resolve) => process.stdout.write("", () => resolve())),
  size: () => ({ cols: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 }),
};

/** Before anything can be typed: what comes earlier is kept by the kernel until it is read. */
export function beginInput(read: (bytes: Buffer) => void): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.on("data", read);
}
