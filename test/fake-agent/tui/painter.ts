/**
 * Brings pictures to the terminal. A painter of the transcript prints what is settled once and draws
 * the picture below it; a painter of the alternate screen owns the whole of it. Neither repeats what
 * already stands there.
 */

import type { Picture, Size } from "./view.ts";

export interface Painter {
  /** `settled`: rows that have come since the last time and will not change. */
  paint(settled: readonly string[], picture: Picture): void;
  /** The terminal has another size: nothing of what stands there counts. */
  reset(): void;
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
  return {
    paint(settled, whole) {
      const picture = clipTop(whole, size().rows);
      if (settled.length === 0 && last !== null && isSame(last, picture)) return;
      kept = [...kept, ...settled].slice(-keptRows);
      const up = last?.cursor.y ?? 0;
      const rows = [...settled, ...picture.lines].map((line) => `${line}\u001b[0m`);
      const back = picture.lines.length - 1 - picture.cursor.y;
      write(
        `${frameBegins}\u001b[?25l\r${up > 0 ? `\u001b[${up}A` : ""}\u001b[J${rows.join("\r\n")}` +
          `${back > 0 ? `\u001b[${back}A` : ""}\u001b[${picture.cursor.x + 1}G` +
          `${picture.cursor.isVisible ? "\u001b[?25h" : ""}${frameEnds}`,
      );
      last = picture;
    },
    reset() {
      if (last === null) return;
      write("\u001b[2J\u001b[3J\u001b[H");
      const picture = last;
      last = null;
      const above = kept;
      kept = [];
      this.paint(above, picture);
    },
    leave() {
      const below = last === null ? 0 : last.lines.length - 1 - last.cursor.y;
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
    reset() {
      rows = [];
      write("\u001b[2J");
    },
    leave: () => write("\u001b[?1049l"),
  };
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
