/** What the events about asks, and about what is seen of an agent, make of the state. */

import type { Evidence } from "./agent.ts";
import { answerText } from "./ask.ts";
import type { LiveAttempt, LivePhase } from "./attempt.ts";
import { charge } from "./budget.ts";
import type { Event } from "./event.ts";
import { changeAttempt, live, setSlot, withEvidence } from "./fold-attempt.ts";
import type { TaskId } from "./id.ts";
import { attemptOf } from "./put-task.ts";
import { type State, taskOf } from "./state.ts";

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>;

export const askFolds = {
  asked: (state: State, event: Of<"asked">) => {
    const { id, task, attempt, ask, at, why } = event;
    const { slot } = attemptOf(taskOf(state, task), attempt);
    const near = why === undefined ? {} : { why };
    state.asks.set(id, { id, task, attempt, slot, at, ask, answer: null, answers: 0, ...near });
    state.askCount += 1;
  },

  answered: (state: State, event: Of<"answered">) => {
    const open = openAsk(state, event.ask);
    const { answer, by: answeredBy } = event;
    state.asks.set(event.ask, { ...open, answer, answeredBy, answers: open.answers + 1 });
    const by = event.brief ?? (answeredBy === "person" ? "a person" : answeredBy);
    const says = `${open.id}, “${open.ask.says}”: answered “${answerText(event.answer)}”, ${by}`;
    note(state, open, {
      at: event.at,
      source: answeredBy === "person" ? "person" : "schedule",
      says,
    });
  },

  ask_ruled: (state: State, { at, says, why, ...event }: Of<"ask_ruled">) =>
    note(state, event, { at, source: "schedule", says: `“${says}”: ${why}` }),

  answer_refused: (state: State, event: Of<"answer_refused">) =>
    state.asks.set(event.ask, { ...openAsk(state, event.ask), answer: null }),

  ask_closed: (state: State, event: Of<"ask_closed">) => state.asks.delete(event.ask),

  agent_seen: (state: State, event: Of<"agent_seen">) =>
    changeAttempt(state, event, (attempt) => {
      const before = live(attempt);
      // Another reason for the same state makes it no younger.
      const since = before.seen?.state === event.state ? before.seen.since : event.at;
      const seen = { state: event.state, since, because: event.because };
      const phase = phaseAfter(before, event.state);
      return { ...before, seen, phase, since: phase === before.phase ? before.since : event.at };
    }),

  attempt_resumed: (state: State, event: Of<"attempt_resumed">) => {
    changeAttempt(state, event, (attempt) => ({
      ...live(attempt),
      resumed: attempt.resumed + 1,
      seen: null,
      held: false,
    }));
    const { slot } = attemptOf(taskOf(state, event.task), event.attempt);
    setSlot(state, slot, { task: event.task });
  },

  agent_held: (state: State, event: Of<"agent_held">) =>
    changeAttempt(state, event, (attempt) => ({ ...live(attempt), held: event.byPerson })),

  agent_used: (state: State, event: Of<"agent_used">) =>
    changeAttempt(state, event, (attempt) => {
      charge(state, attempt.usage, event.usage);
      return { ...live(attempt), usage: event.usage };
    }),
};

/** Only within a turn: what the agent shows while its work is verified is no phase of the work. */
function phaseAfter({ phase }: LiveAttempt, seen: Of<"agent_seen">["state"]): LivePhase {
  // A spinner that turns is no progress: only that ends the quiet.
  if (phase === "quiet" && seen === "working") return phase;
  const isInTurn = ["working", "asking", "retrying", "limited", "quiet"].includes(phase);
  const isPhase = seen === "working" || seen === "asking" || seen === "retrying";
  return isInTurn && isPhase ? seen : phase;
}

/** What `why` tells of the attempt's course. */
function note(
  state: State,
  at: { readonly task: TaskId; readonly attempt: number },
  told: Evidence,
): void {
  changeAttempt(state, at, (attempt) => ({ ...attempt, evidence: withEvidence(attempt, [told]) }));
}

function openAsk(state: State, id: string) {
  const open = state.asks.get(id);
  if (open === undefined) throw new Error(`no ask ${id} is open`);
  return open;
}
