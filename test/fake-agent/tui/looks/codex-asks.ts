/** What codex asks, in its words: permissions, questions and its modals. */

import { type Asked, choice } from "../asked.ts";
import { wrap } from "../cells.ts";
import { bold, dim } from "../style.ts";
import type { Permission, Question, View } from "../view.ts";

export function permission({ tool, text }: Permission): Asked {
  const isEdit = ["Write", "Edit"].includes(tool);
  return {
    kind: "permission",
    name: tool,
    says: `Would you like to ${isEdit ? "make the following edits" : "run the following command"}?`,
    details: isEdit
      ? [
          `  Description: Apply proposed file edits`,
          `  Destination: ${bold(text.split("\n")[0] ?? "")}`,
        ]
      : wrap(`$ ${text}`, 76).map((row) => `  ${row}`),
    choices: [
      choice("Yes, proceed (y)", "yes", { letter: "y" }),
      isEdit
        ? choice("Yes, and don't ask again for these files (a)", "yes", { letter: "a" })
        : choice("Yes, and don't ask again for commands that start with this (p)", "yes", {
            letter: "p",
          }),
      choice("No, and tell Codex what to do differently (esc)", "no"),
    ],
    selected: 0,
    typed: "",
    hasDigits: true,
  };
}

export function question({ header, text, choices }: Question): Asked {
  const notes = "Optionally, add details in notes (tab)";
  return {
    kind: "question",
    name: header,
    says: text,
    details: [],
    choices: [
      ...choices.map((label, n) =>
        choice(n === 0 ? `${label} (Recommended)` : label, "yes", { hint: `${label} it is` }),
      ),
      choice("None of the above", "text", { hint: notes }),
    ],
    selected: 0,
    typed: "",
    hasDigits: true,
  };
}

export function dialog(name: string, { cwd }: View): Asked | null {
  const common = { kind: "dialog", name, typed: "", selected: 0, hasDigits: true } as const;
  switch (name) {
    case "trust":
      return {
        ...common,
        says: "Trust this folder?",
        details: [
          bold("  Folder access"),
          dim(`  ${cwd}`),
          "",
          "  Trust this folder? Codex can read, edit, and run files here, subject to your permission settings.",
          "  Folder settings can run code automatically, even without a model request. Continue only if you",
          "  trust these files. Your trust decision will be saved.",
        ],
        choices: [
          choice("Trust and continue", "yes"),
          choice("Back to Agent Command Center", "exit"),
        ],
      };
    case "login":
      return {
        ...common,
        says: "Choose how you want to use Codex.",
        details: [
          "  Welcome to Codex, OpenAI's command-line coding agent",
          "",
          "  Choose how you want to use Codex.",
        ],
        choices: [
          choice("Sign in with ChatGPT", "yes", {
            hint: "Usage included with Plus, Pro, Business, and Enterprise plans",
          }),
          choice("Sign in with Device Code", "yes", {
            hint: "Sign in from another device with a one-time code",
          }),
          choice("Sign in another way", "yes", { hint: "Use an API key or another provider" }),
        ],
      };
    case "update":
      return {
        ...common,
        says: "Update available",
        details: [
          `  ${bold("✨ Update available!")} 0.169.0 -> 0.170.0`,
          "",
          "  Release notes: https://github.com/openai/codex/releases/latest",
        ],
        choices: [
          choice("Update now (runs `npm install -g @openai/codex`)", "exit"),
          choice("Skip", "yes"),
          choice("Skip until next version", "yes"),
        ],
      };
    case "limits":
      return {
        ...common,
        says: "Approaching rate limits",
        details: [
          bold("  Approaching rate limits"),
          dim("  Switch to gpt-6-luna for lower credit usage?"),
        ],
        choices: [
          choice("Switch to gpt-6-luna", "yes", {
            hint: "Fast and affordable model for easier tasks.",
          }),
          choice("Keep current model", "yes"),
          choice("Keep current model (never show again)", "yes", {
            hint: "Hide future rate limit reminders about switching models",
          }),
        ],
      };
    default:
      return null;
  }
}
