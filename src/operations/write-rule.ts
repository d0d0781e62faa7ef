/** The rule that a person gives with an answer, for the same from then on. */

import { readFile } from "node:fs/promises";
import { addRule } from "../config/add-rule.ts";
import { type Answer, answerText, type OpenAsk } from "../domain/ask.ts";
import { AppError } from "../lib/app-error.ts";
import { writeText } from "../lib/text-file.ts";
import type { Context } from "./context.ts";

/**
 * Resolves with the lines that are new in temoin.yaml. Rejects where there is no such file, or no
 * rule for what is asked; then nothing is written.
 */
export async function writeRule(
  context: Pick<Context, "config" | "turn">,
  open: OpenAsk,
  answer: Answer,
): Promise<readonly string[]> {
  const { forAlways } = open.ask;
  if (forAlways === undefined) {
    throw new AppError("usage", `There is no rule for what ${open.id} asks.`, {
      hint: `temoin answer ${open.id} without --always; policy in temoin.yaml takes rules by hand.`,
    });
  }
  const choice = "choice" in answer ? answer.choice : null;
  const list =
    choice !== null && choice === forAlways.allow
      ? "allow"
      : choice !== null && choice === forAlways.refuse
        ? "deny"
        : null;
  if (list === null) {
    if ("choice" in answer && open.ask.careful !== undefined && forAlways.allow === null) {
      throw new AppError(
        "usage",
        `${open.id} is not to be allowed for always: ${open.ask.careful}.`,
        {
          hint: `temoin answer ${open.id} without --always${forAlways.refuse === null ? "" : `, or “${forAlways.refuse}” with it`}.`,
        },
      );
    }
    const named = [forAlways.allow, forAlways.refuse].filter((label) => label !== null);
    throw new AppError("usage", `“${answerText(answer)}” is nothing for always.`, {
      hint: `--always goes with ${named.map((label) => `“${label}”`).join(" or ")}.`,
    });
  }
  const { file } = await context.config();
  if (file === null) {
    throw new AppError("config", "There is no temoin.yaml to add the rule to.", {
      hint: "temoin init",
    });
  }
  // Of two who add a rule at once, one would write without the other's.
  using _ = await context.turn("config");
  const { text, lines } = addRule(await readFile(file, "utf8"), list, forAlways.rule);
  if (lines.length > 0) await writeText(file, text);
  return lines;
}
