/**
 * Gemini CLI 0.61.0, as recorded: no alternate screen, a title that tells ready, working and action
 * required, asks in a box in place of the composer. A request that is repeated looks like work.
 */

import { basename, dirname } from "node:path";
import { type Asked, choice } from "../asked.ts";
import { clip, pad, widthOf, wrap } from "../cells.ts";
import { shownOf } from "../composer.ts";
import { durationOf, hang, pick, plainOf, spread } from "../rows.ts";
import { background, bold, colour, dim, inverse, italic } from "../style.ts";
import type { Entry, Look, Permission, Picture, View } from "../view.ts";

const grey = (text: string) => colour(248, text);
const white = (text: string) => colour(231, text);
const violet = (text: string) => colour(183, text);
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export const gemini: Look = {
  isAlternate: false,
  begins: "\u001b[?25l",
  ends: "\u001b[?25h",
  tickMs: 200,
  banner: () => [
    "",
    ` ▝▜▄     ${bold("Gemini CLI")} ${grey("v0.61.0")}`,
    "   ▝▜▄",
    `  ▗▟▀    Authenticated with gemini-api-key ${grey("/auth")}`,
    " ▝▀",
    "",
    "",
    white("Tips for getting started:"),
    white("1. Create GEMINI.md files to customize your interactions"),
    white("2. /help for more information"),
    white("3. Ask coding questions, edit code or run commands"),
    white("4. Be specific for the best results"),
  ],
  entry,
  picture,
  title({ turn, asked, cwd, isFresh }) {
    const place = `(${basename(cwd)})`;
    if (asked !== null && turn === null && isFresh) return null;
    if (asked !== null) return `✋  Action Required ${place}`;
    return turn === null ? `◇  Ready ${place}` : `✦  Working… ${place}`;
  },
  state: () => null,
  permission,
  question: ({ header, text, choices }) => ({
    kind: "question",
    name: header,
    says: text,
    details: [],
    choices: [
      ...choices.map((label) => choice(label, "yes")),
      choice("Enter a custom value", "text"),
    ],
    selected: 0,
    typed: "",
    hasDigits: true,
  }),
  dialog,
  limit: (until) => ({
    text: `[API Error: You have exhausted your daily quota on this model. It resets at ${until}.]`,
    dialog: null,
  }),
  farewell: () => ["Agent powering down. Goodbye!"],
};

function entry(one: Entry, { size: { cols } }: View): readonly string[] {
  switch (one.kind) {
    case "prompt": {
      const rows = hang(one.text, cols - 3, "> ").map((row) => ` ${violet(row)}`);
      return ["", ...["", ...rows, ""].map((row) => shaded(row, cols))];
    }
    case "says":
      return ["", ...hang(one.text, cols, "✦ ").map(white)];
    case "tool": {
      const mark = one.output === null ? "⊷" : "✓";
      const head = `  ${mark}  ${bold(one.name === "Bash" ? "Shell" : one.name)}  ${one.about}`;
      const output = one.output
        ? wrap(one.output, cols - 6).map((row) => `      ${white(row)}`)
        : [];
      return ["", clip(head, cols), ...(output.length > 0 ? ["", ...output] : [])];
    }
    case "answered":
      return ["", clip(`  ✓  ${one.says} → ${one.answer}`, cols)];
    case "failed":
      return ["", ...hang(one.text, cols, "✕ ").map((row) => colour(211, row))];
    case "interrupted":
      return ["", colour(229, "ℹ Request cancelled.")];
    case "approved":
    case "worked":
      return [];
    case "raw":
      return one.text.split("\n").map((line) => clip(line, cols));
  }
}

function picture(view: View, above: readonly string[]): Picture {
  const { size, asked, cwd, composer, isUnguarded, armed } = view;
  if (asked !== null) {
    const lines = [...above, "", ...box(asked, size.cols)];
    return { lines, cursor: { x: 0, y: lines.length - 1, isVisible: false } };
  }
  const shown = shownOf(composer);
  const written = hang(shown, size.cols - 4, " > ").slice(-(size.rows - 10));
  const hint = shown === "" ? grey(" Type your message or @path/to/file") : "";
  const rows = written.map((row, n) =>
    shaded(`${row}${n === written.length - 1 ? `${inverse(" ")}${hint}` : ""}`, size.cols),
  );
  const mode = isUnguarded ? "YOLO Ctrl+Y" : "Shift+Tab to accept edits";
  const head = [
    ...["", statusLine(view), dim(colour(244, "─".repeat(size.cols)))],
    ` ${grey(armed === "exit" ? "Press Ctrl+C again to exit." : mode)}`,
    shaded("", size.cols),
  ];
  const middle = Math.floor(size.cols / 2);
  const tail = [
    shaded("", size.cols),
    spread(
      pad(` ${grey("workspace (/directory)")}`, middle) + grey("sandbox"),
      grey("/model"),
      size.cols,
    ),
    spread(pad(` ${white(cwd)}`, middle) + colour(217, "no sandbox"), white("Auto"), size.cols),
  ];
  const lines = [...above, ...head, ...rows, ...tail];
  const y = above.length + head.length + rows.length - 1;
  return { lines, cursor: { x: widthOf(written.at(-1) ?? ""), y, isVisible: false } };
}

/** Whether the request is the first or a repeated one is not told. */
function statusLine({ turn, now, composer, size, queued }: View): string {
  const hint = shownOf(composer) === "" ? grey("? for shortcuts") : "";
  if (turn === null) return spread("", hint, size.cols);
  const elapsed = now - turn.startedAt;
  const mark = colour(152, pick(spinner, elapsed / 80));
  const waiting = queued.length > 0 ? grey(` ${queued.length} queued`) : "";
  const time = grey(`(esc to cancel, ${durationOf(elapsed)})`);
  return spread(` ${mark} ${italic(white("Thinking..."))} ${time}${waiting}`, hint, size.cols);
}

function box(asked: Asked, cols: number): readonly string[] {
  const { kind, name, says, details, choices, selected, typed } = asked;
  const edge = (text: string) => colour(kind === "dialog" ? 229 : 244, text);
  const rows = choices.map(({ label, does }, n) => {
    const words = does === "text" && typed !== "" ? typed : label;
    if (n !== selected) return `  ${grey(`${n + 1}.`)} ${white(words)}`;
    const marked = `${colour(194, "●")} ${colour(194, `${n + 1}.`)} ${colour(194, words)}`;
    return background(28, marked);
  });
  const head = kind === "permission" ? [bold(colour(229, `? ${name}  ${details[0] ?? ""}`))] : [];
  const inner = [
    ...head,
    ...details.slice(head.length).flatMap((row) => wrap(row, cols - 4)),
    ...(kind === "dialog" ? [] : [white(says)]),
    "",
    ...rows,
  ];
  return [
    edge(`╭${"─".repeat(cols - 2)}╮`),
    ...inner.map((row) => `${edge("│")} ${fitted(row, cols - 4)} ${edge("│")}`),
    edge(`╰${"─".repeat(cols - 2)}╯`),
  ];
}

function permission({ tool, text }: Permission): Asked {
  const isEdit = ["Write", "Edit"].includes(tool);
  const [first = "", ...rest] = text.split("\n");
  const common = { kind: "permission", selected: 0, typed: "", hasDigits: true } as const;
  const ends = [choice("No, suggest changes (esc)", "no")];
  const allows = [choice("Allow once", "yes"), choice("Allow for this session", "yes")];
  if (isEdit) {
    return {
      ...common,
      name: "WriteFile",
      says: "Apply this change?",
      details: [`Writing to ${first}`, ...rest],
      choices: [...allows, choice("Modify with external editor", "no"), ...ends],
    };
  }
  return {
    ...common,
    name: tool === "Bash" ? "Shell" : tool,
    says: `Allow execution of: '${first.split(" ")[0] ?? ""}'?`,
    details: [first, ...rest],
    choices: [...allows, ...ends],
  };
}

function dialog(name: string, { cwd }: View): Asked | null {
  const common = { kind: "dialog", name, selected: 0, typed: "", hasDigits: true } as const;
  switch (name) {
    case "trust":
      return {
        ...common,
        says: "Do you trust the files in this folder?",
        details: [
          bold(white("Do you trust the files in this folder?")),
          "",
          "Trusting a folder allows Gemini CLI to load its local configurations, including custom commands, hooks, MCP servers, agent skills, and settings. These configurations could execute code on your behalf or change the behavior of the CLI.",
          "",
        ],
        choices: [
          choice(`Trust folder (${basename(cwd)})`, "yes"),
          choice(`Trust parent folder (${basename(dirname(cwd))})`, "yes"),
          choice("Don't trust", "yes"),
        ],
      };
    case "login":
      return {
        ...common,
        says: "How would you like to authenticate for this project?",
        details: [
          bold(white("Get started")),
          "",
          "How would you like to authenticate for this project?",
        ],
        choices: [
          choice("Login with Google", "yes"),
          choice("Use Gemini API Key", "yes"),
          choice("Vertex AI", "yes"),
        ],
      };
    default:
      return null;
  }
}

function shaded(row: string, cols: number): string {
  return background(240, fitted(row, cols));
}

/** Filled up to a width that is counted without sequences. */
function fitted(row: string, cols: number): string {
  const width = widthOf(plainOf(row));
  return width > cols ? clip(plainOf(row), cols) : row + " ".repeat(cols - width);
}
