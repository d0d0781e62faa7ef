/**
 * codex 0.169.0, as recorded: the alternate screen, a transcript from the top and the composer at the
 * bottom, a spinner in the title, and its state as OSC 7501. While text streams, the screen looks idle.
 */

import { basename } from "node:path";
import type { Asked } from "../asked.ts";
import { clip, widthOf } from "../cells.ts";
import { shownOf } from "../composer.ts";
import { durationOf, fill, hang, pick, spread } from "../rows.ts";
import { background, bold, colour, dim, inverse } from "../style.ts";
import type { Entry, Look, Picture, View } from "../view.ts";
import { dialog, permission, question } from "./codex-asks.ts";

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const retries = 5;

export const codex: Look = {
  isAlternate: true,
  begins: "\u001b[?1004h\u001b[>5u",
  ends: "\u001b[?25h\u001b[?1004l\u001b[<u\u001b]7501;state=clear\u001b\\\u001b]0;\u0007",
  tickMs: 100,
  banner: ({ cwd, isUnguarded }) => [
    "",
    `  ${colour(75, ">_")} ${bold("OpenAI Codex")}${dim(" (v0.169.0)")}`,
    `     ${dim(cwd)}`,
    ...(isUnguarded ? [`  ${dim("permissions:")} ${bold(colour(5, "YOLO mode"))}`] : []),
  ],
  entry,
  picture,
  title(view) {
    const { turn, asked, topic, cwd, now } = view;
    if (turn === null && asked !== null && topic === null) return null;
    const words = topic === null ? basename(cwd) : `${topic} | ${basename(cwd)}`;
    if (turn === null) return words;
    const elapsed = now - turn.startedAt;
    if (asked !== null) {
      return `[ ${elapsed % 1_000 < 500 ? "!" : "."} ] Action Required | ${words}`;
    }
    return `${pick(spinner, elapsed / 100)} ${words}`;
  },
  state({ turn, asked, outcome }) {
    if (turn === null) return `state=${outcome === "none" ? "idle" : outcome}:app=codex`;
    if (asked === null) return "state=working:app=codex";
    return `state=blocked:app=codex:kind=${asked.kind === "question" ? "question" : "permission"}`;
  },
  permission,
  question,
  dialog,
  limit: (until) => ({
    text: `You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again at ${until}.`,
    dialog: "limits",
  }),
  farewell: () => [
    "Token usage: total=568 input=500 (+ 2,000 cached) output=68",
    "To continue this session, run:",
    "  codex resume 01a1fb90-c2fb-7d30-a5eb-770794419a66",
  ],
};

function entry(one: Entry, { size: { cols } }: View): readonly string[] {
  switch (one.kind) {
    case "prompt": {
      const rows = hang(one.text, cols - 1, "› ").map((row) => colour(255, row));
      return ["", ...[" ", ...rows, " "].map((row) => background(238, row))];
    }
    case "says":
      return ["", ...hang(one.text, cols, "• ")];
    case "tool": {
      const head = `• ${bold(one.output === null ? "Running" : "Ran")} ${clip(one.about, cols - 12)}`;
      return ["", head, ...(one.output ? hang(one.output, cols, "  └ ").map(dim) : [])];
    }
    case "approved":
      return ["", ...hang(`You approved codex to run ${one.what} this time`, cols, "✔ ")];
    case "answered":
      return [
        "",
        "• Questions 1/1 answered",
        clip(`  • ${one.says}`, cols),
        clip(`    answer: ${one.answer}`, cols),
      ];
    case "failed":
      return ["", ...hang(one.text, cols, "■ ").map((row) => colour(1, row))];
    case "interrupted":
      return ["", colour(1, "■ Conversation interrupted - use /feedback if something went wrong")];
    case "worked":
      return ["", dim(`  Worked for ${one.ms < 1_000 ? "<1s" : durationOf(one.ms)} • 12:00`)];
    case "raw":
      return one.text.split("\n").map((line) => clip(line, cols));
  }
}

function picture(view: View, above: readonly string[]): Picture {
  const { size, asked } = view;
  if (asked?.kind === "dialog" && view.isFresh) {
    const lines = fill(["", ...dialogLines(asked)], [], size.rows);
    return { lines, cursor: { x: 1, y: size.rows - 3, isVisible: false } };
  }
  if (asked !== null) {
    const bottom = asked.kind === "dialog" ? dialogLines(asked) : askedLines(asked);
    const lines = fill(above, ["", ...bottom], size.rows);
    return { lines, cursor: { x: size.cols - 1, y: size.rows - 1, isVisible: false } };
  }
  const shown = shownOf(view.composer);
  const written = hang(shown, size.cols - 1, "› ").slice(-(size.rows - 8));
  const box = shown === "" ? [`${bold("›")} ${dim("Ask Codex to do anything")}`] : written;
  const below = ["", ...footer(view)];
  const lines = fill(above, [...workLines(view), "", ...box, ...below], size.rows);
  const y = size.rows - below.length - 1;
  return { lines, cursor: { x: widthOf(written.at(-1) ?? ""), y, isVisible: true } };
}

/** Nothing of it while text is being written. */
function workLines({ turn, now, queued, size }: View): readonly string[] {
  const waiting =
    queued.length === 0
      ? []
      : [
          "",
          dim("• Queued follow-up inputs"),
          ...queued.map((text) => clip(`  ↳ ${text}`, size.cols)),
        ];
  if (turn === null || turn.isStreaming) return ["", ...waiting];
  const seconds = `(${durationOf(now - turn.startedAt)} • ${bold("esc")} to interrupt)`;
  if (turn.retry === null) return ["", `• ${dim(`Working ${seconds}`)}`, ...waiting, ""];
  const { attempt } = turn.retry;
  return [
    "",
    `• ${dim(`Server is busy, reconnecting ${attempt}/${retries} ${seconds}`)}`,
    dim("  └ Exceeded retry limit, last status: 429 Too Many Requests, request id: req_fake"),
    ...waiting,
    "",
  ];
}

function footer({ composer, cwd, topic, size, turn }: View): readonly string[] {
  const parts = [colour(223, "fake-model default"), colour(151, cwd), ...(topic ? [topic] : [])];
  const status = `  ${parts.join(" · ")}`;
  if (shownOf(composer) !== "")
    return [turn === null ? status : `${status}${dim(" · tab to queue")}`];
  const hint = `  ${bold("←")} for agents · ${bold("?")} for shortcuts`;
  return [status, spread(hint, "⚠ 1 warning · f2 to view", size.cols)];
}

function askedLines(asked: Asked): readonly string[] {
  const { kind, says, details, choices, selected, typed } = asked;
  if (kind === "permission") {
    const end = `  ${dim("Press ")}${bold("enter")}${dim(" to confirm or ")}${bold("esc")}${dim(" to cancel")}`;
    return [`  ${bold(says)}`, "", ...details, "", "", ...choiceLines(asked), "", end];
  }
  const width = Math.max(...choices.map(({ label }) => widthOf(label)));
  const rows = choices.map(({ label, hint, does }, n) => {
    const words = does === "text" && typed !== "" ? `${label}  ${typed}` : label;
    const row = `${n === selected ? "›" : " "} ${n + 1}. ${words}`;
    const more = hint === null ? "" : `${" ".repeat(width - widthOf(label) + 2)}${dim(hint)}`;
    return `  ${n === selected ? bold(inverse(row)) : row}${more}`;
  });
  return [
    ...[dim("  Question 1/1 (1 unanswered)"), `  ${colour(75, says)}`, "", ...rows, ""],
    `  ${bold("tab")} to add notes${dim(" | ")}${bold("enter")} to submit answer${dim(" | ")}${bold("esc")} to interrupt`,
  ];
}

function dialogLines(asked: Asked): readonly string[] {
  const end =
    asked.name === "trust"
      ? `  ${bold("enter")}${dim(" continue · ")}${bold("esc")}${dim(" back")}`
      : asked.name === "limits"
        ? `  ${bold("enter")}${dim(" select · ")}${bold("esc")}${dim(" back")}`
        : dim("  Press enter to continue");
  return [...asked.details, "", ...choiceLines(asked), "", end];
}

function choiceLines({ choices, selected, name }: Asked): readonly string[] {
  const width = Math.max(...choices.map(({ label }) => widthOf(label)));
  return choices.flatMap(({ label, hint }, n) => {
    const row = `${n === selected ? (name === "login" ? ">" : "›") : " "} ${n + 1}. ${label}`;
    const marked = n === selected ? bold(inverse(row)) : row;
    if (hint === null) return [marked];
    if (name === "login") return [marked, dim(`     ${hint}`), ""];
    return [`${marked}${" ".repeat(width - widthOf(label) + 2)}${dim(hint)}`];
  });
}
