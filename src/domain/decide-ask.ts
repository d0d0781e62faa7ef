/** What an agent asks, what a person answers, and what comes of it. */

import { type AgentAsk, type Answer, askId, askKey, asksOf, type OpenAsk } from "./ask.ts";
import { judgeQuestion } from "./brief-answer.ts";
import type { Draft } from "./draft.ts";
import type { TaskId } from "./id.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { type State, taskOf } from "./state.ts";

interface Place {
  readonly task: TaskId;
  readonly attempt: number;
}

/** The same ask of the same attempt is one ask, however often it is told. The brief answers first. */
export function openAsk(draft: Draft, at: Place, ask: AgentAsk): void {
  // What it asks as it is being parked is what it asked before.
  if (isBeingParked(draft.state, at.task) || findAsk(draft.state, at, ask.id) !== null) return;
  const id = askId(draft.state.askCount + 1);
  const verdict = judgeQuestion(ask, taskOf(draft.state, at.task).spec.answers ?? []);
  const near = verdict.do === "ask" && verdict.why !== null ? { why: verdict.why } : {};
  draft.emit({ type: "asked", ...at, id, ask, ...near });
  if (verdict.do === "ask") {
    noteAsk(draft, id, ask.says);
    return;
  }
  const { answer, why: brief } = verdict;
  draft.emit({ type: "answered", task: at.task, ask: id, answer, brief }, "temoin");
  const open = draft.state.asks.get(id);
  if (open !== undefined && ask.isTool === true) closeOne(draft, open, "its agent has the answer");
}

/** It is answered, or gone: nobody waits for it any more. */
export function closeAsk(draft: Draft, at: Place, agentAsk: string, why: string): void {
  // The question outlives its turn, which is being ended for it.
  if (isBeingParked(draft.state, at.task)) return;
  const open = findAsk(draft.state, at, agentAsk);
  if (open !== null) closeOne(draft, open, why);
}

/** The attempt has ended, and so has everything that it asked. */
export function closeAsks(draft: Draft, task: TaskId, why: string): void {
  for (const open of asksOf(draft.state.asks, task)) closeOne(draft, open, why);
}

/** The agent did not take the answer: the ask is open again, and says so. */
export function refuseAnswer(draft: Draft, at: Place, agentAsk: string, why: string): void {
  const open = findAsk(draft.state, at, agentAsk);
  if (open === null || open.answer === null) return;
  draft.emit({ type: "answer_refused", task: at.task, ask: open.id, why }, "temoin");
  noteAsk(draft, open.id, `${open.ask.says} (its answer was not taken: ${why})`);
}

export function answerAsk(draft: Draft, id: string, answer: Answer): Refusal | null {
  const open = draft.state.asks.get(id);
  if (open === undefined) {
    return refuse("not_found", `Nothing is asked under ${id}.`, "temoin inbox lists what is.");
  }
  if (open.answer !== null) {
    return refuse("refused", `${id} has an answer, which the agent is taking.`, "temoin status");
  }
  const { choices, takesText } = open.ask;
  if ("choice" in answer && !choices.includes(answer.choice)) {
    const list = choices.map((choice, place) => `${place + 1} ${choice}`).join(" · ");
    return refuse(
      "usage",
      `“${answer.choice}” is no choice of ${id}.`,
      list === "" ? `temoin answer ${id} --text "your words"` : `Its choices: ${list}.`,
    );
  }
  if ("text" in answer && !takesText) {
    return refuse("usage", `${id} takes no words, only a choice.`, `temoin answer ${id}`);
  }
  if ("text" in answer && answer.text.trim() === "") {
    return refuse(
      "usage",
      "There is nothing to answer.",
      `temoin answer ${id} --text "your words"`,
    );
  }
  draft.emit({ type: "answered", task: open.task, ask: id, answer });
  draft.clearInbox(askKey(id));
  return null;
}

export function closeOne(draft: Draft, open: OpenAsk, why: string): void {
  draft.emit({ type: "ask_closed", task: open.task, ask: open.id, why }, "temoin");
  draft.clearInbox(askKey(open.id));
}

/** Its line of the inbox. */
export function noteAsk(draft: Draft, id: string, says: string): void {
  const open = draft.state.asks.get(id);
  if (open === undefined) throw new Error(`${id} is not open`);
  const { task, slot, ask } = open;
  const choices = ask.choices.map((choice, place) => `${place + 1} ${choice}`).join(" · ");
  const words = ask.takesText ? `temoin answer ${id} --text "…"; ` : "";
  // A yes is proposed only where it costs no thought.
  const first = ask.careful === undefined ? "1" : "NUMBER";
  const next = choices === "" ? words : `temoin answer ${id} ${first}; `;
  const isLeft = taskOf(draft.state, task).state !== "running";
  const shown = isLeft
    ? `temoin show ${task} tells what was done`
    : ask.isUnseen === true
      ? `temoin logs ${slot} shows more`
      : `temoin attach ${slot} shows it`;
  const who = isLeft ? `${task}, whose agent does other work meanwhile` : `${slot} on ${task}`;
  draft.inbox({
    key: askKey(id),
    kind: "ask",
    task,
    says: `${id}, ${who}: ${says}${choices === "" ? "" : ` [${choices}]`}`,
    // Where neither a choice nor words were found, only a person at its keys can answer.
    next: next === "" ? `temoin attach ${slot} --write` : `${next}${shown}`,
  });
}

function isBeingParked(state: State, id: TaskId): boolean {
  const task = taskOf(state, id);
  return task.state === "running" && task.ending?.to === "parked";
}

function findAsk(state: State, at: Place, agentAsk: string): OpenAsk | null {
  for (const open of state.asks.values()) {
    const isSame = open.task === at.task && open.attempt === at.attempt;
    if (isSame && open.ask.id === agentAsk) return open;
  }
  return null;
}
