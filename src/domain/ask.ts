/** A permission or question on which an agent waits, and what may be answered. */

import type { AskRule } from "./ask-rule.ts";
import type { Actor } from "./event.ts";
import type { Instant, SlotId, TaskId } from "./id.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { State } from "./state.ts";
import { listText } from "./view-text.ts";

/** As the agent's driver tells it. */
export interface AgentAsk {
  /** Of the session; no other ask of it has the same. */
  readonly id: string;
  readonly kind: "permission" | "question" | "dialog";
  /** What it asks, in its own words, one line. */
  readonly says: string;
  /** What may be chosen, in its own words; empty: only words are taken. */
  readonly choices: readonly string[];
  readonly takesText: boolean;
  /** Why nobody but a person allows it, and not without a thought; absent: there is no such reason. */
  readonly careful?: string;
  /** Absent: its agent has a window of its own, in which it is shown. */
  readonly isUnseen?: true;
  /** Asked by a call of a tool, which has ended: its agent goes on, and gets the answer as words. */
  readonly isTool?: true;
  /** What a person may decide for always with the answer; absent: nothing. */
  readonly forAlways?: {
    readonly rule: AskRule;
    /** The choices that let it and do not; `null`: there is none such. */
    readonly allow: string | null;
    readonly refuse: string | null;
  };
}

/** A choice by its label, or words of one's own. */
export type Answer = { readonly choice: string } | { readonly text: string };

/** One that is open. People name it by `id`, as `Q-3`. */
export interface OpenAsk {
  readonly id: string;
  readonly task: TaskId;
  readonly attempt: number;
  readonly slot: SlotId;
  readonly at: Instant;
  readonly ask: AgentAsk;
  /** Given by a person or by the brief, and not yet taken by the agent. */
  readonly answer: Answer | null;
  /** Who has given it; absent: nobody yet. */
  readonly answeredBy?: Actor;
  /** How often one was given. */
  readonly answers: number;
  /** What of the brief came near to an answer; absent: it says nothing of such things. */
  readonly why?: string;
}

/** Words or a choice answer it, whoever hears them: the agent that asks, or the next one. */
export function isQuestion({ kind, choices, takesText }: AgentAsk): boolean {
  return kind === "question" && (takesText || choices.length > 0);
}

/** More than that nobody answers in one go (chosen). */
const mostOpen = 10;

/** An agent that asks by a tool goes on, and could ask without end; `null`: it may ask one more. */
export function refuseQuestion(asks: State["asks"], slot: SlotId): Refusal | null {
  const open = [...asks.values()].filter((one) => one.slot === slot && one.ask.isTool === true);
  if (open.length < mostOpen) return null;
  const ids = listText(open.map(({ id }) => id));
  return refuse(
    "refused",
    `You have asked ${open.length} questions that nobody has answered yet: ${ids}.`,
    "Do what does not depend on them, or end your turn: the answers come as a prompt.",
  );
}

/** What the task waits for a person with. */
export function asksOf(asks: State["asks"], id: TaskId): readonly OpenAsk[] {
  return [...asks.values()].filter(({ task }) => task === id);
}

export function askId(number: number): string {
  return `Q-${number}`;
}

/** The line of the inbox that stands for it. */
export function askKey(id: string): string {
  return `ask:${id}`;
}

/** An answer as it is told: the choice, or the words. */
export function answerText(answer: Answer): string {
  return "choice" in answer ? answer.choice : answer.text;
}
