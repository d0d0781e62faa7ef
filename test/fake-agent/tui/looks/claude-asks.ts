/** What Claude Code asks, in its words: permissions, questions and the modals of its start. */

import { type Asked, choice } from "../asked.ts";
import { bold, colour } from "../style.ts";
import type { Permission, Question, View } from "../view.ts";

const grey = (text: string) => colour(246, text);
const blue = (text: string) => colour(153, text);

export function permission({ tool, text }: Permission): Asked {
  const isWrite = ["Write", "Edit"].includes(tool);
  const dashes = colour(239, "╌".repeat(60));
  const title = isWrite ? (tool === "Write" ? "Create file" : "Edit file") : `${tool} command`;
  const body = text.split("\n");
  return {
    kind: "permission",
    name: tool,
    says: isWrite ? `Do you want to create ${body[0] ?? ""}?` : "Do you want to proceed?",
    details: [
      ` ${bold(blue(title))}`,
      ...(isWrite
        ? [` ${grey(body[0] ?? "")}`, dashes, ...body.slice(1).map((row) => ` ${row}`), dashes]
        : ["", ...body.map((row) => `   ${row}`), ""]),
    ],
    choices: [
      choice("Yes", "yes"),
      isWrite
        ? choice("Yes, allow all edits during this session (shift+tab)", "yes")
        : choice("Yes, and don't ask again for this command", "yes"),
      choice("No", "no"),
    ],
    selected: 0,
    typed: "",
    hasDigits: true,
  };
}

export function question({ header, text, choices }: Question): Asked {
  return {
    kind: "question",
    name: header,
    says: text,
    details: [],
    choices: [
      ...choices.map((label) => choice(label, "yes", { hint: `${label.toLowerCase()} one` })),
      choice("Type something.", "text"),
      choice("Chat about this", "no"),
    ],
    selected: 0,
    typed: "",
    hasDigits: true,
  };
}

export function dialog(name: string, { cwd }: View): Asked | null {
  const common = { kind: "dialog", name, says: name, typed: "", hasDigits: true } as const;
  switch (name) {
    case "trust":
      return {
        ...common,
        details: [
          ` ${bold("Accessing workspace:")}`,
          "",
          ` ${cwd}`,
          "",
          " Quick safety check: Is this a project you created or one you trust? (Like your own code, a",
          " well-known open source project, or work from your team). If not, take a moment to review",
          " what's in this folder first.",
          "",
          " Claude Code'll be able to read, edit, and execute files here.",
          "",
          grey(" Security guide"),
        ],
        choices: [choice("Yes, I trust this folder", "yes"), choice("No, exit", "exit")],
        selected: 0,
      };
    case "bypass":
      return {
        ...common,
        details: [
          `  ${bold(colour(211, "WARNING: Claude Code running in Bypass Permissions mode"))}`,
          "",
          "  In Bypass Permissions mode, Claude Code will not ask for your approval before running potentially dangerous commands.",
          "  This mode should only be used in a sandboxed container/VM that has restricted internet access and can easily be restored if damaged.",
          "",
          "  By proceeding, you accept all responsibility for actions taken while running in Bypass Permissions mode.",
          "",
          "  https://code.claude.com/docs/en/security",
        ],
        choices: [choice("No, exit", "exit"), choice("Yes, I accept", "yes")],
        selected: 0,
      };
    case "api_key":
      return {
        ...common,
        details: [
          `  ${bold("Detected a custom API key in your environment")}`,
          "",
          "  ANTHROPIC_API_KEY: sk-ant-...00000000000000000000",
          "",
          "  Do you want to use this API key?",
        ],
        choices: [choice("Yes", "yes"), choice("No (recommended)", "yes")],
        selected: 1,
      };
    case "login":
      return {
        ...common,
        details: [`  ${bold("Select login method:")}`],
        choices: [
          choice("Claude account with subscription · Pro, Max, Team, or Enterprise", "yes"),
          choice("Anthropic Console account · API usage billing", "yes"),
        ],
        selected: 0,
      };
    case "plan":
      return {
        ...common,
        details: [` ${bold("Exit plan mode?")}`, "", "  Claude wants to exit plan mode"],
        choices: [choice("Yes", "yes"), choice("No", "no")],
        selected: 0,
      };
    default:
      return null;
  }
}
