/**
 * A terminal screen at one moment, as a value: what a pane shows, whoever has captured it. Text
 * that an agent prints is among it, and is never to be believed for that alone.
 */

export interface Screen {
  readonly cols: number;
  readonly rows: number;
  /** One per row, without colours; trailing blanks and trailing empty rows may be cut. */
  readonly lines: readonly string[];
  /** The same rows with their SGR sequences, as `capture-pane -e` gives them. */
  readonly ansi: readonly string[];
  /** Cells from the upper left corner, from 0; `null`: not known. */
  readonly cursor: { readonly x: number; readonly y: number; readonly visible: boolean } | null;
  /** The title that the program has set; `null`: not known. */
  readonly title: string | null;
  readonly isAlternate: boolean;
}
