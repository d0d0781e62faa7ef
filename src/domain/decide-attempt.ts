/** What a runner says of an attempt that it works on. */

import { closeAsk, openAsk, refuseAnswer } from "./decide-ask.ts";
import type { Draft } from "./draft.ts";
import type { TaskId } from "./id.ts";
import type { RunnerInput } from "./input.ts";
import { goOn, sendHomeless } from "./progress.ts";
import { attemptOf } from "./put-task.ts";
import { taskOf } from "./state.ts";

export function decideAttempt(
  draft: Draft,
  at: { readonly task: TaskId; readonly attempt: number },
  input: RunnerInput,
): void {
  const { task, attempt } = at;
  switch (input.type) {
    case "attempt_moved": {
      const { phase, evidence } = input;
      draft.emit({ type: "attempt_moved", task, attempt, phase, evidence });
      return;
    }
    case "agent_seen":
      draft.emit({ type: "agent_seen", task, attempt, state: input.state, because: input.because });
      return;
    case "agent_held":
      draft.emit({ type: "agent_held", task, attempt, byPerson: input.byPerson });
      return;
    case "asked":
      openAsk(draft, at, input.ask);
      return;
    case "ask_closed":
      closeAsk(draft, at, input.agentAsk, input.why);
      return;
    case "answer_refused":
      refuseAnswer(draft, at, input.agentAsk, input.why);
      return;
    case "gates_ran":
      draft.emit({ type: "gates_ran", task, attempt, results: input.results }, "temoin");
      return;
    case "feedback_given": {
      const { round, says } = input;
      draft.emit({ type: "feedback_given", task, attempt, round, says }, "temoin");
      return;
    }
    case "reported":
      draft.emit({ type: "reported", task, attempt, report: input.report });
      return;
    case "tell_delivered":
      if (taskOf(draft.state, task).tells.some((tell) => tell.id === input.id && !tell.delivered)) {
        draft.emit({ type: "tell_delivered", task, id: input.id }, "temoin");
      }
      return;
    case "attempt_ended": {
      const { outcome, why, work, usage, evidence } = input;
      if (outcome === "verified" && work.head === null) {
        throw new Error(`${task} attempt ${attempt} was verified without a commit`);
      }
      draft.emit({
        type: "attempt_ended",
        task,
        attempt,
        outcome,
        why,
        work,
        usage,
        evidence,
        byRestart: false,
      });
      draft.settle();
      if (input.slotBroken !== null) {
        const { slot } = attemptOf(taskOf(draft.state, task), attempt);
        breakSlot(draft, slot, input.slotBroken);
      }
      goOn(draft, task, input.verifyPassed);
      return;
    }
    default:
      throw new Error(`an attempt does not say ${input.type}`);
  }
}

/** The slot takes no more tasks; those that only it could do go to a person. */
export function breakSlot(
  draft: Draft,
  slot: Parameters<Draft["state"]["slots"]["get"]>[0],
  why: string,
): void {
  draft.emit({ type: "slot_broken", slot, why }, "temoin");
  for (const queued of [...draft.state.queued.values()]) sendHomeless(draft, queued);
}
