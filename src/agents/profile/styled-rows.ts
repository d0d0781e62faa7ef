/**
 * The rows of a screen with the style of each character, from text with SGR sequences. Pure. Styles
 * run on from one row to the next, as `capture-pane -e` writes them.
 */

import { stripVTControlCharacters } from "node:util";
import type { Screen } from "../screen.ts";

export interface StyledRow {
  readonly text: string;
  /** One per UTF-16 unit of `text`; `null`: nothing is known of styles. */
  readonly styles: readonly Style[] | null;
}

export interface Style {
  /** As in the sequence, `38;5;220` for one; `null`: the terminal's own. */
  readonly foreground: string | null;
  readonly background: string | null;
  readonly isDim: boolean;
  readonly isInverse: boolean;
}

/** What stands beyond is not looked at: it bounds what a pattern can cost (chosen: a wide screen). */
const longestRow = 500;

const plain: Style = { foreground: null, background: null, isDim: false, isInverse: false };

/** Rows without trailing blanks; without the empty ones at the end. */
export function styledRows(screen: Screen): readonly StyledRow[] {
  const isStyled = screen.ansi.length >= screen.lines.length && screen.ansi.length > 0;
  const rows = isStyled
    ? parseRows(screen.ansi)
    : screen.lines.map((line) => ({
        text: stripVTControlCharacters(line).slice(0, longestRow).trimEnd(),
        styles: null,
      }));
  const last = rows.findLastIndex((row) => row.text !== "");
  return rows.slice(0, last + 1);
}

const esc = String.fromCharCode(0x1b);
/** What follows an ESC: SGR, any other CSI, a hyperlink, or one character. */
const sgr = /^\[([0-9;:]*)m/;
const other = /^(?:\[[0-?]*[ -/]*[@-~]|\][^\p{Cc}]*\p{Cc}?|.?)/su;

function parseRows(lines: readonly string[]): readonly StyledRow[] {
  let style = plain;
  return lines.map((line) => {
    let text = "";
    const styles: Style[] = [];
    const take = (piece: string): void => {
      text += piece;
      for (let unit = 0; unit < piece.length; unit += 1) styles.push(style);
    };
    const [start = "", ...sequences] = line.split(esc);
    take(start);
    for (const sequence of sequences) {
      const coloured = sgr.exec(sequence);
      if (coloured !== null) style = applySgr(style, coloured[1] ?? "");
      take(sequence.slice((coloured ?? other.exec(sequence))?.[0].length ?? 0));
    }
    const kept = text.slice(0, longestRow).trimEnd();
    return { text: kept, styles: styles.slice(0, kept.length) };
  });
}

function applySgr(before: Style, parameters: string): Style {
  const codes = parameters.replaceAll(":", ";").split(";").map(Number);
  let style = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const length = codes[at + 1] === 2 ? 5 : 3;
      const colour = codes.slice(at, at + length).join(";");
      style = code === 38 ? { ...style, foreground: colour } : { ...style, background: colour };
      at += length - 1;
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return plain;
  if (code === 2) return { ...style, isDim: true };
  if (code === 22) return { ...style, isDim: false };
  if (code === 7) return { ...style, isInverse: true };
  if (code === 27) return { ...style, isInverse: false };
  if (code === 39) return { ...style, foreground: null };
  if (code === 49) return { ...style, background: null };
  const isForeground = (code >= 30 && code <= 37) || (code >= 90 && code <= 97);
  if (isForeground) return { ...style, foreground: String(code) };
  const isBackground = (code >= 40 && code <= 47) || (code >= 100 && code <= 107);
  return isBackground ? { ...style, background: String(code) } : style;
}

/** Faint, or a grey of middling brightness: what is not quite there, as a placeholder. */
export function isMuted({ isDim, foreground }: Style): boolean {
  return isDim || (foreground !== null && isGrey(foreground));
}

/** Of the first visible character of a match, or of its group `at`; `null`: not known. */
export function styleAt(row: StyledRow | undefined, match: RegExpExecArray): Style | null {
  const group = match.indices?.groups?.["at"];
  const start = group?.[0] ?? match.index + Math.max(0, match[0].search(/\S/));
  return row?.styles?.[start] ?? null;
}

/** Much more red than anything else; yellow and orange are not. */
export function isRed(colour: string | null): boolean {
  if (colour === null) return false;
  if (["31", "91", "38;5;1", "38;5;9"].includes(colour)) return true;
  const [red = 0, green = 0, blue = 0] = partsOf(colour);
  return red - green >= 60 && red - blue >= 60;
}

/** Red, yellow, or what is between them. */
export function isAlarm(colour: string | null): boolean {
  if (colour === null) return false;
  if (["33", "93", "38;5;3", "38;5;11"].includes(colour)) return true;
  const [red = 0, green = 0, blue = 0] = partsOf(colour);
  return isRed(colour) || (red - blue >= 60 && red >= green);
}

function partsOf(colour: string): readonly number[] {
  const [, kind, ...numbers] = colour.split(";").map(Number);
  return kind === 5 ? cube(numbers[0] ?? 0) : numbers;
}

/** The colour of a number from 16 to 231, of a terminal's 256; greys and the first 16 are no red. */
function cube(index: number): readonly number[] {
  if (index < 16 || index > 231) return [];
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
  const place = index - 16;
  return [level(Math.floor(place / 36)), level(Math.floor(place / 6) % 6), level(place % 6)];
}

function isGrey(colour: string): boolean {
  if (colour === "90") return true;
  const [, kind, ...numbers] = colour.split(";").map(Number);
  if (kind === 5) {
    const [index = 0] = numbers;
    return index === 8 || (index >= 236 && index <= 250);
  }
  if (kind !== 2) return false;
  const [red = 0, green = 0, blue = 0] = numbers;
  const darkest = Math.min(red, green, blue);
  const brightest = Math.max(red, green, blue);
  return brightest - darkest <= 24 && brightest >= 0x40 && brightest <= 0xc0;
}
