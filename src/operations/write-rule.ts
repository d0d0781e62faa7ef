/** The rule that a person gives with an answer, for the same from then on. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { addRule } from "../config/add-rule.ts";
import { type Answer, answerText, type OpenAsk } from "../domain/ask.ts";
import { AppError } from "../lib/app-error.ts";
import { type Lock, tryLock } from "../lib/file-lock.ts";
import { writeText } from "../lib/text-file.ts";
import type { Context } from "./context.ts";

/**
 * Resolves with the lines that are new in temoin.yaml. Rejects where there is no such file, or no
 * rule for what is asked; then nothing is written.
 */
export async function writeRule(
  context: Pick<Context, "config" | "place" | "clock">,
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
  using _ = await takeTurn(context);
  const { text, lines } = addRule(await readFile(file, "utf8"), list, forAlways.rule);
  if (lines.length > 0) await writeText(file, text);
  return lines;
}

/** Between two tries for the file's lock, and how often it is tried (chosen). */
const retryMs = 20;
const mostTries = 250;

/** Of two who add a rule at once, one would write without the other's. */
async function takeTurn({ place, clock }: Pick<Context, "place" | "clock">): Promise<Lock> {
  const file = path.join((await place()).stateDir, "rules.lock");
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const lock = tryLock(file);
    if (lock !== null) return lock;
    await clock.until(clock.now() + retryMs);
  }
  throw new AppError("locked", "Another `temoin answer --always` is writing temoin.yaml.", {
    hint: "Try again in a moment.",
  });
}
