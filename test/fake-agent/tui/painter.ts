/**
 * Brings pictures to the terminal. A painter of the transcript prints what is settled once and draws
 * the picture below it; a painter of the alternate screen owns the whole of it. Neither repeats what
 * already stands there.
 */

import type { Picture, Size } from "./view.ts";

export interface Painter {
  /** `settled`: rows that have come since the last time and will not change. */
  paint(settled: readonly string[], picture: Picture): void;
  /** The terminal has another size: what stands there is drawn again, as far as it is known. */
  redraw(): void;
  /** An empty terminal. */
  clear(): void;
  /** The cursor below all that stands there: something else will be printed. */
  leave(): void;
}

type Write = (text: string) => void;

const frameBegins = "\u001b[?2026h";
const frameEnds = "\u001b[?2026l";
/** More rows than any terminal shows. */
const keptRows = 400;

export function paintTranscript(write: Write, size: () => Size): Painter {
  let kept: readonly string[] = [];
  let last: Picture | null = null;

  function paint(settled: readonly string[], whole: Picture): void {
    const picture = clipTop(whole, size().rows);
    if (settled.length === 0 && last !== null && isSame(last, picture)) return;
    kept = [...kept, ...settled].slice(-keptRows);
    const up = last === null || last.cursor.y === 0 ? "" : `\u001b[${last.cursor.y}A`;
    const rows = [...settled, ...picture.lines].map((line) => `${line}\u001b[0m`);
    const below = belowCursor(picture);
    const back = below === 0 ? "" : `\u001b[${below}A`;
    write(
      `${frameBegins}\u001b[?25l\r${up}\u001b[J${rows.join("\r\n")}` +
        `${back}\u001b[${picture.cursor.x + 1}G` +
        `${picture.cursor.isVisible ? "\u001b[?25h" : ""}${frameEnds}`,
    );
    last = picture;
  }

  return {
    paint,
    redraw() {
      if (last === null) return;
      const [above, picture] = [kept, last];
      this.clear();
      paint(above, picture);
    },
    clear() {
      write("\u001b[2J\u001b[3J\u001b[H");
      kept = [];
      last = null;
    },
    leave() {
      const below = last === null ? 0 : belowCursor(last);
      write(`${below > 0 ? `\u001b[${below}B` : ""}\r\n`);
    },
  };
}

export function paintScreen(write: Write): Painter {
  let rows: readonly string[] = [];
  return {
    paint(_settled, { lines, cursor }) {
      const changed = lines.flatMap((line, y) =>
        line === rows[y] ? [] : `\u001b[${y + 1};1H\u001b[0m${line}\u001b[0m\u001b[K`,
      );
      rows = lines;
      const place = `\u001b[${cursor.y + 1};${cursor.x + 1}H`;
      const shown = cursor.isVisible ? "\u001b[?25h" : "";
      write(`${frameBegins}\u001b[?25l${changed.join("")}${place}${shown}${frameEnds}`);
    },
    redraw() {
      this.clear();
    },
    clear() {
      rows = [];
      write("\u001b[2J");
    },
    leave: () => write("\u001b[?1049l"),
  };
}

function belowCursor({ lines, cursor }: Picture): number {
  return lines.length - 1 - cursor.y;
}

/** A picture that is higher than the screen loses its top. */
function clipTop({ lines, cursor }: Picture, rows: number): Picture {
  const over = Math.max(0, lines.length - rows);
  return { lines: lines.slice(over), cursor: { ...cursor, y: Math.max(0, cursor.y - over) } };
}

function isSame(one: Picture, other: Picture): boolean {
  return (
    one.lines.length === other.lines.length &&
    one.lines.every((line, n) => line === other.lines[n]) &&
    one.cursor.x === other.cursor.x &&
    one.cursor.y === other.cursor.y &&
    one.cursor.isVisible === other.cursor.isVisible
  );
}
