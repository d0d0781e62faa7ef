/** What other processes ask the temoin that holds the project, and who may ask it. */

import { z } from "zod";
import type { Control } from "../control/control.ts";
import type { Decision } from "../domain/decide.ts";
import type { PersonInput } from "../domain/input.ts";
import { maskedReport } from "../domain/masked-input.ts";
import { AppError } from "../lib/app-error.ts";
import type { Mask } from "../lib/mask.ts";
import { refused } from "../operations/refused.ts";
import type { Tokens } from "./tokens.ts";

const report = z.strictObject({
  kind: z.enum(["done", "blocked", "note", "handoff"]),
  text: z.string(),
  files: z.array(z.string()),
  tests: z.string().nullable(),
  at: z.number(),
});

/** Each has a line here, or this file is no valid TypeScript. */
const wishes: Readonly<Record<PersonInput["type"], true>> = {
  add: true,
  import: true,
  edit: true,
  assign: true,
  cancel: true,
  retry: true,
  skip: true,
  land: true,
  reject: true,
  revert: true,
  pause: true,
  resume: true,
  tell: true,
  clear_inbox: true,
  answer: true,
};

const question = z.discriminatedUnion("verb", [
  z.strictObject({
    verb: z.literal("ask"),
    token: z.string().nullable(),
    input: z.looseObject({ type: z.string().refine((type) => Object.hasOwn(wishes, type)) }),
  }),
  z.strictObject({ verb: z.literal("report"), token: z.string(), report }),
  z.strictObject({ verb: z.literal("refresh") }),
  z.strictObject({
    verb: z.literal("stop"),
    token: z.string().nullable(),
    how: z.enum(["drain", "now"]),
  }),
]);

export interface Answerer {
  readonly control: Control;
  readonly tokens: Tokens;
  readonly mask: Mask;
  readonly stop: (how: "drain" | "now") => Promise<void>;
}

/** Rejects with an AppError when it is refused. */
export async function answerQuestion(parts: Answerer, raw: unknown): Promise<unknown> {
  const parsed = question.safeParse(raw);
  if (!parsed.success) {
    throw new AppError("usage", `The question was not understood: ${parsed.error.message}`, {
      hint: "Are both sides the same version of temoin?",
    });
  }
  const asked = parsed.data;
  switch (asked.verb) {
    case "ask":
      refuseWorker(asked.token);
      // Made by our own other half from checked arguments; the domain refuses what makes no sense.
      return ask(parts.control, asked.input as unknown as PersonInput);
    case "stop":
      refuseWorker(asked.token);
      await parts.stop(asked.how);
      return null;
    case "refresh":
      await parts.control.refresh();
      return null;
    case "report": {
      const slot = parts.tokens.slotOf(asked.token);
      const report = maskedReport(asked.report, (text) => parts.mask.text(text));
      const heard = slot !== null && (await parts.control.report(slot, report));
      if (!heard) {
        throw new AppError("refused", "This report belongs to no task at work now.", {
          hint: "The attempt has ended, or its temoin was started anew; the work itself is kept.",
        });
      }
      return null;
    }
  }
}

/** For agents in a sandbox: whoever asks there is none but an agent, whatever they say. */
export function answerReport(parts: Answerer, raw: unknown): Promise<unknown> {
  const parsed = question.safeParse(raw);
  if (parsed.success && parsed.data.verb === "report") return answerQuestion(parts, raw);
  return Promise.reject(
    new AppError("refused", "Here only reports are heard.", {
      hint: "`temoin report` tells what a person should know.",
    }),
  );
}

async function ask(control: Control, input: PersonInput): Promise<Decision> {
  const decided = await control.ask(input);
  if (decided.kind === "refused") throw refused(decided.refusal);
  if (decided.kind === "stale") throw new Error("a person's wish has no lease to lose");
  return decided.decision;
}

/** Whoever has a token speaks in its role, whatever else is asked. */
export function refuseWorker(token: string | null): void {
  if (token === null) return;
  throw new AppError("refused", "An agent at work cannot change the queue.", {
    hint: "`temoin report` tells what a person should know.",
  });
}
