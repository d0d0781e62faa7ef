/** What a runner says of an attempt that it works on. */

import { closeAsk, openAsk, refuseAnswer } from "./decide-ask.ts";
import { noteBudget } from "./decide-budget.ts";
import { breakSlot, callHomeIfMended, limitSlot } from "./decide-slot.ts";
import type { Draft } from "./draft.ts";
import type { TaskId } from "./id.ts";
import type { RunnerInput } from "./input.ts";
import { goOn } from "./progress.ts";
import { attemptOf } from "./put-task.ts";
import { judgeTarget } from "./red-target.ts";
import { taskOf } from "./state.ts";

export function decideAttempt(
  draft: Draft,
  at: { readonly task: TaskId; readonly attempt: number },
  input: RunnerInput,
): void {
  const { task, attempt } = at;
  const { slot } = attemptOf(taskOf(draft.state, task), attempt);
  switch (input.type) {
    case "attempt_moved": {
      const { phase, evidence, outside, config } = input;
      const told = config === undefined ? {} : { config };
      const strayed = outside === undefined ? {} : { outside };
      draft.emit({ type: "attempt_moved", task, attempt, phase, evidence, ...strayed, ...told });
      return;
    }
    case "agent_seen":
      draft.emit({ type: "agent_seen", task, attempt, state: input.state, because: input.because });
      return;
    case "agent_held":
      draft.emit({ type: "agent_held", task, attempt, byPerson: input.byPerson });
      return;
    case "agent_used":
      draft.emit({ type: "agent_used", task, attempt, usage: input.usage });
      noteBudget(draft, at);
      return;
    case "asked":
      openAsk(draft, at, input.ask);
      return;
    case "ask_ruled": {
      const { says, isAllowed, why } = input;
      draft.emit({ type: "ask_ruled", task, attempt, says, isAllowed, why }, "temoin");
      return;
    }
    case "ask_closed":
      closeAsk(draft, at, input.agentAsk, input.why);
      return;
    case "answer_refused":
      refuseAnswer(draft, at, input.agentAsk, input.why);
      return;
    case "gates_ran":
      callHomeIfMended(draft, slot, () => {
        draft.emit({ type: "gates_ran", task, attempt, results: input.results }, "temoin");
      });
      return;
    case "target_checked":
      judgeTarget(draft, input);
      return;
    case "feedback_given": {
      const { round, says } = input;
      draft.emit({ type: "feedback_given", task, attempt, round, says }, "temoin");
      return;
    }
    case "nudged": {
      const { isLast, why } = input;
      draft.emit({ type: "nudged", task, attempt, isLast, why }, "temoin");
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
      const { outcome, why, work, usage, evidence, slotBroken } = input;
      if (outcome === "verified" && work.head === null) {
        throw new Error(`${task} attempt ${attempt} was verified without a commit`);
      }
      const doubt = input.doubt === undefined ? {} : { doubt: input.doubt };
      const handoff = input.handoff === undefined ? {} : { handoff: input.handoff };
      const end = { task, attempt, outcome, why, work, usage, evidence, byRestart: false };
      callHomeIfMended(draft, slot, () => {
        const agentBroken = slotBroken !== null;
        draft.emit({ type: "attempt_ended", ...end, agentBroken, ...doubt, ...handoff });
      });
      draft.settle();
      if (slotBroken !== null) breakSlot(draft, slot, slotBroken);
      if (input.limit !== null) limitSlot(draft, slot, input.limit);
      noteBudget(draft, at);
      goOn(draft, task, input.verifyPassed);
      return;
    }
    default:
      throw new Error(`an attempt does not say ${input.type}`);
  }
}
