/**
 * opencode 1.18.33, as recorded: the alternate screen, a start page, a side bar on wide screens, and
 * a title that never tells its state. Which choice is selected is told by colour alone.
 */

import { type Asked, choice } from "../asked.ts";
import { clip, widthOf, wrap } from "../cells.ts";
import { shownOf } from "../composer.ts";
import { fill, pick, plainOf, spread } from "../rows.ts";
import { background, bold, colour } from "../style.ts";
import type { Entry, Look, Permission, Picture, Question, View } from "../view.ts";

const grey = (text: string) => colour(8, text);
const white = (text: string) => colour(255, text);
const blue = (text: string) => colour(75, text);
const red = (text: string) => colour(168, text);
const amber = (text: string) => colour(215, text);
const sideCols = 42;
const startCols = 75;
const bars = ["⬝⬝⬝⬝⬝⬝⬝⬝", "■⬝⬝⬝⬝⬝⬝⬝", "■■■⬝⬝⬝⬝⬝", "⬝■■■■⬝⬝⬝", "⬝⬝⬝■■■■⬝", "⬝⬝⬝⬝⬝■■■"];
const logo = [
  "                                 ▄     ",
  "█▀▀█ █▀▀█ █▀▀█ █▀▀▄ █▀▀▀ █▀▀█ █▀▀█ █▀▀█",
  "█  █ █  █ █▀▀▀ █  █ █    █  █ █  █ █▀▀▀",
  "▀▀▀▀ █▀▀▀ ▀▀▀▀ ▀▀▀▀ ▀▀▀▀ ▀▀▀▀ ▀▀▀▀ ▀▀▀▀",
];
const model = `${blue("Build")} ${grey("·")} ${white("Fake Model")} ${grey("Fake")}`;
const by = `     ${blue("▣")}  ${white("Build")}${grey(" · Fake Model")}`;

export const opencode: Look = {
  isAlternate: true,
  begins: "\u001b[?1004h",
  ends: "\u001b[?25h\u001b[?1004l\u001b]0;\u0007",
  tickMs: 200,
  banner: () => [""],
  entry,
  picture: (view, above) => (view.isFresh ? startPage(view) : session(view, above)),
  title: ({ topic }) => (topic === null ? "OpenCode" : `OC | ${topic}`),
  state: () => null,
  permission,
  question,
  dialog: () => null,
  limit: (until) => ({ text: `Usage limit reached. It resets at ${until}.`, dialog: null }),
  farewell: () => [
    ...logo.map((row) => `  ${row}`),
    "",
    "  Session   Scripted work",
    "  Continue  opencode -s ses_e046f0baeffe12069YjOGq6OaN",
    "",
  ],
};

function entry(one: Entry, { size }: View): readonly string[] {
  const cols = mainCols(size.cols);
  switch (one.kind) {
    case "prompt":
      return [...block(["", ...wrap(one.text, cols - 10), ""], blue), ""];
    case "says":
      return [...wrap(one.text, cols - 10).map((row) => `     ${white(row)}`), ""];
    case "tool":
      if (one.output === null) return [`     $ ${clip(one.about, cols - 10)}`, ""];
      return [
        ...block(
          ["", `$ ${clip(one.about, cols - 10)}`, "", ...wrap(one.output, cols - 10), ""],
          grey,
        ),
        "",
      ];
    case "answered":
      return [...block(["", "# Questions", "", one.says, one.answer, ""], grey), ""];
    case "failed":
      return [...block(["", ...wrap(one.text, cols - 10).map(grey), ""], red), ""];
    case "interrupted":
      return [by, ""];
    case "approved":
      return [];
    case "worked":
      return [
        `${by}${grey(` · ${one.ms < 1000 ? `${one.ms}ms` : `${(one.ms / 1000).toFixed(1)}s`}`)}`,
        "",
      ];
    case "raw":
      return one.text.split("\n").map((line) => clip(line, cols));
  }
}

function session(view: View, above: readonly string[]): Picture {
  const { size, asked, turn, queued, composer } = view;
  const cols = mainCols(size.cols);
  const waiting = queued.flatMap((text) => [
    ...block(["", ...wrap(text, cols - 10), bold(background(75, " QUEUED ")), ""], blue),
    "",
  ]);
  const running = turn === null ? [] : [by, ""];
  const transcript = [...above, ...running, ...waiting];
  const written = wrap(shownOf(composer), cols - 8).slice(-(size.rows - 10));
  const bottom =
    asked === null
      ? [
          ...block(["", ...written.map(white), "", model], blue),
          `  ${blue("╹")}${colour(234, "▀".repeat(cols - 5))}`,
          statusLine(view, cols),
          "",
        ]
      : [...askedLines(asked, cols), ""];
  const rows = fill(transcript, ["", ...bottom], size.rows);
  const lines = withSideBar(rows, view);
  if (asked !== null) {
    return { lines, cursor: { x: cols - 1, y: size.rows - 2, isVisible: false } };
  }
  const y = size.rows - 6;
  return { lines, cursor: { x: 5 + widthOf(written.at(-1) ?? ""), y, isVisible: true } };
}

function startPage({ size, composer, cwd }: View): Picture {
  const cols = Math.min(startCols, size.cols - 4);
  const left = " ".repeat(Math.floor((size.cols - cols) / 2));
  const written = wrap(shownOf(composer), cols - 6);
  const shown =
    shownOf(composer) === "" ? [grey('Ask anything... "Fix a TODO in the codebase"')] : written;
  const head = [
    ...Array.from({ length: Math.max(0, Math.floor(size.rows / 2) - 7) }, () => ""),
    ...logo.map((row) => " ".repeat(Math.floor((size.cols - 39) / 2)) + row),
    "",
    "",
  ];
  const box = [
    ...["", ...shown, "", model].map((row) => `${left}${blue("┃")}  ${row}`),
    `${left}${blue("╹")}${colour(234, "▀".repeat(cols - 1))}`,
    `${left}${" ".repeat(cols - 27)}${white("tab")} ${grey("agents")}  ${white("ctrl+p")} ${grey("commands")}`,
  ];
  const last = spread(`  ${grey(cwd)}`, grey("1.18.33  "), size.cols);
  const lines = fill([...head, ...box], [last, ""], size.rows);
  const y = head.length + written.length;
  return {
    lines,
    cursor: { x: left.length + 3 + widthOf(written.at(-1) ?? ""), y, isVisible: true },
  };
}

function statusLine({ turn, armed, cwd, now }: View, cols: number): string {
  const right = `${grey("1.3K (0%)")}  ${white("ctrl+p")} ${grey("commands")}  `;
  if (turn === null) return spread(`   ${grey(cwd)}`, right, cols);
  const elapsed = now - turn.startedAt;
  const bar = colour(238, pick(bars, elapsed / 200));
  const esc = `${white("esc")} ${grey(armed === "interrupt" ? "again to interrupt" : "interrupt")}`;
  if (turn.retry === null) return spread(`   ${bar}  ${esc}`, right, cols);
  const left = Math.max(0, Math.ceil((turn.retry.until - now) / 1000));
  const words = `Rate limit reached for fake-model (click to expand) [retrying in ${left}s attempt #${turn.retry.attempt}]`;
  return `   ${bar} ${red(words)} ${esc}`;
}

function askedLines(asked: Asked, cols: number): readonly string[] {
  const { kind, says, details, choices, selected, typed } = asked;
  if (kind === "permission") {
    const buttons = choices.map(({ label }, n) =>
      n === selected ? background(215, ` ${colour(232, label)} `) : ` ${grey(label)} `,
    );
    const keys = `${white("ctrl+f")} ${grey("fullscreen")}  ${white("⇆")} ${grey("select")}  ${white("enter")} ${grey("confirm")}   `;
    const words = ["", `${amber("△")} ${white("Permission required")}`, ...details, "", ""];
    const row = spread(buttons.join(" "), keys, cols - 5);
    return [...block(words, amber), ...block([row], amber), ...block([""], amber)];
  }
  const rows = choices.flatMap(({ label, hint, does }, n) => {
    const isSelected = n === selected;
    const words = does === "text" && typed !== "" ? typed : label;
    const number = isSelected ? background(234, colour(68, `${n + 1}.`)) : grey(`${n + 1}.`);
    const row = `${number} ${isSelected ? blue(words) : white(words)}`;
    return hint === null ? [row] : [row, `   ${grey(hint)}`];
  });
  const keys = [
    ["↑↓", "select"],
    ["enter", "submit"],
    ["esc", "dismiss"],
  ].map(([key, does]) => `${white(key ?? "")} ${grey(does ?? "")}`);
  const inner = ["", white(says), "", ...rows, "", keys.join("  "), ""];
  return block(inner, (bar) => colour(140, bar));
}

function permission({ tool, text }: Permission): Asked {
  const isEdit = ["Write", "Edit"].includes(tool);
  const [first = "", ...rest] = text.split("\n");
  return {
    kind: "permission",
    name: tool,
    says: "Permission required",
    details: isEdit
      ? [`  ${grey("→")} ${white(`Edit ${first}`)}`, "", ...rest]
      : [`  ${grey("#")} ${white("Shell command")}`, "", white(`$ ${text}`)],
    choices: [choice("Allow once", "yes"), choice("Allow always", "yes"), choice("Reject", "no")],
    selected: 0,
    typed: "",
    hasDigits: false,
  };
}

function question({ header, text, choices }: Question): Asked {
  return {
    kind: "question",
    name: header,
    says: text,
    details: [],
    choices: [
      ...choices.map((label) => choice(label, "yes", { hint: `${label} it is` })),
      choice("Type your own answer", "text"),
    ],
    selected: 0,
    typed: "",
    hasDigits: true,
  };
}

/** Rows behind a bar. */
function block(rows: readonly string[], paint: (bar: string) => string): readonly string[] {
  return rows.map((row) => `  ${paint("┃")}  ${row}`);
}

function mainCols(cols: number): number {
  return cols > 120 ? cols - sideCols : cols;
}

function withSideBar(rows: readonly string[], { size, topic, cwd }: View): readonly string[] {
  const cols = mainCols(size.cols);
  if (cols === size.cols) return rows;
  const top = ["", topic ?? "New session", "", "Context", "1,334 tokens", "0% used", "$0.00 spent"];
  const bottom = new Map([
    [size.rows - 4, grey(cwd)],
    [size.rows - 2, `${colour(114, "•")} ${bold(grey("OpenCode"))} ${grey("1.18.33")}`],
  ]);
  return rows.map((row, y) => {
    const side = bottom.get(y) ?? white(top[y] ?? "");
    const gap = Math.max(0, cols - widthOf(plainOf(row)));
    return plainOf(side) === "" ? row : `${row}${" ".repeat(gap)}  ${side}`;
  });
}
