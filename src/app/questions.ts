/** What other processes ask the temoin that holds the project, and who may ask it. */

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Control } from "../control/control.ts";
import type { Report } from "../domain/agent.ts";
import { answerText, refuseQuestion } from "../domain/ask.ts";
import { briefFrom } from "../domain/brief.ts";
import type { Decision } from "../domain/decide.ts";
import type { BlobHash, SlotId } from "../domain/id.ts";
import type { PersonInput } from "../domain/input.ts";
import { maskedReport } from "../domain/masked-input.ts";
import type { Refusal } from "../domain/refusal.ts";
import { isWish, type Role, refuseRole, refuseWish, type Wish } from "../domain/rights.ts";
import { ownBriefHash, ownTask, ownTaskJson } from "../domain/view-own-task.ts";
import { oneLine } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import type { Mask } from "../lib/mask.ts";
import type { AskedByTool } from "../operations/context.ts";
import { refused } from "../operations/refused.ts";
import type { TokenHolder, Tokens } from "./tokens.ts";
import { problemsText, requireShape } from "./wish-shape.ts";

const report = z.strictObject({
  kind: z.enum(["done", "blocked", "note", "handoff"]),
  text: z.string(),
  files: z.array(z.string()),
  tests: z.string().nullable(),
  at: z.number(),
});

const question = z.discriminatedUnion("verb", [
  z.strictObject({
    verb: z.literal("ask"),
    token: z.string().nullable(),
    input: z.looseObject({ type: z.string().refine(isWish) }),
  }),
  z.strictObject({ verb: z.literal("role"), token: z.string() }),
  z.strictObject({ verb: z.literal("own_task"), token: z.string() }),
  z.strictObject({
    verb: z.literal("question"),
    token: z.string(),
    says: z.string().min(1),
    choices: z.array(z.string().min(1)).max(20),
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
  readonly tokens: Pick<Tokens, "holderOf">;
  readonly mask: Mask;
  /** What is kept under a hash. */
  readonly text: (hash: BlobHash) => Promise<string | null>;
  readonly stop: (how: "drain" | "now") => Promise<void>;
}

/** Rejects with an AppError when it is refused. */
export async function answerQuestion(parts: Answerer, raw: unknown): Promise<unknown> {
  const parsed = question.safeParse(raw, { reportInput: true });
  if (!parsed.success) {
    throw new AppError("usage", `The question was not understood: ${problemsText(parsed.error)}.`, {
      hint: "Are both sides the same version of temoin?",
    });
  }
  const asked = parsed.data;
  switch (asked.verb) {
    case "ask":
      // Its shape is looked at by its type.
      return ask(parts, asked.token, asked.input as unknown as Wish);
    case "stop":
      grant(refuseRole(roleOf(parts, asked.token), "host", "stop temoin"));
      await parts.stop(asked.how);
      return null;
    case "refresh":
      await parts.control.refresh();
      return null;
    case "role":
      return roleOf(parts, asked.token);
    case "question":
      return hearQuestion(parts, asked);
    case "own_task":
      return tellOwnTask(parts, asked.token);
    case "report":
      return roleOf(parts, asked.token) === "conductor"
        ? hearConductor(parts, asked.token, asked.report)
        : hearReport(parts, asked.token, asked.report);
  }
}

async function hearReport(parts: Answerer, token: string, said: Report): Promise<null> {
  const slot = slotOf(parts, token);
  const report = maskedReport(said, (text) => parts.mask.text(text));
  const heard = slot !== null && (await parts.control.report(slot, report));
  if (heard) return null;
  throw new AppError("refused", "This report belongs to no task at work now.", {
    hint: "The attempt has ended, or its temoin was started anew; the work itself is kept.",
  });
}

function withoutSecrets(input: Wish, mask: Mask): Wish {
  const isWords = input.type === "decided" || input.type === "leave_words" || input.type === "tell";
  return isWords ? { ...input, text: mask.text(input.text) } : input;
}

/** What it leaves to its successor; of a task of its own it has nothing to report. */
async function hearConductor(
  parts: Answerer,
  token: string,
  { kind, text }: Pick<Report, "kind" | "text">,
): Promise<null> {
  if (kind === "handoff") {
    await ask(parts, token, { type: "leave_words", text });
    return null;
  }
  throw new AppError("refused", `A conductor has no task to report ${kind} of.`, {
    hint: '`temoin decide "…"` records what you have settled; end your turn when all is judged.',
  });
}

/** For agents in a sandbox: whoever asks there is none but an agent, whatever they say. */
export function answerReport(parts: Answerer, raw: unknown): Promise<unknown> {
  const parsed = question.safeParse(raw);
  const isOwn = parsed.success && ownVerbs.has(parsed.data.verb);
  if (isOwn) return answerQuestion(parts, raw);
  return Promise.reject(
    new AppError("refused", "Here only reports are heard.", {
      hint: "`temoin report` tells what a person should know.",
    }),
  );
}

/** Of an agent's own affairs. */
const ownVerbs: ReadonlySet<string> = new Set(["report", "question", "own_task", "role"]);

async function ask(parts: Answerer, token: string | null, input: Wish): Promise<Decision> {
  const role = roleOf(parts, token);
  requireShape(input);
  grant(refuseWish(role, input));
  const holder = token === null ? null : holderOf(parts.tokens, token);
  const { control } = parts;
  const decided =
    holder?.role === "conductor"
      ? await control.askIn(holder.term, withoutSecrets(input, parts.mask))
      : // What only a conductor may want is refused to all others.
        await control.ask(input as PersonInput);
  if (decided.kind === "refused") throw refused(decided.refusal);
  if (decided.kind === "stale") throw new Error("a person's wish has no lease to lose");
  return decided.decision;
}

async function hearQuestion(
  parts: Answerer,
  { token, says, choices }: { token: string; says: string; choices: readonly string[] },
): Promise<AskedByTool> {
  grant(refuseRole(roleOf(parts, token), "report", "ask a person"));
  const slot = slotOf(parts, token);
  if (slot !== null) grant(refuseQuestion(parts.control.state.asks, slot));
  const masked = (text: string): string => oneLine(parts.mask.text(text), mostAsked);
  const heard =
    slot === null
      ? null
      : await parts.control.question(slot, {
          id: `tool/${randomUUID()}`,
          kind: "question",
          says: masked(says),
          choices: choices.map(masked),
          takesText: true,
          isTool: true,
          isUnseen: true,
        });
  if (heard === null) {
    throw new AppError("refused", "You have no task at work now, and nobody to ask about it.", {
      hint: "The attempt has ended, or is about to; end your turn.",
    });
  }
  return { ask: heard.ask, answer: heard.answer === null ? null : answerText(heard.answer) };
}

/** Of a question; a longer one is a report (chosen). */
const mostAsked = 2_000;

async function tellOwnTask(parts: Answerer, token: string) {
  grant(refuseRole(roleOf(parts, token), "report", "have a task"));
  const slot = slotOf(parts, token);
  const task = slot === null ? null : ownTask(parts.control.state, slot);
  if (task === null) {
    throw new AppError("not_found", "You have no task now.", {
      hint: "The attempt has ended; end your turn. The next task comes as a prompt.",
    });
  }
  const hash = ownBriefHash(task);
  const text = hash === null ? null : await parts.text(hash);
  return ownTaskJson(task, task.spec.written ?? briefFrom(text ?? ""));
}

/** Whoever has a token speaks in its role, whatever else is asked. */
function roleOf({ tokens }: Answerer, token: string | null): Role {
  return token === null ? "person" : holderOf(tokens, token).role;
}

function slotOf({ tokens }: Answerer, token: string): SlotId | null {
  const holder = holderOf(tokens, token);
  return holder.role === "worker" ? holder.slot : null;
}

function holderOf(tokens: Answerer["tokens"], token: string): TokenHolder {
  const holder = tokens.holderOf(token);
  if (holder !== null) return holder;
  throw new AppError("refused", "This token is nobody's: its slot is gone, or it never was.", {
    hint: "An agent that temoin has started has its own in TEMOIN_TOKEN.",
  });
}

function grant(refusal: Refusal | null): void {
  if (refusal !== null) throw refused(refusal);
}
