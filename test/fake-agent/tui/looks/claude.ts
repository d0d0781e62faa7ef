/**
 * Claude Code 2.1.197, as recorded: no alternate screen, the transcript scrolls, a composer between
 * two rules, a footer that alone tells work, and a title with a star or a moving dot.
 */

import type { Asked } from "../asked.ts";
import { clip, pad, widthOf } from "../cells.ts";
import { isFolded, shownOf } from "../composer.ts";
import { durationOf, hang, pick, plainOf, spread } from "../rows.ts";
import { background, bold, colour, dim, inverse } from "../style.ts";
import type { Entry, Look, Picture, View } from "../view.ts";
import { dialog, permission, question } from "./claude-asks.ts";

const grey = (text: string) => colour(246, text);
const orange = (text: string) => colour(174, text);
const blue = (text: string) => colour(153, text);
const white = (text: string) => colour(231, text);

const verbs = ["Harmonizing", "Spinning", "Enchanting", "Whatchamacalliting"];
const pastVerbs = ["Brewed", "Baked", "Sautéed", "Cogitated", "Churned"];
const stars = ["✻", "✶", "✢", "✳"];
const titleMs = 960;

export const claude: Look = {
  isAlternate: false,
  begins: "\u001b[?25l\u001b[?1004h\u001b[?2031h\u001b[>1u\u001b[>4;2m",
  ends: "\u001b[?25h\u001b[?1004l\u001b[?2031l\u001b[<u\u001b[>4m",
  tickMs: 240,
  banner,
  entry,
  picture,
  title({ turn, asked, topic, now }) {
    const words = topic ?? "Claude Code";
    if (turn === null || asked !== null) return `✳ ${words}`;
    const isOdd = Math.floor((now - turn.startedAt) / titleMs) % 2 === 1;
    return `${isOdd ? "⠐" : "⠂"} ${words}`;
  },
  state: () => null,
  permission,
  question,
  dialog,
  limit: (until) => ({
    text: `API Error: Request rejected (429) · You've hit your usage limit · resets ${until}`,
    dialog: null,
  }),
  farewell: () => [
    "",
    dim("Resume this session with:"),
    dim("claude --resume 99999999-8888-4777-8666-555555555555"),
  ],
};

function banner({ cwd }: View): readonly string[] {
  const left = ["", "Welcome back!", "", "▐▛███▜▌", "▝▜█████▛▘", "▘▘ ▝▝", "", model, cwd];
  const right = [
    bold(orange("Tips for getting started")),
    "Ask Claude to create a new app or clone a repository",
    orange("─".repeat(52)),
    bold(orange("What's new")),
    grey("Check the Claude Code changelog for updates"),
  ];
  const width = Math.max(47, widthOf(cwd) + 4);
  const rows = left.map((words, n) => {
    const before = Math.floor((width - widthOf(words)) / 2);
    const cell = pad(" ".repeat(before) + words, width);
    const hint = right[n] ?? "";
    const gap = 52 - widthOf(plainOf(hint));
    return `${orange("│")}${cell}${dim(orange("│"))} ${hint}${" ".repeat(gap)} ${orange("│")}`;
  });
  const rule = "─".repeat(width + 55 - " Claude Code v2.1.197 ".length - 3);
  return [
    `${orange("╭─── Claude Code")} ${grey("v2.1.197")} ${orange(`${rule}╮`)}`,
    ...rows,
    orange(`╰${"─".repeat(width + 55)}╯`),
    "",
  ];
}

const model = "Opus 4.8 (1M context) · API Usage Billing";

function entry(one: Entry, { size: { cols } }: View): readonly string[] {
  switch (one.kind) {
    case "prompt":
      return ["", ...hang(one.text, cols, "❯ ").map((row) => background(237, white(row)))];
    case "says":
      return ["", ...hang(one.text, cols, "● ").map((row) => row.replace(/^●/, white("●")))];
    case "tool": {
      const mark = colour(one.output === null ? 246 : 114, "●");
      const head = `${mark} ${bold(one.name)}(${clip(one.about, cols - one.name.length - 6)})`;
      const output = one.output === null ? "Running…" : one.output || "(No output)";
      return ["", head, ...hang(output, cols, "  ⎿  ").map(grey)];
    }
    case "answered":
      return [
        "",
        "● User answered Claude's questions:",
        grey(clip(`  ⎿  · ${one.says} → ${one.answer}`, cols)),
      ];
    case "failed":
      return ["", ...hang(one.text, cols, "● ").map((row) => colour(220, row))];
    case "interrupted":
      return [grey("  ⎿  Interrupted · What should Claude do instead?")];
    case "approved":
      return [];
    case "worked":
      return ["", grey(`✻ ${pick(pastVerbs, one.ms)} for ${durationOf(one.ms)}`)];
    case "raw":
      return one.text.split("\n").map((line) => clip(line, cols));
  }
}

function picture(view: View, above: readonly string[]): Picture {
  const { size, asked } = view;
  if (asked !== null) {
    const lines = [...above, ...askedLines(asked, size.cols)];
    return { lines, cursor: { x: 1, y: lines.length - 1, isVisible: false } };
  }
  const rule = colour(244, "─".repeat(size.cols));
  const shown = shownOf(view.composer);
  const written = hang(shown, size.cols - 1, "❯ ").slice(-(size.rows - 6));
  const hint =
    shown === "" && view.queued.length > 0 ? dim("Press up to edit queued messages") : "";
  const box = written.map((row, n) =>
    n === written.length - 1 ? `${row}${inverse(" ")}${hint}` : row,
  );
  const lines = [...above, ...workLines(view), "", rule, ...box, rule, ...footer(view)];
  const y = above.length + workLines(view).length + 1 + box.length;
  return { lines, cursor: { x: widthOf(written.at(-1) ?? ""), y, isVisible: false } };
}

/** The spinner is not there while text is being written. */
function workLines({ turn, queued, now }: View): readonly string[] {
  if (turn === null) return [];
  const seconds = Math.floor((now - turn.startedAt) / 1000);
  const star = pick(stars, Math.floor((now - turn.startedAt) / 240));
  const waiting = queued.flatMap((text) => ["", grey(`❯ ${text.split("\n")[0] ?? ""}`)]);
  if (turn.retry !== null) {
    const { attempt, until } = turn.retry;
    const left = Math.max(0, Math.ceil((until - now) / 1000));
    const words = `API error · Retrying in ${left}s · attempt ${attempt}/10`;
    return ["", `${orange(star)} ${orange(words)}`, ...waiting];
  }
  if (turn.isStreaming) return waiting;
  const verb = orange(`${pick(verbs, turn.startedAt)}…`);
  const meter = seconds < 1 ? "" : grey(` (${seconds}s · ↓ ${seconds * 9} tokens)`);
  return ["", `${orange(star)} ${verb}${meter}`, ...waiting];
}

function footer(view: View): readonly string[] {
  const { turn, composer, isUnguarded, armed, size } = view;
  const text = shownOf(composer);
  if (text.startsWith("/")) return menuLines(text);
  const mode = isUnguarded ? ["⏵⏵ bypass permissions on (shift+tab to cycle)"] : [];
  const words = () => {
    if (armed === "exit") return "Press Ctrl-C again to exit";
    if (isFolded(composer)) return "paste again to expand";
    if (turn !== null) {
      return [...mode, "esc to interrupt", ...(text === "" ? ["← for agents"] : [])].join(" · ");
    }
    if (text !== "") return mode.join("");
    return [...(isUnguarded ? mode : ["? for shortcuts"]), "← for agents"].join(" · ");
  };
  const right = turn === null ? "● high · /effort  " : "";
  return [grey(spread(`  ${words()}`, right, size.cols))];
}

function menuLines(text: string): readonly string[] {
  const commands = [
    ["/exit", "Exit the CLI"],
    ["/context", "Visualize current context usage as a colored grid"],
    ["/clear", "Start a new session with empty context"],
  ] as const;
  const found = commands.filter(([name]) => name.startsWith(text.split(" ")[0] ?? text));
  return found.map(([name, about]) => grey(`${pad(name, 30)}${about}`));
}

function askedLines(asked: Asked, cols: number): readonly string[] {
  const { kind, says, details, choices, selected, typed, name } = asked;
  const indent = kind === "question" ? "" : kind === "dialog" && name !== "trust" ? "  " : " ";
  const rows = choices.flatMap(({ label, hint, does }, n) => {
    const isSelected = n === selected;
    const words = does === "text" && typed !== "" ? typed : label;
    const mark = isSelected ? blue("❯") : " ";
    const line = `${indent}${mark} ${grey(`${n + 1}.`)} ${isSelected ? blue(words) : words}`;
    const more = hint === null ? [] : [grey(`${indent}     ${hint}`)];
    return kind === "question" && n === choices.length - 1
      ? [colour(246, "─".repeat(cols)), line, ...more]
      : [line, ...more];
  });
  const rule = blue("─".repeat(cols));
  switch (kind) {
    case "permission":
      return ["", rule, ...details, ` ${says}`, ...rows, "", grey(" Esc to cancel · Tab to amend")];
    case "question":
      return [
        ...[rule, background(153, colour(16, ` ☐ ${name} `)), "", bold(says), "", ...rows, ""],
        grey("Enter to select · ↑/↓ to navigate · Esc to cancel"),
      ];
    case "dialog":
      return [
        ...["", colour(211, "─".repeat(cols)), ...details, "", ...rows, ""],
        grey(`${indent}Enter to confirm · Esc to cancel`),
      ];
  }
}
