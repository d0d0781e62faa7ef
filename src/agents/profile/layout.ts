/**
 * Where things are on a screen: the composer, what is below and above it, the last turn, a dialog.
 * Found by structure from the bottom, where a terminal program is alive; what stands above is what
 * was said before, and may look like anything.
 */

import type { Screen } from "../screen.ts";
import type { Composer } from "./profile.ts";
import type { ComposerSpec, Region, ScreenSpec } from "./schema.ts";
import { isMuted, isRed, type Style, type StyledRow, styleAt } from "./styled-rows.ts";

export interface Layout {
  readonly rows: readonly StyledRow[];
  readonly composer: Place | null;
  /** Where the person's last prompt stands; `null`: it is not on the screen. */
  readonly promptAt: number | null;
  readonly regions: Readonly<Record<Region, Span>>;
}

/** Rows from `from` up to `to`, without it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Place extends Span {
  /** The first row of text. */
  readonly textAt: number;
  readonly shown: Composer;
  /** The colour in which its frame, or its prompt, is drawn. */
  readonly colour: string | null;
}

/** More rows of text in a composer are no composer (chosen: a screen). */
const mostTextRows = 60;
const bottomRows = 8;
/** Without a row that begins it, a dialog is looked for in so many rows (chosen). */
const dialogRows = 30;

export function layOut(
  rows: readonly StyledRow[],
  spec: ScreenSpec,
  cursor: Screen["cursor"],
): Layout {
  const found = spec.composer === undefined ? null : findComposer(rows, spec.composer, cursor);
  const isElsewhere =
    found !== null &&
    spec.composer?.hasCursor === true &&
    cursor?.visible === true &&
    !isWithin(cursor, found);
  const composer = isElsewhere ? null : found;
  const top = composer?.from ?? rows.length;
  const none = { from: rows.length, to: rows.length };
  const promptAt = lastPrompt(rows, spec, top);
  const turn = { from: turnStart(spec, top, promptAt), to: top };
  return {
    rows,
    composer,
    promptAt,
    regions: {
      footer: composer === null ? none : { from: composer.to, to: rows.length },
      status: composer === null ? none : statusBlock(rows, spec, top),
      turn,
      item: lastItem(rows, spec, turn),
      dialog: composer === null ? dialogSpan(rows, spec) : none,
      composer: composer === null ? none : { from: composer.textAt, to: composer.to },
      screen: { from: 0, to: rows.length },
      bottom: { from: Math.max(0, rows.length - bottomRows), to: rows.length },
      last: { from: Math.max(0, rows.length - 1), to: rows.length },
    },
  };
}

function findComposer(
  rows: readonly StyledRow[],
  spec: ComposerSpec,
  cursor: Screen["cursor"],
): Place | null {
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    if (!spec.prompt.test(textOf(rows, at))) continue;
    const place = composerAt(rows, at, spec);
    if (place === null) continue;
    const { below } = spec;
    if (below === undefined || rows.slice(place.to).some((row) => below.test(row.text)))
      return place;
    if (isAllThatIsLeft(rows, place, { spec, cursor })) return place;
  }
  return null;
}

/**
 * A long text has pushed the row below it off the screen: the cursor is in it, and nothing of it is
 * like what stands below no composer.
 */
function isAllThatIsLeft(
  rows: readonly StyledRow[],
  place: Place,
  { spec, cursor }: { readonly spec: ComposerSpec; readonly cursor: Screen["cursor"] },
): boolean {
  if (cursor?.visible !== true || !isWithin(cursor, place) || place.to < rows.length) return false;
  return !rows.slice(place.from).some((row) => spec.notBelow?.test(row.text));
}

function isWithin({ y }: NonNullable<Screen["cursor"]>, { from, to }: Span): boolean {
  return y >= from && y < to;
}

function composerAt(rows: readonly StyledRow[], at: number, spec: ComposerSpec): Place | null {
  if (spec.top !== undefined && !spec.top.test(textOf(rows, at - 1))) return null;
  // Words of a draft may look like what stands below it: that is the last of them.
  const { below: foot } = spec;
  const lastFoot = foot === undefined ? -1 : rows.findLastIndex((row) => foot.test(row.text));
  const most = lastFoot > at ? lastFoot : rows.length;
  let end = at + 1;
  while (end < most && end - at < mostTextRows && isText(rows, end, spec)) end += 1;
  const textEnd = end;
  while (end < rows.length && spec.info?.test(textOf(rows, end)) === true) end += 1;
  if (spec.bottom !== undefined) {
    if (!spec.bottom.test(textOf(rows, end))) return null;
    end += 1;
  }
  const below = rows.slice(end);
  const filled = below.filter((row) => row.text.trim() !== "").length;
  if (spec.mostBelow !== undefined && filled > spec.mostBelow) return null;
  if (spec.notBelow !== undefined && below.some((row) => spec.notBelow?.test(row.text)))
    return null;
  return {
    from: spec.top === undefined ? at : at - 1,
    to: end,
    textAt: at,
    shown: textIn(rows.slice(at, textEnd), spec),
    colour: rows[at]?.styles?.find((style) => style.foreground !== null)?.foreground ?? null,
  };
}

function isText(rows: readonly StyledRow[], at: number, spec: ComposerSpec): boolean {
  const text = textOf(rows, at);
  if (spec.bottom?.test(text) === true) return false;
  // Words of a draft may look like it: it stands right above the end.
  const isInfo = spec.info?.test(text) === true && isEnd(rows, at + 1, spec);
  return !isInfo && spec.more?.test(text) === true;
}

function isEnd(rows: readonly StyledRow[], at: number, { bottom }: ComposerSpec): boolean {
  return bottom === undefined || bottom.test(textOf(rows, at));
}

function textIn(rows: readonly StyledRow[], spec: ComposerSpec): Composer {
  const lines = rows.map((row, place) => {
    const lead = (place === 0 ? spec.prompt : spec.more)?.exec(row.text)?.[0].length ?? 0;
    const text = row.text.slice(lead);
    const end = spec.beside === undefined ? -1 : text.search(spec.beside);
    return { text: end < 0 ? text : text.slice(0, end), styles: row.styles?.slice(lead) ?? null };
  });
  const text = lines
    .map((line) => line.text)
    .join("\n")
    .trim();
  const isEmpty = lines.every(isPlaceholder) || spec.placeholder?.test(text) === true;
  if (isEmpty) return { text: "", isFolded: false };
  return { text, isFolded: spec.folded?.test(text) === true };
}

/** All of it is muted, but for the cell under the cursor. */
function isPlaceholder({ text, styles }: StyledRow): boolean {
  if (text.trim() === "") return true;
  if (styles === null) return false;
  return (
    [...text].length > 0 && everyVisible(text, styles, (style) => isMuted(style) || style.isInverse)
  );
}

function everyVisible(
  text: string,
  styles: readonly Style[],
  holds: (style: Style) => boolean,
): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const style = styles[at];
    if (text[at]?.trim() !== "" && style !== undefined && !holds(style)) return false;
  }
  return true;
}

/** From the last thing that the agent said or did to the end of its turn. */
function lastItem(rows: readonly StyledRow[], { item }: ScreenSpec, turn: Span): Span {
  for (let at = turn.to - 1; at >= turn.from; at -= 1) {
    if (item?.test(textOf(rows, at)) === true) return { from: at, to: turn.to };
  }
  return { from: turn.to, to: turn.to };
}

/** The last block above the composer, but for what is only shown there: warnings, what is queued. */
function statusBlock(rows: readonly StyledRow[], { aside }: ScreenSpec, top: number): Span {
  let block = lastBlock(rows, top);
  while (block.from > 0 && aside?.test(textOf(rows, block.from)) === true) {
    block = lastBlock(rows, block.from);
  }
  return block;
}

/** The rows without a gap that stand last above `top`. */
function lastBlock(rows: readonly StyledRow[], top: number): Span {
  let to = top;
  while (to > 0 && textOf(rows, to - 1).trim() === "") to -= 1;
  let from = to;
  while (from > 0 && textOf(rows, from - 1).trim() !== "") from -= 1;
  return { from, to };
}

function lastPrompt(rows: readonly StyledRow[], { user }: ScreenSpec, top: number): number | null {
  if (user === undefined) return null;
  for (let at = top - 1; at >= 0; at -= 1) {
    const match = user.exec(textOf(rows, at));
    // What is red is an error, however it is framed.
    if (match !== null && !isRed(styleAt(rows[at], match)?.foreground ?? null)) return at;
  }
  return null;
}

/** Where its prompt is not on the screen any more, all of it belongs to the turn. */
function turnStart({ user }: ScreenSpec, top: number, promptAt: number | null): number {
  if (user === undefined) return Math.max(0, top - dialogRows);
  return promptAt === null ? 0 : promptAt + 1;
}

function dialogSpan(rows: readonly StyledRow[], { dialogTop, said }: ScreenSpec): Span {
  const to = rows.length;
  const talk = said === undefined ? -1 : rows.findLastIndex((row) => said.test(row.text));
  const first = Math.max(0, to - dialogRows, talk + 1);
  if (dialogTop === undefined) return { from: first, to };
  // With nothing said in between, the highest one is its beginning: it may have rules within.
  const isTop = (row: StyledRow): boolean => dialogTop.test(row.text);
  const top =
    said === undefined
      ? rows.findLastIndex((row, at) => at >= first && isTop(row))
      : rows.findIndex((row, at) => at >= first && isTop(row));
  return { from: top < 0 ? first : top, to };
}

function textOf(rows: readonly StyledRow[], at: number): string {
  return rows[at]?.text ?? "";
}
