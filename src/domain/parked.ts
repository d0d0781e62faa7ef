/**
 * A task whose attempt has given up its slot while its questions wait for a person.
 *
 * Invariant: an answer that was given is taken by the agent, or told to the next attempt; a task that
 * is parked has a question open, and goes on when the last of them is answered.
 */

import { answerText, asksOf, isQuestion, type OpenAsk } from "./ask.ts";
import { judgeReport } from "./brief-answer.ts";
import { closeOne, noteAsk } from "./decide-ask.ts";
import type { Draft } from "./draft.ts";
import type { TaskId } from "./id.ts";
import { taskOf } from "./state.ts";
import type { Aftermath, Task } from "./task.ts";
import { listText } from "./view-text.ts";

/** It goes first, and to the agent that knows it. */
export function afterAnswer(task: Task): { readonly after: Aftermath } {
  const prefer = task.attempts.at(-1)?.agent ?? null;
  return { after: { prefer, avoid: null, isAnswered: true } };
}

/** The attempt has ended to be parked; `false`: nothing is asked any more, and the task may go on. */
export function parkTask(draft: Draft, id: TaskId): boolean {
  for (const open of asksOf(draft.state.asks, id)) {
    if (isQuestion(open.ask) && open.answer === null) continue;
    tellAnswer(draft, id, open);
    closeOne(draft, open, "its attempt has ended");
  }
  const asks = asksOf(draft.state.asks, id);
  if (asks.length === 0) return false;
  const why = `it waits for your answer to ${listText(asks.map((open) => open.id))}`;
  draft.emit({ type: "task_needs_human", task: id, why, parked: true }, "temoin");
  for (const open of asks) noteAsk(draft, open.id, open.ask.says);
  return true;
}

/** It has asked by a tool, gone on with the rest, and ended its turn; what it needs is not answered. */
export function leavesQuestion(draft: Draft, { spec, attempts }: Task): boolean {
  const last = attempts.at(-1);
  if (last?.phase !== "ended") return false;
  const isByItself = ["verified", "no_change", "blocked"].includes(last.outcome);
  const asks = asksOf(draft.state.asks, spec.id);
  return isByItself && asks.some(({ ask, answer }) => ask.isTool === true && answer === null);
}

/** What a person has answered to a task that is parked; `true`: that was the last of its questions. */
export function takeParked(draft: Draft, id: TaskId): boolean {
  for (const open of asksOf(draft.state.asks, id)) {
    if (open.answer === null) continue;
    tellAnswer(draft, id, open);
    closeOne(draft, open, "answered: its next attempt has the answer");
  }
  return asksOf(draft.state.asks, id).length === 0;
}

/** Who asked by a tool and is at work gets what was answered as words; nobody waits at a dialog. */
export function tellAsker(draft: Draft, id: TaskId): void {
  const task = taskOf(draft.state, id);
  if (task.state !== "running" || task.ending !== null) return;
  for (const open of asksOf(draft.state.asks, id)) {
    const { ask, answer, answeredBy } = open;
    if (ask.isTool !== true || answer === null) continue;
    const text = `You asked: “${ask.says}” The answer is: ${answerText(answer)}`;
    const told = { task: id, id: `answer/${open.id}`, text, ask: open.id } as const;
    draft.emit({ type: "told", ...told }, answeredBy);
    closeOne(draft, open, "answered: its agent is told");
  }
}

/**
 * The agent ended its turn with a question as its obstacle, and the brief answers it: `null`, and the
 * next attempt is told. Else what of the brief came near; each line answers one such question.
 */
export function answerReport(draft: Draft, id: TaskId): { readonly near: string | null } | null {
  const { spec, attempts, tells } = taskOf(draft.state, id);
  const last = attempts.at(-1);
  const report = last?.reports.at(-1);
  if (last?.phase !== "ended" || last.outcome !== "blocked" || report?.kind !== "blocked") {
    return { near: null };
  }
  const verdict = judgeReport(report.text, spec.answers ?? []);
  if (verdict.do === "ask") return { near: verdict.why };
  const tell = `brief/${verdict.line}`;
  if (tells.some((known) => known.id === tell))
    return { near: `${verdict.why}, and it was told so` };
  const text = `An earlier attempt asked: “${report.text}” The answer is: ${answerText(verdict.answer)}`;
  draft.emit({ type: "told", task: id, id: tell, text, ask: "brief" }, "temoin");
  return null;
}

/** An answer that its agent has not taken becomes words for the next attempt. */
export function tellAnswer(
  draft: Draft,
  id: TaskId,
  open: Pick<OpenAsk, "id" | "ask" | "answer" | "answeredBy">,
): void {
  const { id: ask, ask: asked, answer, answeredBy } = open;
  if (answer === null || !isQuestion(asked)) return;
  const text = `An earlier attempt asked: “${asked.says}” The answer is: ${answerText(answer)}`;
  draft.emit({ type: "told", task: id, id: `answer/${ask}`, text, ask }, answeredBy);
}

export function isParked(draft: Draft, id: TaskId): boolean {
  const task = taskOf(draft.state, id);
  return task.state === "needs_human" && task.parked === true;
}
