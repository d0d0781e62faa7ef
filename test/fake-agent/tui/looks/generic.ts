/**
 * An agent of which nothing was recorded, as a person's notes describe such agents: an empty `❯`
 * while it waits, no title, no progress bar, and words at the end of its work.
 */

import { type Asked, choice } from "../asked.ts";
import { clip, widthOf, wrap } from "../cells.ts";
import { shownOf } from "../composer.ts";
import { hang } from "../rows.ts";
import type { Entry, Look, Picture, View } from "../view.ts";

const common = { typed: "", selected: 0, details: [], hasDigits: true } as const;

export const generic: Look = {
  isAlternate: false,
  begins: "",
  ends: "",
  tickMs: 500,
  banner: ({ cwd }) => ["Fake agent 1.0", cwd],
  entry,
  picture,
  title: () => null,
  state: () => null,
  permission: ({ tool, text }) => ({
    ...common,
    kind: "permission",
    name: tool,
    says: `Allow ${tool}: ${text.split("\n")[0] ?? ""}?`,
    choices: [choice("Yes", "yes"), choice("No", "no")],
  }),
  question: ({ header, text, choices }) => ({
    ...common,
    kind: "question",
    name: header,
    says: text,
    choices: [...choices.map((label) => choice(label, "yes")), choice("Other", "text")],
  }),
  dialog: (name) => ({
    ...common,
    kind: "dialog",
    name,
    says: name === "trust" ? "Do you trust the files in this folder?" : `Continue with ${name}?`,
    choices: [choice("Yes", "yes"), choice("No, exit", "exit")],
  }),
  limit: (until) => ({ text: `Usage limit reached, resets at ${until}`, dialog: null }),
  farewell: () => ["Bye."],
};

function entry(one: Entry, { size: { cols } }: View): readonly string[] {
  switch (one.kind) {
    case "prompt":
      return ["", ...hang(one.text, cols, "❯ ")];
    case "says":
      return ["", ...wrap(one.text, cols)];
    case "tool": {
      const output = one.output === null || one.output === "" ? [] : wrap(one.output, cols - 2);
      return ["", clip(`$ ${one.about}`, cols), ...output.map((row) => `  ${row}`)];
    }
    case "answered":
      return ["", clip(`${one.says} ${one.answer}`, cols)];
    case "failed":
      return ["", ...wrap(`Error: ${one.text}`, cols)];
    case "interrupted":
      return ["", "Interrupted."];
    case "approved":
      return [];
    case "worked":
      return ["", "files changed +1 ~0 -0", `La tâche ${one.task} est complète`];
    case "raw":
      return one.text.split("\n").map((line) => clip(line, cols));
  }
}

/** While it works there is no place to write, and nothing moves. */
function picture(view: View, above: readonly string[]): Picture {
  const { asked, turn, composer, size } = view;
  if (asked !== null) {
    const lines = [...above, "", ...askedLines(asked)];
    return { lines, cursor: { x: 0, y: lines.length - 1, isVisible: false } };
  }
  if (turn !== null) {
    const lines = [...above, ""];
    return { lines, cursor: { x: 0, y: lines.length - 1, isVisible: true } };
  }
  const written = hang(shownOf(composer), size.cols - 1, "❯ ").slice(-(size.rows - 2));
  const lines = [...above, "", ...written];
  const x = widthOf(written.at(-1) ?? "");
  return { lines, cursor: { x, y: lines.length - 1, isVisible: true } };
}

function askedLines({ says, choices, selected, typed }: Asked): readonly string[] {
  return [
    says,
    ...choices.map(({ label, does }, n) => {
      const words = does === "text" && typed !== "" ? typed : label;
      return `${n === selected ? "❯" : " "} ${n + 1}. ${words}`;
    }),
  ];
}
