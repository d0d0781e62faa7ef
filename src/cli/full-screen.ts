/**
 * A page that fills the person's terminal and leaves it as it was: drawn on the other screen, whole
 * each time and only when it differs, with the cursor away and nothing wrapped.
 */

import type { ReadStream, WriteStream } from "node:tty";

export interface FullScreen extends Disposable {
  /** In cells. */
  size(): { readonly columns: number; readonly rows: number };
  /** Lines that fit the size; colours are all that may be in them besides plain text. */
  draw(lines: readonly string[]): void;
}

export interface ScreenRequest {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** A letter that was typed, Ctrl with one too; not those of arrows and the like. */
  readonly onKey: (letter: string) => void;
  readonly onResize: () => void;
}

const enter = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J";
const leave = "\u001b[?7h\u001b[?25h\u001b[?1049l";
/** A terminal that knows it shows nothing of the frame before all of it is there. */
const beginFrame = "\u001b[?2026h\u001b[H";
/** The line is emptied first: behind one that fills it, its last letter would be erased. */
const beginLine = "\u001b[2K";
const endLine = "\u001b[0m\r\n";
const endFrame = "\u001b[0m\u001b[?2026l";
/** What was below before. */
const endPage = "\r\n\u001b[J";

/** Disposing is safe to repeat. */
export function openFullScreen({ input, output, onKey, onResize }: ScreenRequest): FullScreen {
  let isOpen = true;
  let shown: string | null = null;
  const read = (data: Buffer | string): void => {
    const typed = data.toString();
    // What is typed fast comes at once.
    if (!typed.startsWith("\u001b")) for (const letter of typed) onKey(letter);
  };
  const resize = (): void => {
    // What the terminal makes of its old lines is not known.
    shown = null;
    onResize();
  };
  input.setRawMode(true);
  input.on("data", read);
  input.resume();
  output.on("resize", resize);
  output.write(enter);
  return {
    size: () => ({ columns: output.columns, rows: output.rows }),
    draw(lines) {
      const page = lines.map((line) => `${beginLine}${line}`).join(endLine);
      if (!isOpen || page === shown) return;
      shown = page;
      // On the last row a line feed would move the page up.
      const below = lines.length < output.rows ? endPage : "";
      output.write(`${beginFrame}${page}${below}${endFrame}`);
    },
    [Symbol.dispose]() {
      if (!isOpen) return;
      isOpen = false;
      output.write(leave);
      output.off("resize", resize);
      input.off("data", read);
      input.setRawMode(false);
      input.pause();
    },
  };
}
