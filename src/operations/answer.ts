/** A person's answer to what an agent asks, and whether the agent has taken it. */

import { z } from "zod";
import { type Answer, answerText, askId, type OpenAsk } from "../domain/ask.ts";
import { findTask, type State, taskOf } from "../domain/state.ts";
import { isoTime } from "../domain/view-time.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import { type Change, standing } from "./change.ts";
import { chooseAnswer } from "./choose-answer.ts";
import type { Context } from "./context.ts";
import { someText } from "./fields.ts";
import { untilFound } from "./follow.ts";
import { demand } from "./invoke.ts";
import type { Operation } from "./operation.ts";
import { change } from "./tool-shapes.ts";
import { writeRule } from "./write-rule.ts";

export interface ShownAsk {
  readonly id: string;
  readonly task: string;
  readonly attempt: number;
  readonly slot: string;
  readonly kind: OpenAsk["ask"]["kind"];
  readonly says: string;
  /** In their order: a person may name the first as `1`. */
  readonly choices: readonly string[];
  readonly takesText: boolean;
  /** ISO 8601. */
  readonly at: string;
  /** Given, and on its way to the agent. */
  readonly answer: string | null;
}

export const askShape = z.looseObject({
  id: z.string(),
  task: z.string(),
  attempt: z.int(),
  slot: z.string(),
  kind: z.enum(["permission", "question", "dialog"]),
  says: z.string(),
  choices: z.array(z.string()),
  takesText: z.boolean(),
  at: z.iso.datetime(),
  answer: z.string().nullable().describe("given, and on its way to the agent"),
});

export const showAsk: Operation<{ ask: string }, ShownAsk> = {
  name: "answer",
  summary: "what an agent asks, and what may be answered",
  effect: "look",
  input: z.strictObject({ ask: someText }),
  async run(context, { ask }) {
    return shownAsk(requireAsk(await context.state(), ask));
  },
};

const input = z.strictObject({
  ask: someText.describe("as the inbox names it: Q-1"),
  choice: someText
    .nullable()
    .default(null)
    .describe("one of the choices: its number, its words, or how they begin; null with `text`"),
  text: someText.nullable().default(null).describe("words of your own, where it takes some"),
  always: z
    .boolean()
    .default(false)
    .describe("and for the same from the next run on, by a rule in temoin.yaml: a person's to say"),
  wait: z.boolean().default(true).describe("until the agent has taken it"),
});

export interface Answered extends Change {
  readonly ask: string;
  readonly answer: string;
  /** The agent has it; `null`: that is not known yet. */
  readonly taken: true | null;
  /** Lines that were added to temoin.yaml; absent: none were asked for. */
  readonly rule?: readonly string[];
}

/** An agent takes its answer in a second or two; for so long it is awaited (chosen). */
const longestWaitMs = 20_000;

export const answer: Operation<z.infer<typeof input>, Answered> = {
  name: "answer",
  summary: "answer what an agent asks",
  effect: "plan",
  input,
  async run(context, asked, signal) {
    const before = await context.state();
    const open = requireAsk(before, asked.ask);
    if (asked.always) {
      await demand(context, "host", "write rules into temoin.yaml");
      // It would be refused, and the rule would stand.
      if (open.answer !== null) throw hasAnswer(open);
    }
    const given = chooseAnswer(open, asked);
    // First: with a rule that cannot be written nothing is answered.
    const rule = asked.always ? await writeRule(context, open, given) : null;
    await context.ask({ type: "answer", ask: open.id, answer: given });
    const mayWait = asked.wait && (await context.holder()) !== null;
    const taken = mayWait ? await untilTaken(context, open, { after: before.seq, signal }) : null;
    const task = taskOf(await context.state(), open.task);
    return {
      ask: open.id,
      answer: answerText(given),
      taken: taken === null ? null : true,
      ...(rule === null ? {} : { rule }),
      changed: taken === null ? sentence(open, given, mayWait) : `${open.id}: ${taken}.`,
      tasks: [standing(task)],
      warnings: [],
      next: taken === null ? "temoin status" : nextStep(await context.state()),
    };
  },
  tool: {
    says: "Answers what an agent asks (`inbox` lists the asks): one of its choices, or words where it takes some.",
    output: change.extend({
      ask: z.string(),
      answer: z.string(),
      taken: z.literal(true).nullable().describe("the agent has it; null: not known yet"),
    }),
    json: (given) => given,
  },
};

function sentence(open: OpenAsk, given: Answer, hasWaited: boolean): string {
  const words = `${open.id} is answered: “${answerText(given)}”`;
  if (hasWaited) return `${words}; the agent has not taken it yet.`;
  return `${words}; the agent gets it as soon as temoin works.`;
}

function hasAnswer({ id }: OpenAsk): AppError {
  return new AppError("refused", `${id} has an answer, which the agent is taking.`, {
    hint: "temoin status",
  });
}

function nextStep({ inbox }: State): string {
  return inbox.size > 0 ? "temoin inbox" : "temoin status";
}

interface Since {
  readonly after: number;
  readonly signal: AbortSignal;
}

/** What became of the ask; `null`: nothing yet. Rejects with `refused` when it was not taken. */
async function untilTaken(
  context: Context,
  { id, slot }: OpenAsk,
  { after, signal }: Since,
): Promise<string | null> {
  const until = context.clock.now() + longestWaitMs;
  return await untilFound(context, { signal, until }, async () => {
    for (const event of await context.events(after)) {
      if (event.type === "ask_closed" && event.ask === id) return event.why;
      if (event.type === "answer_refused" && event.ask === id) {
        throw new AppError("refused", `The agent has not taken the answer: ${event.why}.`, {
          hint: `It asks as before: \`temoin answer ${id}\`, or \`temoin attach ${slot} --write\`.`,
        });
      }
    }
    return null;
  });
}

export function shownAsk({ id, task, attempt, slot, ask, at, answer: given }: OpenAsk): ShownAsk {
  const { kind, says, choices, takesText } = ask;
  const rest = { at: isoTime(at), answer: given === null ? null : answerText(given) };
  return { id, task, attempt, slot, kind, says, choices, takesText, ...rest };
}

/** Rejects with `not_found`: nothing of that name, or nothing any more. */
function requireAsk(state: State, text: string): OpenAsk {
  const name = text.trim().toUpperCase();
  const open = state.asks.get(name);
  if (open !== undefined) return open;
  const ids = [...state.asks.keys()];
  const list = ids.length === 0 ? "Nothing is asked now." : `Open: ${ids.join(", ")}.`;
  const wasAsked = Array.from({ length: state.askCount }, (_, place) => askId(place + 1));
  if (wasAsked.includes(name)) {
    throw new AppError("not_found", `${name} is no longer open.`, { hint: list });
  }
  const task = findTask(state, text.trim());
  if (task?.state === "needs_human") {
    const { id } = task.spec;
    throw new AppError("not_found", `${id} waits for your words, not for an answer to an ask.`, {
      hint: `temoin tell ${id} "…"`,
    });
  }
  const near = nearest(name, ids);
  throw new AppError("not_found", `Nothing is asked under \`${text}\`.`, {
    hint: near === null ? list : `Did you mean ${near}?`,
  });
}
