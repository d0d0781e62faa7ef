/** What the events of an attempt and of its landing make of the state. */

import { type Attempt, isLive, type LiveAttempt, noWork } from "./attempt.ts";
import type { Event } from "./event.ts";
import { attemptBranch, type SlotId, type TaskId } from "./id.ts";
import { attemptOf, setFacts, setStatus } from "./put-task.ts";
import { type Slot, type State, taskOf } from "./state.ts";
import type { TaskStatus } from "./task.ts";

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>;

/** Evidence kept per attempt; the oldest goes first (chosen: what `why` shows on two screens). */
const evidenceKept = 60;

export const attemptFolds = {
  attempt_offered: (state: State, event: Of<"attempt_offered">) => {
    const attempt: LiveAttempt = {
      n: event.attempt,
      agent: event.agent,
      slot: event.slot,
      base: event.base,
      because: event.because,
      startedAt: event.at,
      since: event.at,
      branch: attemptBranch(event.task, event.attempt),
      evidence: [],
      gates: [],
      reports: [],
      rounds: 0,
      resumed: 0,
      usage: null,
      work: noWork,
      phase: "preparing",
      seen: null,
      held: false,
    };
    const attempts = [...taskOf(state, event.task).attempts, attempt];
    state.goalCheck = null;
    setFacts(state, event.task, { attempts });
    setStatus(state, event.task, {
      state: "running",
      attempt: event.attempt,
      slot: event.slot,
      ending: null,
    });
    setSlot(state, event.slot, { task: event.task, since: event.at });
  },

  attempt_moved: (state: State, event: Of<"attempt_moved">) =>
    changeAttempt(state, event, (attempt) => ({
      ...live(attempt),
      phase: event.phase,
      since: event.at,
      evidence: [...attempt.evidence, ...event.evidence].slice(-evidenceKept),
    })),

  reported: (state: State, event: Of<"reported">) =>
    changeAttempt(state, event, (attempt) => ({
      ...attempt,
      reports: [...attempt.reports, event.report],
    })),

  gates_ran: (state: State, event: Of<"gates_ran">) =>
    changeAttempt(state, event, (attempt) => ({
      ...attempt,
      gates: [...attempt.gates, ...event.results],
    })),

  feedback_given: (state: State, event: Of<"feedback_given">) =>
    changeAttempt(state, event, (attempt) => ({ ...attempt, rounds: event.round })),

  attempt_ended: (state: State, event: Of<"attempt_ended">) => {
    changeAttempt(state, event, (attempt) => {
      const { since: _since, phase: _phase, seen: _seen, held: _held, ...facts } = live(attempt);
      return {
        ...facts,
        phase: "ended",
        outcome: event.outcome,
        why: event.why,
        endedAt: event.at,
        work: event.work,
        usage: event.usage ?? facts.usage,
        evidence: [...facts.evidence, ...event.evidence].slice(-evidenceKept),
        byRestart: event.byRestart,
      };
    });
    const { slot } = attemptOf(taskOf(state, event.task), event.attempt);
    if (state.slots.get(slot)?.task === event.task) {
      setSlot(state, slot, { task: null, since: event.at });
    }
  },

  landing_offered: (state: State, event: Of<"landing_offered">) => {
    const task = taskOf(state, event.task);
    const again = task.state === "landing" && task.attempt === event.attempt;
    setStatus(state, event.task, {
      state: "landing",
      attempt: event.attempt,
      prepared: again ? task.prepared : null,
      lost: again ? task.lost : 0,
      troubles: again ? task.troubles : 0,
      ending: again ? task.ending : null,
    });
  },

  landing_prepared: (state: State, event: Of<"landing_prepared">) =>
    setStatus(state, event.task, { ...landing(state, event.task), prepared: event.prepared }),

  landing_lost: (state: State, event: Of<"landing_lost">) => {
    const status = landing(state, event.task);
    const troubles = status.troubles + (event.byRestart ? 0 : 1);
    setStatus(state, event.task, { ...status, lost: status.lost + 1, troubles });
  },

  landed: (state: State, event: Of<"landed">) => {
    state.goalCheck = null;
    setStatus(state, event.task, {
      state: "done",
      at: event.at,
      how: "landed",
      proven: event.proven,
      sha: event.sha,
    });
  },

  landing_refused: (state: State, event: Of<"landing_refused">) =>
    changeAttempt(state, event, (attempt) => {
      if (isLive(attempt)) throw new Error(`attempt ${event.attempt} of ${event.task} is alive`);
      return { ...attempt, outcome: event.outcome, why: event.why };
    }),
};

export function setSlot(state: State, id: SlotId, change: Partial<Omit<Slot, "spec">>): void {
  const slot = state.slots.get(id);
  if (slot !== undefined) state.slots.set(id, { ...slot, ...change });
}

export function live(attempt: Attempt): LiveAttempt {
  if (!isLive(attempt)) throw new Error(`attempt ${attempt.n} has ended`);
  return attempt;
}

function landing(state: State, id: TaskId): Extract<TaskStatus, { state: "landing" }> {
  const task = taskOf(state, id);
  if (task.state !== "landing") throw new Error(`${id} is ${task.state}, not landing`);
  const { attempt, prepared, lost, troubles, ending } = task;
  return { state: "landing", attempt, prepared, lost, troubles, ending };
}

export function changeAttempt(
  state: State,
  at: { readonly task: TaskId; readonly attempt: number },
  change: (attempt: Attempt) => Attempt,
): void {
  const task = taskOf(state, at.task);
  const changed = change(attemptOf(task, at.attempt));
  setFacts(state, at.task, { attempts: task.attempts.with(at.attempt - 1, changed) });
}
