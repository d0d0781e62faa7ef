/** The rendered screen of a pane, all of it from one moment: tmux carries out a line at once. */

import type { Screen } from "../screen.ts";
import type { Reply } from "./control-client.ts";
import { quote } from "./quote.ts";

/** The title stands last, since it may hold anything. */
const facts = [
  "cursor_x",
  "cursor_y",
  "cursor_flag",
  "alternate_on",
  "pane_width",
  "pane_height",
  "host",
  "pane_title",
];
const told = /^(\d+) (\d+) (\d) (\d) (\d+) (\d+) (\S*) (.*)$/s;

/** The line that asks for it. */
export function askScreen(pane: string): string {
  const format = facts.map((name) => `#{${name}}`).join(" ");
  return [
    `capture-pane -p -t ${pane}`,
    `capture-pane -p -e -t ${pane}`,
    `display-message -p -t ${pane} ${quote(format)}`,
  ].join(" ; ");
}

/** `null`: the pane is not there. */
export function readScreen([plain, coloured, rest]: readonly Reply[]): Screen | null {
  const numbers = told.exec(rest?.lines.join(" ") ?? "");
  if (plain?.isOk !== true || coloured?.isOk !== true || numbers === null) return null;
  const [, x, y, isVisible, isAlternate, cols, rows, host, title = ""] = numbers;
  return {
    cols: Number(cols),
    rows: Number(rows),
    lines: plain.lines,
    ansi: coloured.lines,
    cursor: { x: Number(x), y: Number(y), visible: isVisible === "1" },
    // Until the program sets one, tmux shows the name of the machine.
    title: title === host ? null : title,
    isAlternate: isAlternate === "1",
  };
}
